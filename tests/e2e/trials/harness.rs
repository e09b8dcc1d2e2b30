//! The instruments, before anything is measured with them: what the tap hears, what the microphone
//! of each setting is, what the network log sees, what the correlation finds.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::engine::Microphone;
use crate::failure::{Failure, ensure};
use crate::network;
use crate::page::{Page, Placement};
use crate::runner::{Check, Trial, trial};
use crate::sound;
use crate::stage::{Setting, Stage, data};

const SOON: Duration = Duration::from_secs(10);

pub fn trials() -> Vec<Trial> {
    let visitor = data("speech/visitor-48k.wav");
    vec![
        trial!(
            the_tap_hears_what_the_fake_microphone_plays,
            Setting::hears(visitor)
        ),
        trial!(the_tap_loses_nothing_while_the_main_thread_is_blocked),
        trial!(
            a_denied_microphone_is_denied,
            Setting::microphone(Microphone::Denied)
        ),
        trial!(
            a_missing_microphone_is_missing,
            Setting::microphone(Microphone::Missing)
        ),
        trial!(the_network_log_sees_what_a_worker_asks_for),
        trial!(the_snippet_loads_the_release_from_the_cdn_by_its_real_hash),
    ]
}

pub fn checks() -> Vec<Check> {
    vec![
        (
            "a_sound_is_found_in_noise_at_any_volume_and_place",
            a_sound_is_found_in_noise,
        ),
        ("another_sound_is_not_found", another_sound_is_not_found),
        (
            "ten_seconds_are_compared_in_less_than_one",
            ten_seconds_are_compared_quickly,
        ),
        (
            "resampling_keeps_the_waveform_and_its_place",
            resampling_keeps_the_waveform,
        ),
    ]
}

fn bare(body: &str) -> Page {
    Page::default().script(Placement::Absent).body(body)
}

/// Sends the microphone straight to the speaker once `#go` is clicked.
const LOOPBACK: &str = r#"<button id="go">go</button><script>
  go.onclick = async () => {
    const context = window.context = new AudioContext();
    const processed = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    try {
      // The tap's module loads first, or the sentence's first words would be missed.
      const quiet = new ConstantSourceNode(context, { offset: 0 });
      quiet.connect(context.destination);
      quiet.start();
      while ((await __harness.heard()).length === 0);
      const stream = await navigator.mediaDevices.getUserMedia({ audio: processed });
      new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(context.destination);
      window.outcome = "open";
    } catch (error) {
      window.outcome = error.name;
    }
  };
</script>"#;

async fn microphone_outcome(stage: &mut Stage) -> Result<String, Failure> {
    stage.open(&bare(LOOPBACK)).await?;
    stage.click("#go").await?;
    let outcome = stage.until("window.outcome", SOON).await?;
    Ok(outcome.as_str().unwrap_or_default().to_owned())
}

async fn the_tap_hears_what_the_fake_microphone_plays(stage: &mut Stage) -> Result<(), Failure> {
    let (rate, sentence) = sound::read_wav(&data("speech/visitor-48k.wav"))?;
    let outcome = microphone_outcome(stage).await?;
    ensure!(outcome == "open", "getUserMedia: {outcome}");
    let seconds = sentence.len() as f64 / f64::from(rate);
    // The context's own clock says when the sentence is over.
    let over = format!("context.currentTime > {}", seconds + 2.0);
    stage
        .until(&over, SOON + Duration::from_secs_f64(seconds))
        .await?;
    let heard = stage.heard().await?;
    let [heard] = heard.as_slice() else {
        return Err(Failure(format!("{} contexts, not one", heard.len())));
    };
    let found = sound::find(
        &sound::resample(&sentence, rate, heard.rate),
        &heard.samples,
    );
    // Not 1: the fake device's clock drops or repeats a few samples against the context's.
    ensure!(
        found.correlation > 0.9,
        "{found:?} in {} samples",
        heard.samples.len()
    );
    Ok(())
}

async fn the_tap_loses_nothing_while_the_main_thread_is_blocked(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let outcome = microphone_outcome(stage).await?;
    ensure!(outcome == "open", "getUserMedia: {outcome}");
    let length = async |stage: &Stage| -> Result<f64, Failure> {
        let heard = stage.heard().await?;
        Ok(heard[0].samples.len() as f64 / f64::from(heard[0].rate))
    };
    let before = (length(stage).await?, Instant::now());
    stage.block_main_thread(Duration::from_secs(2)).await?;
    let after = (length(stage).await?, Instant::now());
    let (heard, passed) = (after.0 - before.0, (after.1 - before.1).as_secs_f64());
    // Asking takes a few milliseconds at each end, and a null sink renders in bursts of some 20 ms.
    ensure!(
        (heard - passed).abs() < 0.2,
        "{heard} s heard in {passed} s"
    );
    Ok(())
}

