//! The call bar: where it lies, what it does, and that everybody can use it.

mod axe;
mod captions;
mod each_once;
mod following;
mod keyboard;
mod pictures;
mod preferences;
mod said;
mod shapes;
mod system_keys;
mod words;

use crate::trial::Trial;
use support::bar::OPEN_ROOTS;
use support::page::{Page, button};

pub fn trials() -> Vec<Trial> {
    [
        axe::trials(),
        captions::trials(),
        each_once::trials(),
        following::trials(),
        keyboard::trials(),
        pictures::trials(),
        preferences::trials(),
        said::trials(),
        shapes::trials(),
        system_keys::trials(),
        words::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The documentation's button in a page that lets us look into the bar, with this style more.
fn page(style: &str) -> Page {
    let head = format!("{OPEN_ROOTS}<style>{style}</style>");
    let body = format!(
        "<main><h1>A shop</h1><p>{}</p><p><a id=\"next\" href=\"/next\">More</a></p></main>",
        button("call", "emb_echo")
    );
    Page::default().head(head).body(body)
}
