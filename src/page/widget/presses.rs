//! What a click on the host means: a press, or the rest of one.

use super::Widget;
use crate::browser::clock::{event_now_ms, now_ms};
use crate::page::call_state::CallEvent;
use crate::page::press::rule::{Click, Found, StartTold};
use std::rc::Rc;

impl Widget {
    pub(super) fn clicked(self: &Rc<Self>, click: Click) {
        let mut presses = self.presses.get();
        let is_busy = self.call_state.get().is_busy();
        let found = Found {
            is_busy,
            start_told: match self.told_start_ms.get().filter(|_| is_busy) {
                Some(told_ms) => StartTold::Ago(now_ms() - told_ms),
                None if self.telling_start.get() => StartTold::Now,
                None => StartTold::Not,
            },
            ended_by_itself_ms: self.ended_ms.get().map(|ended_ms| now_ms() - ended_ms),
        };
        let is_press = presses.count(click, found);
        self.presses.set(presses);
        if is_press {
            self.dispatch(CallEvent::Click { at_ms: now_ms() });
        }
        self.press_is_handled();
    }

    fn press_is_handled(&self) {
        let mut presses = self.presses.get();
        presses.handled(event_now_ms());
        self.presses.set(presses);
    }

    /// Starts a call by a click that came before there was anyone to take it.
    pub fn clicked_before(self: &Rc<Self>, at_ms: f64) {
        let mut presses = self.presses.get();
        // What is left of a double click belongs to it.
        let click = Click {
            at_ms,
            count: 1,
            by_script: false,
        };
        presses.count(click, Found::default());
        self.presses.set(presses);
        self.start();
        // It has waited for this, however long, and who clicks once more just now has not seen what it did.
        self.press_is_handled();
    }
}