async fn a_denied_microphone_is_denied(stage: &mut Stage) -> Result<(), Failure> {
    let outcome = microphone_outcome(stage).await?;
    ensure!(outcome == "NotAllowedError", "getUserMedia: {outcome}");
    Ok(())
}

async fn a_missing_microphone_is_missing(stage: &mut Stage) -> Result<(), Failure> {
    let outcome = microphone_outcome(stage).await?;
    ensure!(outcome == "NotFoundError", "getUserMedia: {outcome}");
    Ok(())
}

async fn the_network_log_sees_what_a_worker_asks_for(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&bare("")).await?;
    // The discard service's port: nothing answers there, and the attempt is what counts.
    let script = r#"
      const [stranger, ours] = arguments;
      const text = `fetch("${ours}").catch(() => 0).then(() => fetch("${stranger}")).catch(() => postMessage(1))`;
      window.worker = new Worker(URL.createObjectURL(new Blob([text])));
      worker.onmessage = () => { window.asked = true; };"#;
    let ours = stage.gateway.api_url();
    let stranger = "http://127.0.0.1:49151/elsewhere";
    stage
        .browser()?
        .run(script, vec![json!(stranger), json!(ours)])
        .await?;
    stage.until("window.asked", SOON).await?;
    let Some(requests) = stage.leave().await? else {
        return Ok(());
    };
    let strangers = stage.strangers(&requests);
    ensure!(strangers == ["http://127.0.0.1:49151"], "{strangers:?}");
    let all = network::origins(&requests);
    let (site, api) = (stage.gateway.site_url(), stage.gateway.api_url());
    ensure!(
        all.contains(&site) && all.contains(&api),
        "{all:?} lacks {site} or {api}"
    );
    Ok(())
}

async fn the_snippet_loads_the_release_from_the_cdn_by_its_real_hash(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    let version = stage.run("return window.Vocadesk?.version").await?;
    ensure!(version == env!("CARGO_PKG_VERSION"), "version {version}");
    Ok(())
}

/// Noise that is the same in every run (a linear congruential generator, Numerical Recipes' numbers).
fn noise(samples: usize, mut seed: u32) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((seed >> 16) as u16 as i16) / 32_768.0
    };
    (0..samples).map(|_| next()).collect()
}

fn a_sound_is_found_in_noise() -> Result<(), Failure> {
    let sound = noise(5_000, 1);
    let mut recording = noise(20_000, 2)
        .iter()
        .map(|s| s * 0.02)
        .collect::<Vec<_>>();
    for (place, sample) in recording[7_777..].iter_mut().zip(&sound) {
        *place += sample * 0.1;
    }
    let found = sound::find(&sound, &recording);
    ensure!(found.lag == 7_777, "{found:?}");
    // Sound at 0.1 in noise at 0.02 of the same kind: 1 / sqrt(1 + 0.2²) = 0.981.
    ensure!((found.correlation - 0.981).abs() < 0.01, "{found:?}");
    let cut = sound::find(&sound, &sound[1_000..]);
    ensure!(cut.lag == -1_000, "{cut:?}");
    Ok(())
}

fn another_sound_is_not_found() -> Result<(), Failure> {
    for recording in [noise(20_000, 4), vec![0.0; 20_000], Vec::new()] {
        let found = sound::find(&noise(5_000, 3), &recording);
        ensure!(found.correlation < 0.1, "{found:?}");
    }
    Ok(())
}

fn ten_seconds_are_compared_quickly() -> Result<(), Failure> {
    let (reference, recording) = (noise(240_000, 5), noise(240_000, 6));
    let from = Instant::now();
    sound::find(&reference, &recording);
    ensure!(
        from.elapsed() < Duration::from_secs(1),
        "took {:?}",
        from.elapsed()
    );
    Ok(())
}

fn resampling_keeps_the_waveform() -> Result<(), Failure> {
    // Rising, because a steady tone matches itself at every period.
    let rising = |rate: f32, n: usize| -> Vec<f32> {
        let seconds = (0..n).map(|i| i as f32 / rate);
        seconds
            .map(|t| ((200.0 + 1_000.0 * t) * t * std::f32::consts::TAU).sin())
            .collect()
    };
    let there = sound::resample(&rising(48_000.0, 48_000), 48_000, 24_000);
    let found = sound::find(&rising(24_000.0, 20_000), &there);
    ensure!(found.correlation > 0.999 && found.lag == 0, "{found:?}");
    ensure!(there.len().abs_diff(24_000) <= 1, "{} samples", there.len());
    Ok(())
}
