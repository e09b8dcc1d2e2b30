//! A visitor who says several things, with pauses in between.

use std::path::PathBuf;

use crate::engine::Microphone;
use crate::evidence::evidence_folder;
use crate::failure::Failure;
use crate::sound;
use crate::stage::data;

const RATE_HZ: u32 = 48_000;

/// Longer than any call needs then: the fake device begins again at the file's end.
pub const SILENCE_AFTER_SECS: f64 = 60.0;

/// A microphone that says these sentences (files of `tests/data`), each after so many seconds of silence.
///
/// # Panics
/// Where the file of this name cannot be made.
pub fn says(name: &str, sentences: &[(f64, &str)]) -> Microphone {
    let file = write(name, sentences);
    Microphone::Plays(file.expect("the file can be written"))
}

/// The file that the microphone of this name plays.
pub fn file_of(name: &str) -> Result<PathBuf, Failure> {
    Ok(evidence_folder()?.join(format!("says-{name}.wav")))
}

fn write(name: &str, sentences: &[(f64, &str)]) -> Result<PathBuf, Failure> {
    let silence = |seconds: f64| vec![0.0; (seconds * f64::from(RATE_HZ)) as usize];
    let mut samples = Vec::new();
    for (after, file) in sentences {
        samples.extend(silence(*after));
        let (from_hz, sentence) = sound::read_wav(&data(file))?;
        samples.extend(sound::resample(&sentence, from_hz, RATE_HZ));
    }
    samples.extend(silence(SILENCE_AFTER_SECS));
    let file = file_of(name)?;
    sound::write_wav(&file, RATE_HZ, &samples)?;
    Ok(file)
}
