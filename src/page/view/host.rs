//! One customer element: what we add to it, and take away again to the byte.

use super::attributes::{self, Attributes};
use super::element::set;
use super::{host_shadow, own_elements};
use crate::browser::events::PageListener;
use crate::page::press::listeners::{self, is_native_button};
use crate::page::press::rule::Click;
use js_sys::WeakMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::HtmlElement;

/// What makes an element that is no button one.
const LIKE_A_BUTTON: [(&str, &str); 2] = [("role", "button"), ("tabindex", "0")];

thread_local! {
    /// By host the names of those that we have added: an instance before this one has left them.
    static ADDED: RefCell<WeakMap> = RefCell::new(WeakMap::new());
}

/// Takes over what an instance before this one may have added.
pub fn know(added: WeakMap) {
    ADDED.set(added);
}

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
            take_back(&element);
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
        let [role, tabindex] = LIKE_A_BUTTON;
        if !self.element.has_attribute(role.0) {
            self.add(role);
        }
        if !self.element.has_attribute(tabindex.0) && self.element.tag_name() != "A" {
            self.add(tabindex);
        }
    }

    fn add(&self, (name, value): (&'static str, &str)) {
        self.set(name, Some(value));
        let before = added(&self.element);
        ADDED.with_borrow(|all| all.set(&self.element, &format!("{before} {name}").into()));
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
        ADDED.with_borrow(|all| all.delete(&self.element));
    }
}

fn added(host: &HtmlElement) -> String {
    let names = ADDED.with_borrow(|all| all.get(host));
    names.as_string().unwrap_or_default()
}

/// Takes off what an instance that is no more has added, unless the page has written something else there since.
fn take_back(host: &HtmlElement) {
    let names = added(host);
    for (name, ours) in LIKE_A_BUTTON {
        let is_added = names.split_ascii_whitespace().any(|added| added == name);
        if is_added && host.get_attribute(name).as_deref() == Some(ours) {
            set(host, name, None);
        }
    }
    ADDED.with_borrow(|all| all.delete(host));
}
