//! Every trial. A file for each subject; each lists its own.

mod audio_path;
mod call;
mod failures;
mod harness;
mod refusals;
mod sound;

use crate::runner::{Check, Trial};

/// Those that run in each engine.
pub fn all() -> Vec<Trial> {
    [
        harness::trials(),
        call::trials(),
        refusals::trials(),
        failures::trials(),
        audio_path::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Those of the harness's own instruments, with no browser.
pub fn without_browser() -> Vec<Check> {
    sound::checks()
}
