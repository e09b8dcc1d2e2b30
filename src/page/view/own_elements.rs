//! Elements of ours in the page, and their copies: a page that clones a host, or is saved or cached while a call runs,
//! copies what we have put there as well, without what makes it work.

use super::element::{all, set};
use crate::browser::by_prototype::create_element;
use js_sys::WeakSet;
use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement, Node};

/// Marks an element of ours.
const OWN_ATTRIBUTE: &str = "data-vocadesk-part";

thread_local! {
    /// Those that we have made; all others with the mark are copies.
    static MADE: WeakSet = WeakSet::new();
}

/// Makes an element of ours.
///
/// # Errors
/// What the DOM threw.
pub fn make(document: &Document) -> Result<HtmlElement, JsValue> {
    let element: HtmlElement = create_element(document, "span")?.unchecked_into();
    set(&element, OWN_ATTRIBUTE, Some(""));
    MADE.with(|made| made.add(&element));
    Ok(element)
}

/// Takes the copies of our elements out of a tree.
pub fn remove_copies(root: &Node) {
    for element in all(root, &format!("[{OWN_ATTRIBUTE}]")) {
        if !MADE.with(|made| made.has(&element)) {
            element.remove();
        }
    }
}
