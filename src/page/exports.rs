//! MAIN THREAD. What the shim may call on the page. Functions, not an object: a class costs glue.

use super::binder::Binder;
use super::counted;
use super::environment::Environment;
use super::options::Options;
use super::window::window;
use crate::realm::literal::literal;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

thread_local! {
    /// The page wing at work.
    static BINDER: RefCell<Option<Rc<Binder>>> = const { RefCell::new(None) };
}

fn binder() -> Option<Rc<Binder>> {
    BINDER.with_borrow(Clone::clone)
}

/// Starts to look after the document of this realm.
#[wasm_bindgen(js_name = startPage)]
pub fn start(environment: Environment) {
    let window = window();
    if let Some(document) = window.document() {
        BINDER.set(Some(Binder::start(environment, &window, document)));
    }
}

/// Binds an element; gives the number to unmount it with.
#[wasm_bindgen]
pub fn mount(element: HtmlElement, options: JsValue) -> u32 {
    binder().map_or(0, |binder| binder.mount(element, Options::new(options)))
}

/// Takes back a mount.
#[wasm_bindgen]
pub fn unmount(number: u32) {
    if let Some(binder) = binder() {
        binder.unmount(number);
    }
}

/// What went wrong in the latest call, each kind by its name.
#[wasm_bindgen]
pub fn counted() -> JsValue {
    literal(&counted::json())
}

/// A host was clicked before the page wing was there.
#[wasm_bindgen]
pub fn click(element: HtmlElement) {
    if let Some(binder) = binder() {
        binder.click(&element);
    }
}
