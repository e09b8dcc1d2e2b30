//! What a document has of its own. An element with a `name` stands before what the document has by that name (DOM clobbering),
//! so the prototype is asked. Forms do the same with their fields: of these nothing is asked but their language, they are no
//! hosts.

use super::member::get_for;
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Node};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = Document, js_name = prototype)]
    static PROTOTYPE: JsValue;

    #[wasm_bindgen(thread_local_v2, js_namespace = HTMLElement, js_name = prototype)]
    static OF_ELEMENTS: JsValue;
}

fn its(node: &Node) -> JsValue {
    if node.is_instance_of::<Document>() {
        PROTOTYPE.with(Clone::clone)
    } else {
        node.into()
    }
}

/// A member of a document or of another root; undefined where it has none.
pub fn get(node: &Node, name: &str) -> JsValue {
    let found = get_for(&its(node), name, node);
    found.ok().flatten().unwrap_or_default()
}

/// The language that an element names itself; nothing where it is none of HTML.
pub fn lang(element: &Element) -> Option<String> {
    let lang = OF_ELEMENTS.with(|prototype| get_for(prototype, "lang", element));
    lang.ok()??.as_string()
}

/// Sets a member.
pub fn set(node: &Node, name: &str, value: &JsValue) {
    let _ = Reflect::set_with_receiver(&its(node), &name.into(), value, node);
}

/// Calls a method with one text.
///
/// # Errors
/// What was thrown.
pub fn call(node: &Node, name: &str, text: &str) -> Result<JsValue, JsValue> {
    let method: Function = get(node, name).dyn_into()?;
    method.call1(node, &text.into())
}

/// A new element of a document's.
///
/// # Errors
/// What the page has made of it may throw.
pub fn create_element(document: &Document, name: &str) -> Result<Element, JsValue> {
    call(document, "createElement", name).map(JsCast::unchecked_into)
}
