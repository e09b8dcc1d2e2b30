//! Values of JavaScript from ours, and back, by serde.

use js_sys::{Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Takes the value itself: a text that came from JavaScript need not cross twice.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = JSON, js_name = stringify)]
    fn stringify_json(value: &JsValue) -> String;
}

/// As `JSON.parse` would make it: maps are plain objects.
pub fn to_js(value: &(impl Serialize + ?Sized)) -> JsValue {
    // Fails for no type of ours: none has a number or a map that JavaScript has not.
    value
        .serialize(&Serializer::json_compatible())
        .unwrap_or_default()
}

/// Nothing where it is not of this type.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// What a JSON text says; nothing where it is none, or not of this type. What the text does not name counts as missing, even
/// where every object of the page has it. (An object in there is read by its own members anyway: see `protocol/member.rs`.)
pub fn parse<T: DeserializeOwned>(text: &JsValue) -> Option<T> {
    from_js(parse_object(text)?)
}

/// The object that a JSON text says, with no members but its own; nothing where it says none.
pub fn parse_object(text: &JsValue) -> Option<JsValue> {
    let object = parse_json(text).ok()?;
    Reflect::set_prototype_of(object.unchecked_ref::<Object>(), &JsValue::NULL).ok()?;
    Some(object)
}

/// As JSON.
pub fn stringify(value: &impl Serialize) -> String {
    stringify_json(&to_js(value))
}
