//! How the button looks: the page's colours, the page's size, and pages whose own styles are hostile.

mod colours;
mod hostile;
mod size;
mod untouched;

use crate::trial::Trial;

pub fn trials() -> Vec<Trial> {
    [
        colours::trials(),
        size::trials(),
        hostile::trials(),
        untouched::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
