//! Every trial. A file for each subject; each lists its own.

mod audio_path;
mod call;
mod concurrency;
mod demo;
mod ends;
mod failures;
mod harness;
mod hosts;
mod life;
mod microphones;
mod mounting;
mod refusals;
mod sockets;
mod sound;

use crate::runner::{Check, Trial};

/// Those that run in each engine.
pub fn all() -> Vec<Trial> {
    [
        harness::trials(),
        call::trials(),
        microphones::trials(),
        refusals::trials(),
        sockets::trials(),
        failures::trials(),
        ends::trials(),
        mounting::trials(),
        life::trials(),
        hosts::trials(),
        concurrency::trials(),
        audio_path::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Those that need no browser: the harness's own instruments, and the demo's script.
pub fn without_browser() -> Vec<Check> {
    [sound::checks(), demo::checks()]
        .into_iter()
        .flatten()
        .collect()
}
