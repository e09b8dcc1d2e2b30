//! Shows the view on a host: decides whether anything of ours lies over it, with which text,
//! and tells assistive technology the same.

use super::attributes::STATE_ATTRIBUTE;
use super::drawn_state::DrawnState;
use super::host::Host;
use super::host_kind;
use super::live_region::LiveRegion;
use super::state_overlay::StateOverlay;
use super::view_model::ViewModel;
use crate::page::labels::IDLE;
use crate::page::options::{Presentation, UI_ATTRIBUTE};
use std::cell::{Cell, OnceCell, RefCell};
use web_sys::{Document, HtmlElement};

/// The smallest target that WCAG 2.2 (2.5.8) allows, in CSS pixels.
const SMALLEST_TARGET_PX: i32 = 24;

/// What one host shows.
pub struct HostView {
    document: Document,
    /// None inside where the DOM refused to make it: the call works, and is not seen.
    overlay: OnceCell<Option<StateOverlay>>,
    /// Found out once, for a host without content and label.
    too_small: Cell<Option<bool>>,
    /// The state, the clock's length and the name for assistive technology.
    shown: RefCell<String>,
    clock: RefCell<String>,
    live_region: LiveRegion,
    drawn: DrawnState,
}

impl HostView {
    /// Nothing is made before there is something to show.
    pub fn new(document: Document) -> Self {
        Self {
            document,
            overlay: OnceCell::new(),
            too_small: Cell::new(None),
            shown: RefCell::default(),
            clock: RefCell::default(),
            live_region: LiveRegion::default(),
            drawn: DrawnState::default(),
        }
    }

    /// The elements, if there was something to show yet.
    fn overlay(&self) -> Option<&StateOverlay> {
        self.overlay.get().and_then(Option::as_ref)
    }

    /// The same while they lie over the host.
    fn laid(&self) -> Option<&StateOverlay> {
        self.overlay().filter(|overlay| overlay.is_laid())
    }

    /// Whether something of ours lies over the host.
    pub fn is_drawn(&self) -> bool {
        self.drawn.is_drawn() || self.laid().is_some()
    }

    /// Shows a view and says it aloud, in the page's words or ours.
    pub fn show(&self, host: &Host, view: &ViewModel, presentation: &Presentation) {
        let element = host.element();
        let undrawn = presentation.draws_itself;
        // Before all else: our stylesheet goes by these, and the overlay by that.
        if undrawn {
            host.set(UI_ATTRIBUTE, Some("none"));
        }
        host.set(STATE_ATTRIBUTE, Some(view.state));
        if !host.is_bound() {
            return;
        }
        if undrawn {
            self.remove(host);
            self.shown.take();
            return describe(host, view, "");
        }
        let label = match presentation.label.clone() {
            Some(label) => label,
            None if self.needs_default_label(element) => presentation.text_of(IDLE),
            None => String::new(),
        };
        let text = if view.state == "idle" {
            label.clone()
        } else {
            presentation.text_of(view.text)
        };
        let hint = presentation.text_of(view.hint);
        self.cover(host, view, &text, &label);
        let comma = if hint.is_empty() { "" } else { ", " };
        let name = format!("{text}{comma}{hint}");
        let time = view.time();
        // Whether or not that is new: a framework may have taken it away.
        describe(host, view, &name);
        // Nothing but the clock changes from second to second, while it is as long as before.
        let now = format!("{}{}{name}", view.state, time.len());
        let ticks = self.clock.replace(time.clone()) != time;
        if self.shown.replace(now.clone()) == now {
            if let Some(overlay) = self.laid().filter(|_| ticks) {
                overlay.set_time(&time);
            }
            return;
        }
        if let Some(overlay) = self.laid() {
            // In the flow only where the host has nothing of its own that gives it a size.
            let size = self.is_bare(element).then_some(label.as_str());
            overlay.draw(view, &text, size);
        }
        // Never the ticking time; but how long a call was.
        let said = match view.state {
            "idle" => String::new(),
            "live" => hint,
            "reconnecting" => name,
            "ended" => format!("{text} {time}"),
            _ => text,
        };
        let urgent = view.state == "error";
        self.live_region
            .announce(&self.document, element, (&said, view.writing.lang), urgent);
    }

    /// Draws this text on the host, or lays over it what it is to be drawn on; nothing where there is none.
    fn cover(&self, host: &Host, view: &ViewModel, text: &str, label: &str) {
        let element = host.element();
        let needs_no_child = text.is_empty() || host_kind::takes_what_is_no_child(element);
        if !needs_no_child && !self.drawn.is_refused() {
            self.lift(element);
            let size = self.is_bare(element).then_some(label);
            if self.drawn.draw(host, view, text, size) {
                return;
            }
            // In the middle of a state perhaps, and nothing has drawn that yet.
            self.shown.take();
        }
        self.drawn.erase(host);
        if text.is_empty() {
            self.lift(element);
        } else if let Some(overlay) = self
            .overlay
            .get_or_init(|| StateOverlay::new(&self.document).ok())
        {
            overlay.lay(element);
        }
    }

    /// Sets the meter, in steps.
    pub fn level(&self, host: &Host, microphone: u32, agent: u32) {
        self.drawn.level(host, microphone, agent);
        if let Some(overlay) = self.laid() {
            overlay.level(microphone, agent);
        }
    }

    /// Whether the host has no content of its own.
    fn is_bare(&self, host: &HtmlElement) -> bool {
        let ours = self.overlay().is_some_and(|overlay| overlay.is_in(host));
        !host_kind::shows_no_children(host)
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

    /// Takes our element off the host.
    fn lift(&self, host: &HtmlElement) {
        if let Some(overlay) = self.overlay() {
            overlay.lift(host);
        }
    }

    /// Takes all of ours out of the page.
    pub fn remove(&self, host: &Host) {
        self.lift(host.element());
        self.drawn.erase(host);
        self.live_region.remove();
    }
}

/// What assistive technology is told: the action and the state, never the ticking time.
fn describe(host: &Host, view: &ViewModel, name: &str) {
    let has_name = !name.is_empty();
    for (attribute, ours) in [
        ("aria-label", has_name.then_some(Some(name))),
        // It would win over that. A host that waits for its first press is called what the page calls it.
        (
            "aria-labelledby",
            (has_name && view.state != "idle").then_some(None),
        ),
        ("aria-busy", (has_name && view.busy).then_some(Some("true"))),
    ] {
        match ours {
            None => host.restore(attribute),
            Some(value) => host.set(attribute, value),
        }
    }
}
