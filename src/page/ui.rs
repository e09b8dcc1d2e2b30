//! MAIN THREAD. Draws the view: one element of ours behind the customer's own children, with a closed
//! shadow root, that covers the host in every state but idle.

use super::host::{Host, STATE_ATTRIBUTE};
use super::stylesheet;
use super::view::{self, DEFAULT_LABEL, View};
use crate::shared::text::decimal;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement, Node, ShadowRootInit, ShadowRootMode};

const POSITION: &str = "position";

/// The drawn launcher of one host.
pub struct Ui {
    root: HtmlElement,
    /// In the flow, so that a host without content has the size of its label.
    size: Element,
    text: Element,
    time: Element,
    meter: HtmlElement,
    positioned: Cell<bool>,
    /// The host's style attribute before we positioned it, and right after.
    styles: RefCell<Option<(Option<String>, Option<String>)>>,
    shown: RefCell<Option<(View, String)>>,
}

impl Ui {
    /// Makes the elements; nothing is put into the page yet.
    ///
    /// # Errors
    /// What the DOM threw.
    pub fn new(document: &Document) -> Result<Self, JsValue> {
        let root: HtmlElement = document.create_element("span")?.unchecked_into();
        root.set_attribute("aria-hidden", "true")?;
        let shadow = root.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Closed))?;
        stylesheet::adopt(&shadow, stylesheet::Sheet::Call);
        let part = |parent: &Node, class: &str| -> Result<Element, JsValue> {
            let part = document.create_element("span")?;
            part.set_class_name(class);
            parent.append_child(&part)?;
            Ok(part)
        };
        let size = part(&shadow, "size")?;
        let face = part(&shadow, "face")?;
        let meter: HtmlElement = part(&face, "meter")?.unchecked_into();
        for _ in 0..4 {
            part(&meter, "bar")?;
        }
        let text = part(&face, "text")?;
        let time = part(&face, "time")?;
        Ok(Self {
            root,
            size,
            text,
            time,
            meter,
            positioned: Cell::new(false),
            styles: RefCell::default(),
            shown: RefCell::default(),
        })
    }

    /// Shows a view; `label` is the idle text that the page asked for.
    pub fn show(&self, host: &Host, view: &View, label: Option<&str>) {
        let label = match label {
            Some(label) => label,
            None if self.is_bare(host.element()) => DEFAULT_LABEL,
            None => "",
        };
        let text = if view.state == "idle" {
            label
        } else {
            view.text
        };
        self.put_in_place(host.element(), !text.is_empty());
        let now = (view.clone(), text.to_owned());
        if self.shown.borrow().as_ref() == Some(&now) {
            return;
        }
        // In the flow only where the host has nothing of its own that gives it a size.
        let bare = self.is_bare(host.element());
        self.size.set_text_content(bare.then_some(label));
        set(&self.root, "data-state", Some(view.state));
        set(&self.root, "data-bare", bare.then_some(""));
        self.text.set_text_content(Some(text));
        let time = view.seconds.map(view::clock);
        self.time.set_text_content(time.as_deref());
        set(&self.root, "data-meter", view.meter.then_some(""));
        self.describe(host, view, text);
        self.shown.replace(Some(now));
    }

    /// What assistive technology is told: the action and the state, never the ticking time.
    fn describe(&self, host: &Host, view: &View, text: &str) {
        host.set(STATE_ATTRIBUTE, Some(view.state));
        if text.is_empty() {
            host.restore("aria-label");
        } else {
            host.set("aria-label", Some(text));
        }
        if view.busy {
            host.set("aria-busy", Some("true"));
        } else {
            host.restore("aria-busy");
        }
    }

    /// Sets the meter: 0 is silence, 1 is loud.
    pub fn level(&self, microphone: f32, agent: f32) {
        let style = self.meter.style();
        for (name, level) in [("--microphone", microphone), ("--agent", agent)] {
            // Hundredths are finer than a pixel of any button.
            let hundredths = (level * 100.0) as u32;
            let _ = style.set_property(name, &decimal(hundredths));
        }
    }

    /// A framework that re-renders the host's children may have dropped our element: put it back.
    fn put_in_place(&self, host: &HtmlElement, covers: bool) {
        let root: &Node = &self.root;
        if covers && (root.parent_node().as_ref() != Some(host) || root.next_sibling().is_some()) {
            let _ = host.append_child(root);
        } else if !covers && root.parent_node().is_some() {
            self.root.remove();
        }
        if covers != self.positioned.get() {
            self.position(host, covers);
        }
    }

    /// Our element covers the host, so the host must be what absolute positions refer to. Where the
    /// page has not positioned it, `relative` moves nothing and is taken back with the cover.
    fn position(&self, host: &HtmlElement, covers: bool) {
        self.positioned.set(covers);
        if covers {
            let computed = web_sys::window()
                .and_then(|window| window.get_computed_style(host).ok().flatten())
                .and_then(|style| style.get_property_value(POSITION).ok());
            if computed.as_deref() == Some("static") {
                let before = host.get_attribute("style");
                let _ = host
                    .style()
                    .set_property_with_priority(POSITION, "relative", "important");
                self.styles
                    .replace(Some((before, host.get_attribute("style"))));
            }
        } else if let Some((before, after)) = self.styles.take() {
            let untouched = host.get_attribute("style") == after;
            let _ = host.style().remove_property(POSITION);
            // The CSSOM writes the attribute in its own spelling; the page gets back its own.
            if untouched && host.get_attribute("style") != before {
                set(host, "style", before.as_deref());
            }
        }
    }

    /// Whether the host has no content of its own.
    fn is_bare(&self, host: &HtmlElement) -> bool {
        let ours = u32::from(self.root.parent_node().as_ref() == Some(host));
        host.child_element_count() == ours
            && host
                .text_content()
                .is_none_or(|text| text.trim_ascii().is_empty())
    }

    /// Takes our element out of the page.
    pub fn remove(&self, host: &HtmlElement) {
        self.root.remove();
        if self.positioned.get() {
            self.position(host, false);
        }
    }
}

fn set(element: &Element, name: &str, value: Option<&str>) {
    // Fails for no name of ours.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
