//! Every trial. A file for each subject; each lists its own.

mod demo;
mod harness;
mod sound;

use crate::runner::{Check, Trial};

/// Those that run in each engine.
pub fn all() -> Vec<Trial> {
    [harness::trials()].into_iter().flatten().collect()
}

/// Those that need no browser: the harness's own instruments, and the demo's script.
pub fn without_browser() -> Vec<Check> {
    [sound::checks(), demo::checks()]
        .into_iter()
        .flatten()
        .collect()
}
