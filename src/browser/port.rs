//! Messages between the two as flat arrays on a port.

use crate::protocol::session::Field;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::MessagePort;

/// Sends fields; a port travels along.
pub fn post(port: &MessagePort, fields: Vec<Field>, along: Option<&MessagePort>) {
    let message = Array::new();
    for field in fields {
        message.push(&match field {
            Field::Number(number) => number.into(),
            Field::Text(text) => text.into(),
            Field::Nothing => JsValue::NULL,
        });
    }
    let transfer = along.map_or_else(Array::new, |along| Array::of1(along));
    // Posting fails only for a port that was already given away, of which ours never is.
    let _ = port.post_message_with_transferable(&message, &transfer);
}

/// Reads the fields of a message; anything but an array has none.
pub fn read(message: &JsValue) -> Vec<Field> {
    let Some(message) = message.dyn_ref::<Array>() else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    for at in 0..message.length() {
        let field = message.get(at);
        fields.push(match (field.as_f64(), field.as_string()) {
            (Some(number), _) => Field::Number(number),
            (_, Some(text)) => Field::Text(text),
            _ => Field::Nothing,
        });
    }
    fields
}
