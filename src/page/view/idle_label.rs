//! The label of a host that is idle, where the host may have no shadow root (a button, a link): drawn by pseudo-elements of
//! its own, by rules of our stylesheet. Nothing is added to its children.

use super::attributes::{BARE_ATTRIBUTE, DRAWN_ATTRIBUTE};
use super::contrast;
use super::element::{AFTER, BEFORE, computed_of};
use super::host::Host;
use super::host_position::HostPosition;
use std::cell::Cell;
use web_sys::HtmlElement;

/// One host's.
#[derive(Default)]
pub struct IdleLabel {
    position: HostPosition,
    drawn: Cell<bool>,
    /// Tried once, and it cannot be.
    refused: Cell<bool>,
}

impl IdleLabel {
    /// Draws a text over the host. False where that cannot be: the page has its own use for the pseudo-elements, our
    /// stylesheet does not reach the host, or the theme's text cannot be read and needs to be corrected.
    pub fn draw(&self, host: &Host, text: &str, is_bare: bool) -> bool {
        if self.refused.get() {
            return false;
        }
        let element = host.element();
        let first = !self.drawn.get();
        if first && (is_drawn(element, AFTER) || is_bare && is_drawn(element, BEFORE)) {
            self.refused.set(true);
            return false;
        }
        self.drawn.set(true);
        host.set(DRAWN_ATTRIBUTE, Some(text));
        host.set(BARE_ATTRIBUTE, is_bare.then_some(""));
        self.position.position(element, first);
        if first && !(is_drawn(element, AFTER) && can_be_read(element)) {
            self.refused.set(true);
            self.erase(host);
        }
        self.drawn.get()
    }

    /// Whether it is drawn now.
    pub fn is_drawn(&self) -> bool {
        self.drawn.get()
    }

    /// Draws nothing any more.
    pub fn erase(&self, host: &Host) {
        if self.drawn.replace(false) {
            host.set(DRAWN_ATTRIBUTE, None);
            host.set(BARE_ATTRIBUTE, None);
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

fn can_be_read(host: &HtmlElement) -> bool {
    let value = |property| computed_of(host, AFTER, property);
    value("background-image") != "none"
        || contrast::instead(&value("color"), &value("background-color")).is_none()
}
