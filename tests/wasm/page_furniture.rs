//! Elements to try things on.

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

pub fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// Puts an element into the page by its markup; it goes away with the value.
pub struct Furniture(pub HtmlElement);

impl Furniture {
    pub fn new(html: &str) -> Self {
        let holder = document().create_element("div").unwrap();
        holder.set_inner_html(html);
        document().body().unwrap().append_child(&holder).unwrap();
        Self(holder.first_element_child().unwrap().dyn_into().unwrap())
    }
}

impl Drop for Furniture {
    fn drop(&mut self) {
        if let Some(holder) = self.0.parent_element() {
            holder.remove();
        }
    }
}
