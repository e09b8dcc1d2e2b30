//! What real pages do to a call button, by what is reported of other widgets: each kind with several of its examples.

mod audio;
mod clocks;
mod copies;
mod hydration;
mod libraries;
mod outside;
mod presses;
mod scripts;
mod shown;

use crate::trial::Trial;

pub fn trials() -> Vec<Trial> {
    [
        audio::trials(),
        clocks::trials(),
        copies::trials(),
        hydration::trials(),
        libraries::trials(),
        outside::trials(),
        presses::trials(),
        scripts::trials(),
        shown::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
