//! PAGE AND CALL WORKER. Whatever JavaScript throws, as a name and a message.

use crate::shared::text::concat;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

/// What was thrown. Anything can be: a `DOMException`, an `Error`, a string, `undefined`.
pub struct Thrown {
    /// `NotAllowedError`, `TypeError`, …; empty where the value has no name.
    pub name: String,
    /// The browser's own words; empty where the value has none.
    pub message: String,
}

impl From<JsValue> for Thrown {
    fn from(value: JsValue) -> Self {
        let text = |key: &str| {
            Reflect::get(&value, &key.into())
                .ok()
                .and_then(|text| text.as_string())
        };
        Self {
            name: text("name").unwrap_or_default(),
            message: text("message")
                .or_else(|| value.as_string())
                .unwrap_or_default(),
        }
    }
}

impl Thrown {
    /// Name and message as one text.
    pub fn describe(&self) -> String {
        concat(&[&self.name, ": ", &self.message])
    }
}
