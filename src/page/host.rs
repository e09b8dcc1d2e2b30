//! MAIN THREAD. One customer element: what we add to it, and take away again to the byte.

use super::cover::set;
use gloo_events::{EventListener, EventListenerOptions};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// Marks a bound host and tells the page's CSS its state.
pub const STATE_ATTRIBUTE: &str = "data-vocadesk-state";

/// A bound element.
pub struct Host {
    element: HtmlElement,
    /// The attributes that we set, each with the value that the page had there.
    before: RefCell<Vec<(&'static str, Option<String>)>>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Host {
    /// Binds an element; `activate` is called when the visitor clicks it, or presses Enter or Space on
    /// one that is no button by itself.
    pub fn new(element: HtmlElement, activate: impl Fn() + 'static) -> Self {
        let host = Self {
            element: element.clone(),
            before: RefCell::default(),
            listeners: RefCell::default(),
        };
        host.set(STATE_ATTRIBUTE, Some("idle"));
        let options = EventListenerOptions::enable_prevent_default();
        let click = EventListener::new_with_options(&element, "click", options, move |event| {
            // A call never submits the form around its button, nor follows a link.
            event.prevent_default();
            activate();
        });
        host.listeners.borrow_mut().push(click);
        if !is_native_button(&element) {
            host.behave_like_a_button(options);
        }
        host
    }

    fn behave_like_a_button(&self, options: EventListenerOptions) {
        if !self.element.has_attribute("role") {
            self.set("role", Some("button"));
        }
        if !self.element.has_attribute("tabindex") && self.element.tag_name() != "A" {
            self.set("tabindex", Some("0"));
        }
        let element = self.element.clone();
        let keys =
            EventListener::new_with_options(&self.element, "keydown", options, move |event| {
                if is_activation(event, &element) {
                    event.prevent_default();
                    element.click();
                }
            });
        self.listeners.borrow_mut().push(keys);
    }

    /// The element itself.
    pub fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Sets or removes an attribute, and remembers what the page had there.
    pub fn set(&self, name: &'static str, value: Option<&str>) {
        let now = self.element.get_attribute(name);
        if now.as_deref() == value {
            return;
        }
        let mut before = self.before.borrow_mut();
        if !before.iter().any(|(known, _)| *known == name) {
            before.push((name, now));
        }
        set(&self.element, name, value);
    }

    /// Gives an attribute back its page's value.
    pub fn restore(&self, name: &'static str) {
        let mut before = self.before.borrow_mut();
        if let Some(at) = before.iter().position(|(known, _)| *known == name) {
            let (_, value) = before.swap_remove(at);
            set(&self.element, name, value.as_deref());
        }
    }

    /// Takes away all that we added.
    pub fn unbind(&self) {
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
