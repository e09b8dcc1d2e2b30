//! Texts put together without the formatting machinery, and without one copy of it for each type of
//! part: the two would be a twentieth of the module's size.

use std::cell::RefCell;

/// The parts in one text.
pub fn concat(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Notes a text, and tells whether it was another before.
pub fn changes(noted: &RefCell<String>, now: &str) -> bool {
    let other = *noted.borrow() != now;
    if other {
        noted.replace(now.to_owned());
    }
    other
}

/// A number as people write it.
pub fn decimal(number: u32) -> String {
    let mut text = String::new();
    if number > 9 {
        text = decimal(number / 10);
    }
    text.push(digit(number % 10));
    text
}

/// Appends a byte as two hexadecimal digits.
pub fn push_hex(text: &mut String, byte: u8) {
    text.push(digit(u32::from(byte >> 4)));
    text.push(digit(u32::from(byte & 15)));
}

fn digit(value: u32) -> char {
    char::from_digit(value, 16).unwrap_or('0')
}
