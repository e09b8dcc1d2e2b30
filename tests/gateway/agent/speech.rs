//! The recorded speech, 24 kHz mono, from `tests/data/speech` (made by the script `make` there).

use std::io::Cursor;

/// The parrot's first words.
pub fn greeting() -> Vec<i16> {
    samples(include_bytes!("../../data/speech/greeting.wav"))
}

/// The parrot's last words.
pub fn goodbye() -> Vec<i16> {
    samples(include_bytes!("../../data/speech/goodbye.wav"))
}

/// The sentence that tests speak into the microphone; begins with its first sound.
pub fn visitor() -> Vec<i16> {
    samples(include_bytes!("../../data/speech/visitor.wav"))
}

/// A broken file would be silence; a test holds that none is.
fn samples(wav: &[u8]) -> Vec<i16> {
    hound::WavReader::new(Cursor::new(wav)).map_or_else(
        |_| Vec::new(),
        |reader| reader.into_samples().map_while(Result::ok).collect(),
    )
}
