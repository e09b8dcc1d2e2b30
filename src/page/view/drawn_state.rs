//! Draws a state on a host that may have no shadow root (a button, a link) by pseudo-elements of its own, by rules of our
//! stylesheet. Nothing is added to its children, so that a framework which makes a server's page its own (hydration) finds
//! what its server has sent.

use super::attributes::{BARE_ATTRIBUTE, DRAWN_ATTRIBUTE, LEVELS_ATTRIBUTE, PARTS_ATTRIBUTE};
use super::contrast;
use super::drawn_parts::{self, Amount, Drawn, Room};
use super::element::{AFTER, BEFORE, computed, computed_of};
use super::host::Host;
use super::host_position::HostPosition;
use super::view_model::ViewModel;
use super::writing::Direction;
use js_sys::parse_float;
use std::cell::{Cell, RefCell};
use web_sys::HtmlElement;

/// One host's.
#[derive(Default)]
pub struct DrawnState {
    position: HostPosition,
    drawn: Cell<bool>,
    /// `::before` is ours as well.
    has_before: Cell<bool>,
    /// Tried once, and it cannot be.
    refused: Cell<bool>,
    /// What was to be drawn, and how it was.
    latest: RefCell<(String, Drawn)>,
}

impl DrawnState {
    /// Whether it was tried once, and cannot be.
    pub fn is_refused(&self) -> bool {
        self.refused.get()
    }

    /// Whether it is drawn now.
    pub fn is_drawn(&self) -> bool {
        self.drawn.get()
    }

    /// Draws a text over the host; `size` is the label that gives a host without content its size. False where that cannot
    /// be: the page has its own use for the pseudo-elements, our stylesheet does not reach the host, or the theme's text
    /// cannot be read and needs to be corrected.
    pub fn draw(&self, host: &Host, view: &ViewModel, text: &str, size: Option<&str>) -> bool {
        let can = self.try_to_draw(host, view, text, size);
        if !can {
            self.refused.set(true);
            self.erase(host);
        }
        can
    }

    fn try_to_draw(&self, host: &Host, view: &ViewModel, text: &str, size: Option<&str>) -> bool {
        let element = host.element();
        let in_call = view.state != "idle";
        let first = !self.drawn.get();
        let needs_before = in_call || size.is_some();
        if first && is_drawn(element, AFTER)
            || needs_before && !self.has_before.get() && is_drawn(element, BEFORE)
        {
            return false;
        }
        self.drawn.set(true);
        self.has_before.set(needs_before);
        // Looked at once for each change, and with the clock: the answers cost a layout.
        let time = view.time();
        let look = format!("{}{text}{}{}", view.state, size.unwrap_or("\n"), time.len());
        let task = format!("{look}{time}");
        let (known, drawn) = self.latest.take();
        if known == task {
            self.set(host, &drawn, size);
            self.position.position(element, false);
            self.latest.replace((task, drawn));
            return true;
        }
        // Drawn anew, it has not moved: what moves counts against the page (layout shift). The measuring sees to it that what
        // was drawn before is gone.
        if !first && !known.starts_with(&look) {
            host.set(DRAWN_ATTRIBUTE, None);
            host.set(PARTS_ATTRIBUTE, None);
        }
        let room = room(element);
        let compose = |amount| match in_call {
            true => drawn_parts::compose(view, text, room, amount),
            false => Drawn::only(text),
        };
        let mut drawn = compose(Amount::All);
        self.set(host, &drawn, size);
        self.position.position(element, first);
        let is_alone = in_call && size.is_some();
        if first && !is_drawn(element, AFTER) || !can_be_read(element, "color", is_alone) {
            return false;
        }
        // Too long, it would be cut off from the time on.
        for less in [Amount::NoMeter, Amount::Least] {
            if (view.seconds.is_some() || view.state == "live") && is_cut(element, is_alone) {
                drawn = compose(less);
                self.set(host, &drawn, size);
            }
        }
        if in_call {
            if !can_be_read(element, "outline-color", is_alone) {
                drawn.add("plain");
            }
            let is_rtl = match view.writing.direction {
                Some(direction) => direction == Direction::RightToLeft,
                None => computed(element, "direction") == "rtl",
            };
            if is_rtl {
                drawn.add("rtl");
            }
            self.set(host, &drawn, size);
        }
        self.latest.replace((task, drawn));
        true
    }

    fn set(&self, host: &Host, drawn: &Drawn, size: Option<&str>) {
        host.set(DRAWN_ATTRIBUTE, Some(&drawn.text));
        host.set(PARTS_ATTRIBUTE, drawn.parts.as_deref());
        host.set(BARE_ATTRIBUTE, size);
        if !drawn.has_meter() {
            host.set(LEVELS_ATTRIBUTE, None);
        }
    }

    /// Sets the meter, in steps, where there is one.
    pub fn level(&self, host: &Host, microphone: u32, agent: u32) {
        if self.latest.borrow().1.has_meter() {
            host.set(LEVELS_ATTRIBUTE, Some(&format!("{microphone}{agent}")));
        }
    }

    /// Draws nothing any more.
    pub fn erase(&self, host: &Host) {
        if self.drawn.replace(false) {
            self.has_before.set(false);
            self.latest.take();
            for ours in [
                DRAWN_ATTRIBUTE,
                PARTS_ATTRIBUTE,
                BARE_ATTRIBUTE,
                LEVELS_ATTRIBUTE,
            ] {
                host.set(ours, None);
            }
            self.position.unposition(host.element());
        }
    }
}

/// Whether anything is drawn by a pseudo-element.
fn is_drawn(host: &HtmlElement, pseudo: &str) -> bool {
    !matches!(
        computed_of(host, pseudo, "content").as_str(),
        "" | "none" | "normal"
    )
}

/// Whether what has this colour can be read. A host without content has no cover in a call: its own background is ours.
fn can_be_read(host: &HtmlElement, property: &str, is_alone: bool) -> bool {
    let behind = |property| match is_alone {
        true => computed(host, property),
        false => computed_of(host, AFTER, property),
    };
    behind("background-image") != "none"
        || contrast::instead(
            &computed_of(host, AFTER, property),
            &behind("background-color"),
        )
        .is_none()
}

/// Whether what is drawn is as wide as its host, and perhaps not all of it is seen.
fn is_cut(host: &HtmlElement, is_alone: bool) -> bool {
    let pseudo = if is_alone { AFTER } else { BEFORE };
    let taken = parse_float(&computed_of(host, pseudo, "width"));
    taken > f64::from(width(host)) - 1.0
}

/// Without the border; what is laid out within a line says only how wide it is with that.
fn width(host: &HtmlElement) -> i32 {
    match host.client_width() {
        0 => host.offset_width(),
        width => width,
    }
}

fn room(host: &HtmlElement) -> Room {
    let em = parse_float(&computed(host, "font-size"));
    let height = match host.client_height() {
        0 => host.offset_height(),
        height => height,
    };
    Room {
        width_em: f64::from(width(host)) / em,
        height_em: f64::from(height) / em,
    }
}
