//! One member of an object of JavaScript's, whatever that object is.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

/// The text that stands there; nothing where it is none, or where looking throws.
pub fn text(object: &JsValue, key: &str) -> Option<String> {
    Reflect::get(object, &key.into()).ok()?.as_string()
}

/// What the object's method gives, called without arguments.
///
/// # Errors
/// What was thrown, also where there is no such method.
pub fn call(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    method.call0(object)
}

/// Whether the object's member is this very text.
pub fn is(object: &JsValue, key: &str, wanted: &str) -> bool {
    text(object, key).is_some_and(|found| found == wanted)
}

/// The number that stands there; nothing where it is none, or where looking throws.
pub fn number(object: &JsValue, key: &str) -> Option<f64> {
    Reflect::get(object, &key.into()).ok()?.as_f64()
}

/// Whether `true` stands there.
pub fn is_true(object: &JsValue, key: &str) -> bool {
    Reflect::get(object, &key.into()).is_ok_and(|value| value == JsValue::TRUE)
}
