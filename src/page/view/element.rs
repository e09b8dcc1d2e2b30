//! What we do with elements where web-sys's own way costs more bytes: a crossing of a shape that others have
//! too is glue that is there already.

use crate::browser::by_prototype;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{CssStyleDeclaration, Element, HtmlElement, Node};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Element)]
    type Texted;

    #[wasm_bindgen(method, setter, js_name = textContent)]
    fn set_text_content(this: &Texted, text: &str);

    #[wasm_bindgen(js_name = HTMLElement)]
    type Placed;

    #[wasm_bindgen(catch, method)]
    fn after(this: &Placed, element: &Element) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_name = getComputedStyle)]
    fn get_computed_style(element: &Element, pseudo: &str) -> Result<CssStyleDeclaration, JsValue>;
}

/// Sets an element's text.
pub fn set_text(element: &Element, text: &str) {
    element.unchecked_ref::<Texted>().set_text_content(text);
}

/// Puts an element right behind another, which has a parent.
pub fn put_behind(element: &Element, next: &Element) {
    let _ = element.unchecked_ref::<Placed>().after(next);
}

/// Sets or removes an attribute; fails for no name of ours.
pub fn set(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// All elements in a tree, a document's or a shadow root's, that a selector matches, in their order.
pub fn all(root: &Node, selector: &str) -> impl Iterator<Item = Element> + use<> {
    let found = by_prototype::call(root, "querySelectorAll", selector);
    let found = found.map(|found| Array::from(&found)).unwrap_or_default();
    found.to_vec().into_iter().map(JsCast::unchecked_into)
}

/// The value that a property has on an element by all rules together; empty where the browser does not say.
pub fn computed(element: &HtmlElement, property: &str) -> String {
    computed_of(element, "", property)
}

/// An element's first pseudo-element.
pub const BEFORE: &str = "::before";
/// And its last.
pub const AFTER: &str = "::after";

/// The same of a pseudo-element.
pub fn computed_of(element: &HtmlElement, pseudo: &str, property: &str) -> String {
    get_computed_style(element, pseudo)
        .and_then(|style| style.get_property_value(property))
        .unwrap_or_default()
}
