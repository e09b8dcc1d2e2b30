//! Texts joined without the formatting machinery and without one copy of it for each type of part: the
//! two together are a twentieth of the module's size.

/// The parts in one text.
pub fn concat(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}
