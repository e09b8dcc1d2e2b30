//! The elements that we draw a call's state with: one of ours with a closed shadow root,
//! laid over its host. Made when there is first something to show: most hosts of most pages never call.

use super::element::{computed, set, set_text};
use super::overlay_layout::OverlayLayout;
use super::view_model::ViewModel;
use super::writing::Direction;
use super::{contrast, own_elements, stylesheets};
use crate::browser::by_prototype::create_element;
use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement, Node, ShadowRootInit, ShadowRootMode};

/// The drawn widget of one host.
pub struct StateOverlay {
    layout: OverlayLayout,
    /// In the flow, so that a host without content has the size of its label.
    size: HtmlElement,
    /// All that is seen.
    face: HtmlElement,
    text: HtmlElement,
    time: HtmlElement,
    meter: HtmlElement,
}

impl StateOverlay {
    /// Makes the elements; nothing is put into the page yet.
    ///
    /// # Errors
    /// What the DOM threw.
    pub fn new(document: &Document) -> Result<Self, JsValue> {
        let root = own_elements::make(document)?;
        root.set_attribute("aria-hidden", "true")?;
        let shadow = root.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Closed))?;
        stylesheets::adopt(&shadow, stylesheets::Sheet::Overlay);
        let part = |parent: &Node, class: &str| -> Result<HtmlElement, JsValue> {
            let part: HtmlElement = create_element(document, "span")?.unchecked_into();
            part.set_class_name(class);
            parent.append_child(&part)?;
            Ok(part)
        };
        let size = part(&shadow, "size")?;
        let face = part(&shadow, "face")?;
        let meter = part(&face, "meter")?;
        for _ in 0..4 {
            part(&meter, "bar")?;
        }
        let text = part(&face, "text")?;
        let time = part(&face, "time")?;
        Ok(Self {
            layout: OverlayLayout::new(root),
            size,
            face,
            text,
            time,
            meter,
        })
    }

    /// Whether it lies inside this host, among the host's own children.
    pub fn is_in(&self, host: &HtmlElement) -> bool {
        self.layout.root().parent_node().as_ref() == Some(host)
    }

    /// Lays it over the host, or puts it back where it belongs.
    pub fn lay(&self, host: &HtmlElement) {
        self.layout.lay(host);
    }

    /// Takes it out of the page.
    pub fn lift(&self, host: &HtmlElement) {
        self.layout.lift(host);
    }

    /// Whether it is over its host now.
    pub fn is_laid(&self) -> bool {
        self.layout.is_laid()
    }

    /// Sets the clock, and looks at the theme again, which a page may have changed. Nothing else changes from second to
    /// second, and nothing moves while the clock is as long as before.
    pub fn set_time(&self, time: &str) {
        set_text(&self.time, time);
        self.be_legible();
    }

    /// Draws a view with this text; `size` is the label that gives a host without content its size.
    pub fn draw(&self, view: &ViewModel, text: &str, size: Option<&str>) {
        // Put in anew, its parts have not moved: what moves counts against the page (layout shift).
        if let Some(shadow) = self.face.parent_node() {
            let _ = shadow.append_child(&self.face);
        }
        let root = self.layout.root();
        set_text(&self.size, size.unwrap_or_default());
        set(root, "data-state", Some(view.state));
        set(root, "data-bare", size.map(|_| ""));
        set_text(&self.text, text);
        set(root, "data-meter", view.meter.then_some(""));
        let direction = view.writing.direction.map(Direction::as_str);
        set(&self.face, "dir", direction);
        set(&self.face, "lang", view.writing.lang);
        self.set_time(&view.time());
    }

    /// Corrects the theme where its text cannot be read on its background. A colour that is none is the page's own by
    /// now, or none at all. What is corrected is held together until this is called again: a page may change its theme in
    /// between, and half of one may be as hard to read on half of another.
    fn be_legible(&self) {
        let style = self.face.style();
        style.set_css_text("");
        let background = match computed(&self.face, "background-image").as_str() {
            "none" => computed(&self.face, "background-color"),
            _ => return,
        };
        let instead = |colour: &str| contrast::instead(colour, &background);
        let own = computed(&self.text, "color");
        let corrected = instead(&own);
        if corrected
            .or(instead(&computed(&self.time, "color")))
            .is_some()
        {
            let colour = corrected.unwrap_or(&own);
            style.set_css_text(&format!(
                "background:{background};--vocadesk-m:{colour};color:{colour}"
            ));
        }
    }

    /// Sets the meter, in steps. A narrow host shows none, and need not pay for a frame that shows nothing.
    pub fn level(&self, microphone: u32, agent: u32) {
        if self.meter.offset_width() == 0 {
            return;
        }
        let text = format!("--microphone:{microphone};--agent:{agent}");
        self.meter.style().set_css_text(&text);
    }
}
