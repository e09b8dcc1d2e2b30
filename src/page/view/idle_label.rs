//! The label of a host that waits for its first press, where the host may have no shadow root (a button, a link): drawn by
//! pseudo-elements of its own, by rules of our stylesheet. Nothing is added to its children.

use super::attributes::{BARE_ATTRIBUTE, DRAWN_ATTRIBUTE, INK_ATTRIBUTE};
use super::contrast;
use super::element::computed_after;
use super::host::Host;
use super::host_position::HostPosition;
use std::cell::Cell;

/// One host's.
#[derive(Default)]
pub struct IdleLabel {
    position: HostPosition,
    drawn: Cell<bool>,
}

impl IdleLabel {
    /// Draws a text over the host.
    pub fn draw(&self, host: &Host, text: &str, is_bare: bool) {
        let first = !self.drawn.replace(true);
        host.set(DRAWN_ATTRIBUTE, Some(text));
        host.set(BARE_ATTRIBUTE, is_bare.then_some(""));
        self.position.position(host.element(), first);
    }

    /// Whether it is drawn now.
    pub fn is_drawn(&self) -> bool {
        self.drawn.get()
    }

    /// Corrects the theme where its text cannot be read on its background.
    pub fn be_legible(&self, host: &Host) {
        host.set(INK_ATTRIBUTE, None);
        let value = |property| computed_after(host.element(), property);
        if value("background-image") == "none" {
            let ink = contrast::instead(&value("color"), &value("background-color"));
            host.set(INK_ATTRIBUTE, ink);
        }
    }

    /// Draws nothing any more.
    pub fn erase(&self, host: &Host) {
        if self.drawn.replace(false) {
            for ours in [DRAWN_ATTRIBUTE, BARE_ATTRIBUTE, INK_ATTRIBUTE] {
                host.set(ours, None);
            }
            self.position.unposition(host.element());
        }
    }
}
