//! MAIN THREAD. Shows the view on a host: decides whether anything of ours lies over it, with which text,
//! and tells assistive technology the same.

use super::cover;
use super::face::Face;
use super::host::{Host, STATE_ATTRIBUTE};
use super::view::{DEFAULT_LABEL, View};
use std::cell::{Cell, OnceCell, RefCell};
use web_sys::{Document, HtmlElement};

/// The smallest target that WCAG 2.2 (2.5.8) allows, in CSS pixels.
const SMALLEST_TARGET_PX: i32 = 24;

/// What one host shows.
pub struct Ui {
    document: Document,
    /// None inside where the DOM refused to make it: the call works, and is not seen.
    face: OnceCell<Option<Face>>,
    /// Found out once, for a host without content and label.
    too_small: Cell<Option<bool>>,
    shown: RefCell<Option<(View, String)>>,
}

impl Ui {
    /// Nothing is made before there is something to show.
    pub fn new(document: Document) -> Self {
        Self {
            document,
            face: OnceCell::new(),
            too_small: Cell::new(None),
            shown: RefCell::default(),
        }
    }

    /// The elements, if there was something to show yet.
    fn face(&self) -> Option<&Face> {
        self.face.get().and_then(Option::as_ref)
    }

    /// Whether something of ours lies over the host.
    pub fn is_drawn(&self) -> bool {
        self.face().is_some_and(Face::is_laid)
    }

    /// Shows a view; `label` is the idle text that the page asked for.
    pub fn show(&self, host: &Host, view: &View, label: Option<&str>) {
        let element = host.element();
        let label = match label {
            Some(label) => label,
            None if self.needs_default_label(element) => DEFAULT_LABEL,
            None => "",
        };
        let text = if view.state == "idle" {
            label
        } else {
            view.text
        };
        // First of all: our stylesheet goes by it, and the cover by that.
        host.set(STATE_ATTRIBUTE, Some(view.state));
        if !host.is_bound() {
            return;
        }
        if text.is_empty() {
            self.remove(element);
        } else if let Some(face) = self.face.get_or_init(|| Face::new(&self.document).ok()) {
            face.lay(element);
        }
        let now = (view.clone(), text.to_owned());
        if self.shown.borrow().as_ref() == Some(&now) {
            return;
        }
        let ticks = |(before, its): &(View, String)| its == text && view.only_ticks(before);
        if let Some(face) = self.face() {
            if self.shown.borrow().as_ref().is_some_and(ticks) {
                face.tell_time(&view.time());
            } else {
                // In the flow only where the host has nothing of its own that gives it a size.
                face.draw(view, text, self.is_bare(element).then_some(label));
            }
        }
        describe(host, view, text);
        self.shown.replace(Some(now));
    }

    /// Sets the meter, in steps.
    pub fn level(&self, microphone: u32, agent: u32) {
        if let Some(face) = self.face() {
            face.level(microphone, agent);
        }
    }

    /// Whether the host has no content of its own.
    fn is_bare(&self, host: &HtmlElement) -> bool {
        let ours = self.face().is_some_and(|face| face.is_in(host));
        !cover::has_no_children(host)
            && host.child_element_count() == u32::from(ours)
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
        if let Some(face) = self.face() {
            face.lift(host);
        }
    }
}

/// What assistive technology is told: the action and the state, never the ticking time.
fn describe(host: &Host, view: &View, text: &str) {
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
