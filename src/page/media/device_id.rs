//! A device's id, as browsers give it to one site. Pure.

/// Chromium's own entry for whichever microphone is the default one.
const DEFAULT: &str = "default";

/// Browsers have 40 to 64 characters.
const MOST_BYTES: usize = 256;

/// Whether a text can be the id of one certain device: what else shares the page's storage may have written there too.
pub fn names_one(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain && (1..=MOST_BYTES).contains(&text.len()) && text != DEFAULT
}
