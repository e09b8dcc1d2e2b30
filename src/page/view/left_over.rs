//! What an instance that broke has left on a host, besides what a copy of the host brings along: kept outside of us, by the shim.

use super::element::set;
use js_sys::{Array, WeakMap};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

thread_local! {
    /// By host: names of attributes, each with what the page had there and with what we have written, one after the other.
    static LEFT: RefCell<WeakMap> = RefCell::new(WeakMap::new());
}

/// Takes over what an instance before this one has noted.
pub fn know(left: WeakMap) {
    LEFT.set(left);
}

/// Notes what stands in an attribute now, and what the page had there.
pub fn note(host: &HtmlElement, name: &str, before: Option<&str>) {
    let ours = host.get_attribute(name);
    let text = |value: Option<&str>| value.map_or(JsValue::NULL, JsValue::from);
    let list = noted(host);
    // A later note of the same attribute takes the place of the earlier one.
    let mut starts = (0..list.length()).step_by(3);
    let at = starts.find(|at| list.get(*at).as_string().as_deref() == Some(name));
    let at = at.unwrap_or(list.length());
    for (index, value) in (at..).zip([Some(name), before, ours.as_deref()]) {
        list.set(index, text(value));
    }
    LEFT.with_borrow(|left| left.set(host, &list));
}

fn noted(host: &HtmlElement) -> Array {
    let noted = LEFT.with_borrow(|left| left.get(host));
    noted.dyn_into().unwrap_or_default()
}

/// The host is as it was found.
pub fn forget(host: &HtmlElement) {
    LEFT.with_borrow(|left| left.delete(host));
}

/// Gives back what was noted, unless the page has written something else there since.
pub fn give_back(host: &HtmlElement) {
    let noted = noted(host);
    let at = |index: u32| noted.get(index).as_string();
    for index in (0..noted.length()).step_by(3) {
        let (before, ours) = (at(index + 1), at(index + 2));
        if let Some(name) = at(index)
            && host.get_attribute(&name) == ours
        {
            set(host, &name, before.as_deref());
        }
    }
    forget(host);
}
