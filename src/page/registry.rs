//! All hosts of one page that are bound, and what the page mounts and unmounts.

use super::call_state::CallEvent;
use super::options::MountOptions;
use super::realms::Realms;
use super::widget::Widget;
use crate::browser::clock::now_ms;
use js_sys::WeakSet;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use web_sys::{Element, HtmlElement, console};

/// The bound hosts of one page.
pub struct Registry {
    realms: Realms,
    bound: RefCell<Vec<Rc<Widget>>>,
    /// How often `mount` was called.
    mounts: Cell<u32>,
    /// The elements of those, for a quick look.
    elements: WeakSet,
    /// Elements that the page has destroyed, or that can be no call button: marked up still, and to be left alone.
    dismissed: WeakSet,
}

impl Registry {
    /// Nothing is bound yet.
    pub fn new(realms: Realms) -> Self {
        Self {
            dismissed: realms.dismissed(),
            realms,
            bound: RefCell::default(),
            mounts: Cell::new(0),
            elements: WeakSet::new(),
        }
    }

    /// As they are now: ending one tells the page, which may mount and unmount others.
    pub fn widgets(&self) -> Vec<Rc<Widget>> {
        self.bound.borrow().clone()
    }

    /// Whether this element was never seen: not bound, and not to be left alone either.
    pub fn is_new(&self, element: &Element) -> bool {
        !self.elements.has(element) && !self.dismissed.has(element)
    }

    /// Says once why an element is no call button, and what to write instead.
    pub fn refuse(&self, element: &Element, why: &str) {
        if !self.dismissed.has(element) {
            self.dismissed.add(element);
            console::warn_2(&format!("Vocadesk: {why}").into(), element);
        }
    }

    /// Binds an element.
    pub fn bind(&self, element: HtmlElement, options: MountOptions) {
        if let Some(widget) = Widget::bind(&self.realms, element, options) {
            self.elements.add(widget.element());
            self.bound.borrow_mut().push(widget.clone());
            widget.draw();
        }
    }

    fn unbind(&self, widget: &Rc<Widget>) {
        self.bound
            .borrow_mut()
            .retain(|bound| !Rc::ptr_eq(bound, widget));
        self.elements.delete(widget.element());
        widget.destroy();
    }

    /// Lets go what is not marked up any more, and puts right what a framework may have re-rendered; says whether one is
    /// not in the document just now.
    pub fn review(&self, marks_changed: bool) -> bool {
        let mut one_left = false;
        for widget in self.widgets() {
            if !widget.element().is_connected() {
                one_left = true;
            } else if widget.is_let_go() {
                self.unbind(&widget);
            } else if marks_changed {
                widget.draw();
            } else {
                widget.tend();
            }
        }
        one_left
    }

    /// Draws all of them anew: a language has come.
    pub fn redraw(&self) {
        for widget in self.widgets() {
            widget.draw();
        }
    }

    /// Ends the calls of hosts that are not in the document, and lets these go.
    pub fn let_go_what_left(&self) {
        for widget in self.widgets() {
            if !widget.element().is_connected() {
                self.unbind(&widget);
            }
        }
    }

    /// The visitor leaves the page.
    pub fn page_left(&self) {
        for widget in self.widgets() {
            widget.dispatch(CallEvent::PageLeft { at_ms: now_ms() });
        }
    }

    /// The widget that an element is bound to.
    pub fn find(&self, element: &HtmlElement) -> Option<Rc<Widget>> {
        let bound = self.bound.borrow();
        let found = bound.iter().find(|widget| widget.element() == element);
        found.cloned()
    }

    /// Binds an element with options, or gives new options to one that is bound; gives the widget with the number of this
    /// mount.
    pub fn mount(&self, element: &HtmlElement, options: MountOptions) -> (Weak<Widget>, u32) {
        match self.find(element) {
            Some(known) => known.rebind(options),
            None => self.bind(element.clone(), options),
        }
        let number = self.mounts.get().wrapping_add(1);
        self.mounts.set(number);
        let widget = self.find(element);
        if let Some(widget) = &widget {
            widget.mounted(number);
        }
        (
            widget.as_ref().map(Rc::downgrade).unwrap_or_default(),
            number,
        )
    }

    /// Takes back a mount.
    pub fn dismiss(&self, widget: &Rc<Widget>) {
        self.dismissed.add(widget.element());
        self.unbind(widget);
    }
}
