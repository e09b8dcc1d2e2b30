//! Whatever JavaScript throws, as a name and a message.

use super::member;
use crate::error::foreign_text;
use wasm_bindgen::prelude::*;

/// What was thrown, fit for a message. Anything can be: a `DOMException`, an `Error`, a string, `undefined`,
/// a page's own object with a megabyte of text.
pub struct Exception {
    /// `NotAllowedError`, `TypeError`, …; empty where the value has no name.
    pub name: String,
    /// The browser's own words; empty where the value has none.
    pub message: String,
}

impl From<JsValue> for Exception {
    fn from(value: JsValue) -> Self {
        let text = |key: &str| member::text(&value, key);
        let fit = |text: Option<String>| foreign_text(&text.unwrap_or_default());
        Self {
            name: fit(text("name")),
            message: fit(text("message").or_else(|| value.as_string())),
        }
    }
}

impl Exception {
    /// Name and message as one text, never empty.
    pub fn describe(&self) -> String {
        match (self.name.as_str(), self.message.as_str()) {
            ("", "") => "no reason given".to_owned(),
            ("", only) | (only, "") => only.to_owned(),
            (name, message) => format!("{name}: {message}"),
        }
    }
}
