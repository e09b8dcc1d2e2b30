//! One customer element: what we add to it, and take away again to the byte.

use super::attributes::{self, Attributes};
use super::{host_shadow, left_over, own_elements};
use crate::browser::events::PageListener;
use crate::page::press::listeners::{self, is_native_button};
use crate::page::press::rule::Click;
use std::cell::Cell;
use std::rc::Rc;
use web_sys::HtmlElement;

/// A bound element.
pub struct Host {
    element: HtmlElement,
    attributes: Attributes,
    /// Its listeners outlive it.
    bound: Rc<Cell<bool>>,
    listeners: Cell<Option<[PageListener; 2]>>,
}

impl Host {
    /// Listens to an element; `clicked` is called for each click of a visitor's or the page's. An element that is a copy of
    /// a bound one is given back what that one's call has changed.
    pub fn new(element: HtmlElement, clicked: impl Fn(Click) + 'static) -> Self {
        if element.has_attribute(attributes::STATE_ATTRIBUTE) {
            attributes::clean_copy(&element);
            left_over::give_back(&element);
            own_elements::remove_copies(&element.get_root_node());
            host_shadow::remove_copies(&element);
        }
        let bound = Rc::new(Cell::new(true));
        let listeners = listeners::listen(&element, &bound, clicked);
        Self {
            element,
            attributes: Attributes::default(),
            bound,
            listeners: Cell::new(Some(listeners)),
        }
    }

    /// Makes an element that is no button one for assistive technology and the keyboard.
    pub fn behave_like_a_button(&self) {
        if is_native_button(&self.element) {
            return;
        }
        if !self.element.has_attribute("role") {
            self.add("role", "button");
        }
        if !self.element.has_attribute("tabindex") && self.element.tag_name() != "A" {
            self.add("tabindex", "0");
        }
    }

    fn add(&self, name: &'static str, value: &str) {
        self.set(name, Some(value));
        left_over::note(&self.element, name, None);
    }

    /// Whether it was not unbound yet.
    pub fn is_bound(&self) -> bool {
        self.bound.get()
    }

    /// The element itself.
    pub fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Sets or removes an attribute, for as long as the element is bound.
    pub fn set(&self, name: &'static str, value: Option<&str>) {
        if self.is_bound() {
            self.attributes.set(&self.element, name, value);
        }
    }

    /// Gives an attribute back its page's value.
    pub fn restore(&self, name: &'static str) {
        self.attributes.restore(&self.element, name);
    }

    /// Takes away all that we added.
    pub fn unbind(&self) {
        self.bound.set(false);
        self.listeners.take();
        self.attributes.restore_all(&self.element);
        left_over::forget(&self.element);
    }
}
