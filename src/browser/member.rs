//! One member of an object of JavaScript's, whatever that object is.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The member `name` of `from` as `receiver` has it; nothing for undefined and null. An import that may throw and gives a
    /// plain `JsValue` takes a place in wasm-bindgen's table each time that it throws, and never gives it back; one that
    /// may give nothing takes none.
    ///
    /// # Errors
    /// What was thrown; also where `from` is no object.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    pub fn get_for(
        from: &JsValue,
        name: &str,
        receiver: &JsValue,
    ) -> Result<Option<JsValue>, JsValue>;
}

/// What stands there; nothing for undefined and null, or where looking throws.
pub fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    get_for(object, key, object).ok()?
}

/// The text that stands there; nothing where it is none, or where looking throws.
pub fn text(object: &JsValue, key: &str) -> Option<String> {
    get(object, key)?.as_string()
}

/// What the object's method gives.
///
/// # Errors
/// What was thrown, also where there is no such method.
pub fn call(object: &JsValue, name: &str, arguments: &Array) -> Result<JsValue, JsValue> {
    let method: Function = get_for(object, name, object)?
        .unwrap_or_default()
        .dyn_into()?;
    method.apply(object, arguments)
}

/// Whether the object's member is this very text.
pub fn is(object: &JsValue, key: &str, wanted: &str) -> bool {
    text(object, key).is_some_and(|found| found == wanted)
}

/// The number that stands there; nothing where it is none, or where looking throws.
pub fn number(object: &JsValue, key: &str) -> Option<f64> {
    get(object, key)?.as_f64()
}

/// Whether `true` stands there.
pub fn is_true(object: &JsValue, key: &str) -> bool {
    get(object, key).is_some_and(|value| value == JsValue::TRUE)
}
