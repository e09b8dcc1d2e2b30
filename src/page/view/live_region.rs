//! Says aloud, by a screen reader, what changes on a host: a live region that nobody sees. It stands
//! outside the host, whose children are presentational where it is a button; inside the dialog or the shadow root
//! that it is in, for what lies outside a modal dialog is not read; and in the open, as every screen reader knows it.

use super::element::{set, set_text};
use super::own_elements;
use crate::browser::clock::Timer;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement};

/// A region must have been there for a while, or its first text is not noticed; and of states that follow one another
/// at once only the last is worth hearing.
const PAUSE_MS: f64 = 150.0;

/// The page's rules reach it, and must not show it. Nothing of it is painted, and it takes no room.
const UNSEEN: &str = "position:fixed!important;clip-path:inset(50%)!important";

/// One host's.
#[derive(Default)]
pub struct LiveRegion {
    region: RefCell<Option<Element>>,
    said: RefCell<String>,
    due: Cell<Option<Timer>>,
}

impl LiveRegion {
    /// Says a text, in this language or the page's own, unless it was just said; at once, and instead of what is being said, where it is urgent.
    pub fn announce(
        &self,
        document: &Document,
        host: &HtmlElement,
        (text, lang): (&str, Option<&str>),
        urgent: bool,
    ) {
        if self.said.replace(text.to_owned()) == text {
            return;
        }
        let known = self.region.take().filter(|region| region.is_connected());
        let Some(region) = known.or_else(|| stand_by(document, host).ok()) else {
            return;
        };
        set_text(&region, "");
        set(&region, "lang", lang);
        set(
            &region,
            "role",
            Some(if urgent { "alert" } else { "status" }),
        );
        self.region.replace(Some(region.clone()));
        let text = text.to_owned();
        let due = Timer::after(PAUSE_MS, move || set_text(&region, &text));
        self.due.set(Some(due));
    }

    /// Takes it out of the page.
    pub fn remove(&self) {
        self.due.take();
        self.said.take();
        if let Some(region) = self.region.take() {
            region.remove();
        }
    }
}

fn stand_by(document: &Document, host: &HtmlElement) -> Result<Element, JsValue> {
    let region = own_elements::make(document)?;
    region.style().set_css_text(UNSEEN);
    // The browser itself walks up: a form in between may have a field called `parentNode`.
    match host.closest(":is(dialog,body):not(:scope)")? {
        Some(parent) => parent.append_child(&region)?,
        None => host.get_root_node().append_child(&region)?,
    };
    Ok(region.into())
}
