//! Elements that become buttons, and how they are used.

mod disabled;
mod frames;
mod keyboard;
mod kinds;
mod shadow;

use crate::trial::Trial;

pub fn trials() -> Vec<Trial> {
    [
        kinds::trials(),
        keyboard::trials(),
        disabled::trials(),
        shadow::trials(),
        frames::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
