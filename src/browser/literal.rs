//! Objects of JavaScript written down as JSON: fewer bytes than one crossing for
//! each member.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, js_name = parse)]
    fn parse(json: &str) -> JsValue;
}

/// A fresh object of this JSON, as the type that takes such objects.
pub fn literal<T: JsCast>(json: &str) -> T {
    parse(json).unchecked_into()
}
