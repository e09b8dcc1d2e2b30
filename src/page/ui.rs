//! MAIN THREAD. Draws the view: one element of ours behind the customer's own children, with a closed
//! shadow root, that covers the host in every state but idle.

use super::cover::{self, Cover};
use super::host::{Host, STATE_ATTRIBUTE};
use super::stylesheet;
use super::view::{self, DEFAULT_LABEL, View};
use crate::shared::text::decimal;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement, Node, ShadowRootInit, ShadowRootMode};

/// The smallest target that WCAG 2.2 (2.5.8) allows, in CSS pixels.
const SMALLEST_TARGET_PX: i32 = 24;

/// The drawn launcher of one host.
pub struct Ui {
    cover: Cover,
    /// In the flow, so that a host without content has the size of its label.
    size: Element,
    text: Element,
    time: Element,
    meter: HtmlElement,
    /// Found out once, for a host without content and label.
    too_small: Cell<Option<bool>>,
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
            cover: Cover::new(root),
            size,
            text,
            time,
            meter,
            too_small: Cell::new(None),
            shown: RefCell::default(),
        })
    }

    /// Shows a view; `label` is the idle text that the page asked for.
    pub fn show(&self, host: &Host, view: &View, label: Option<&str>) {
        let label = match label {
            Some(label) => label,
            None if self.needs_default_label(host.element()) => DEFAULT_LABEL,
            None => "",
        };
        let text = if view.state == "idle" {
            label
        } else {
            view.text
        };
        if text.is_empty() {
            self.cover.lift(host.element());
        } else {
            self.cover.lay(host.element());
        }
        let now = (view.clone(), text.to_owned());
        if self.shown.borrow().as_ref() == Some(&now) {
            return;
        }
        let root = self.cover.root();
        // In the flow only where the host has nothing of its own that gives it a size.
        let bare = self.is_bare(host.element());
        self.size.set_text_content(bare.then_some(label));
        cover::set(root, "data-state", Some(view.state));
        cover::set(root, "data-bare", bare.then_some(""));
        self.text.set_text_content(Some(text));
        let time = view.seconds.map(view::clock);
        self.time.set_text_content(time.as_deref());
        cover::set(root, "data-meter", view.meter.then_some(""));
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

    /// Whether the host has no content of its own.
    fn is_bare(&self, host: &HtmlElement) -> bool {
        let ours = u32::from(self.cover.root().parent_node().as_ref() == Some(host));
        !cover::has_no_children(host)
            && host.child_element_count() == ours
            && host
                .text_content()
                .is_none_or(|text| text.trim_ascii().is_empty())
    }

    /// Whether a host without content and label is too small to be seen and clicked. One that the page
    /// has given a size by its CSS, and perhaps a picture, stays as the page wants it.
    fn needs_default_label(&self, host: &HtmlElement) -> bool {
        if !self.is_bare(host) {
            return false;
        }
        let known = self.too_small.get();
        let too_small = known.unwrap_or_else(|| {
            host.offset_width() < SMALLEST_TARGET_PX || host.offset_height() < SMALLEST_TARGET_PX
        });
        self.too_small.set(Some(too_small));
        too_small
    }

    /// Takes our element out of the page.
    pub fn remove(&self, host: &HtmlElement) {
        self.cover.lift(host);
    }
}
