//! MAIN THREAD. What the shim may call on the page.

use super::binder::Binder;
use super::environment::Environment;
use super::options::Options;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement, Window};

/// The page wing at work.
#[wasm_bindgen]
pub struct Page(Rc<Binder>);

#[wasm_bindgen]
impl Page {
    /// Starts to look after a document.
    #[wasm_bindgen(constructor)]
    pub fn new(environment: Environment, window: &Window, document: Document) -> Self {
        Self(Binder::start(environment, window, document))
    }

    /// Binds an element; gives the number to unmount it with.
    pub fn mount(&self, element: HtmlElement, options: JsValue) -> u32 {
        self.0.mount(element, Options::new(options))
    }

    /// Takes back a mount.
    pub fn unmount(&self, number: u32) {
        self.0.unmount(number);
    }

    /// A host was clicked before the page wing was there.
    pub fn click(&self, element: &HtmlElement) {
        self.0.click(element);
    }
}
