//! The tap in front of the speaker, from the trial's side: see `tap.js`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::browser::Browser;
use crate::failure::Failure;

/// The script that every page loads first.
pub const SCRIPT: &str = include_str!("tap.js");

/// What one AudioContext gave its speaker since its tap was in place.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Samples a second.
    pub rate: u32,
    /// The context's time of the first sample, in seconds.
    pub from: f64,
    /// Mono.
    pub samples: Vec<f32>,
}

#[derive(Deserialize)]
struct Raw {
    rate: f64,
    from: f64,
    pcm: String,
}

/// Asks every context of the page.
pub async fn heard(browser: &Browser) -> Result<Vec<Heard>, Failure> {
    let script = "const done = arguments[0]; \
                  __harness.heard().then(done, (error) => done(`no tap: ${error}`));";
    let answer = browser.run_async(script, Vec::new()).await?;
    if let Some(trouble) = answer.as_str() {
        return Err(trouble.into());
    }
    let raw: Vec<Raw> = serde_json::from_value(answer)?;
    raw.into_iter().map(decode).collect()
}

fn decode(raw: Raw) -> Result<Heard, Failure> {
    let bytes = STANDARD.decode(raw.pcm).map_err(|e| e.to_string())?;
    let (pairs, _) = bytes.as_chunks::<2>();
    let samples = pairs
        .iter()
        .map(|&pair| f32::from(i16::from_le_bytes(pair)) / 32_768.0)
        .collect();
    Ok(Heard {
        rate: raw.rate as u32,
        from: raw.from,
        samples,
    })
}
