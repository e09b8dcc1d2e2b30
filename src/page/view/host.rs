//! One customer element: what we add to it, and take away again to the byte.

use super::element::set;
use crate::browser::events::PageListener;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// Marks a bound host and tells the page's CSS its state.
pub const STATE_ATTRIBUTE: &str = "data-vocadesk-state";

/// A bound element.
pub struct Host {
    element: HtmlElement,
    /// The attributes that we set, each with the value that the page had there.
    before: RefCell<Vec<(&'static str, Option<String>)>>,
    /// Its listeners outlive it.
    bound: Rc<Cell<bool>>,
    listeners: Cell<Vec<PageListener>>,
}

impl Host {
    /// Listens to an element, and changes nothing yet; `activate` is called when the visitor clicks it, or
    /// presses Enter or Space on one that is no button by itself.
    pub fn new(element: HtmlElement, activate: impl Fn() + 'static) -> Self {
        let bound = Rc::new(Cell::new(true));
        let still_bound = bound.clone();
        let click = PageListener::new(&element, "click", move |event| {
            if !still_bound.get() {
                return;
            }
            // A call never submits the form around its button, nor follows a link.
            event.prevent_default();
            activate();
        });
        let mut listeners = vec![click];
        if !is_native_button(&element) {
            let still_bound = bound.clone();
            listeners.push(PageListener::new(&element, "keydown", move |event| {
                let host = event.current_target();
                if let Some(host) = host.and_then(|host| host.dyn_into::<HtmlElement>().ok())
                    && still_bound.get()
                    && is_activation(event, &host)
                {
                    event.prevent_default();
                    host.click();
                }
            }));
        }
        Self {
            element,
            before: RefCell::default(),
            bound,
            listeners: Cell::new(listeners),
        }
    }

    /// Makes an element that is no button one for assistive technology and the keyboard.
    pub fn behave_like_a_button(&self) {
        if is_native_button(&self.element) {
            return;
        }
        if !self.element.has_attribute("role") {
            self.set("role", Some("button"));
        }
        if !self.element.has_attribute("tabindex") && self.element.tag_name() != "A" {
            self.set("tabindex", Some("0"));
        }
    }

    /// Whether it was not unbound yet.
    pub fn is_bound(&self) -> bool {
        self.bound.get()
    }

    /// The element itself.
    pub fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Sets or removes an attribute, and remembers what the page had there. Nothing is borrowed while it
    /// is set: a custom element's own code runs then.
    pub fn set(&self, name: &'static str, value: Option<&str>) {
        let now = self.element.get_attribute(name);
        if now.as_deref() == value || !self.is_bound() {
            return;
        }
        let known = |(known, _): &(&str, _)| *known == name;
        if !self.before.borrow().iter().any(known) {
            self.before.borrow_mut().push((name, now));
        }
        set(&self.element, name, value);
    }

    /// Gives an attribute back its page's value.
    pub fn restore(&self, name: &'static str) {
        let known = |(known, _): &(&str, _)| *known == name;
        let at = self.before.borrow().iter().position(known);
        if let Some(at) = at {
            let (_, value) = self.before.borrow_mut().swap_remove(at);
            set(&self.element, name, value.as_deref());
        }
    }

    /// Takes away all that we added.
    pub fn unbind(&self) {
        self.bound.set(false);
        self.listeners.take();
        for (name, value) in self.before.take().into_iter().rev() {
            set(&self.element, name, value.as_deref());
        }
    }
}

/// Elements that the browser itself makes clickable by keyboard.
fn is_native_button(element: &Element) -> bool {
    matches!(element.tag_name().as_str(), "BUTTON" | "INPUT" | "SUMMARY")
}

/// Whether this key press activates the host: not one inside it, not a repeat, and not Enter on a
/// link, which clicks by itself.
fn is_activation(event: &Event, element: &HtmlElement) -> bool {
    let on_host = event
        .target()
        .is_some_and(|target| target == *element.as_ref());
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
        return false;
    };
    let by_itself = element.has_attribute("href") && key.key() == "Enter";
    on_host && !by_itself && !key.repeat() && matches!(key.key().as_str(), "Enter" | " ")
}
