//! PAGE AND CALL WORKER. Messages between the two as flat arrays on a port.

use crate::shared::message::Field;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::MessagePort;

/// Sends fields; ports among `transfer` travel along.
pub fn post(port: &MessagePort, fields: Vec<Field>, transfer: &[&MessagePort]) {
    let message: Array = fields
        .into_iter()
        .map(|field| match field {
            Field::Number(number) => number.into(),
            Field::Text(text) => text.into(),
            Field::Nothing => JsValue::NULL,
        })
        .collect();
    let transfer: Array = transfer.iter().copied().collect();
    // Posting fails only for a port that was already given away, of which ours never is.
    let _ = port.post_message_with_transferable(&message, &transfer);
}

/// Reads the fields of a message; anything but an array has none.
pub fn read(message: &JsValue) -> Vec<Field> {
    let Some(message) = message.dyn_ref::<Array>() else {
        return Vec::new();
    };
    message
        .iter()
        .map(|field| match (field.as_f64(), field.as_string()) {
            (Some(number), _) => Field::Number(number),
            (_, Some(text)) => Field::Text(text),
            _ => Field::Nothing,
        })
        .collect()
}
