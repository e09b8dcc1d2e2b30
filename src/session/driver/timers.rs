//! The timers of a call: its deadline, and who sees to it that it is kept.

use super::SessionDriver;
use crate::browser::clock::{Timer, now_ms};
use crate::session::alarm::Alarm;
use crate::session::event::{Deadline, Event};
use std::rc::Rc;

impl SessionDriver {
    pub(super) fn arm(self: &Rc<Self>, deadline: Deadline, delay_ms: f64) {
        self.await_alarm(Alarm::after(deadline, delay_ms, now_ms()));
    }

    fn await_alarm(self: &Rc<Self>, alarm: Alarm) {
        let driver = self.clone();
        let timer = Timer::after(alarm.rest_ms(now_ms()), move || driver.ring());
        self.deadline.set(Some((alarm, timer)));
    }

    fn ring(self: &Rc<Self>) {
        if let Some((alarm, _)) = self.deadline.take() {
            match alarm.ring(now_ms()) {
                Ok(deadline) => self.dispatch(Event::Late(deadline)),
                Err(again) => self.await_alarm(again),
            }
        }
    }

    /// Does what timers should have done by now. Where the session is on the page's thread, and nobody sees the page, they are
    /// held back for up to a minute; the microphone's packets come all the same, fifty a second.
    pub(super) fn see_to_timers(self: &Rc<Self>) {
        let standing = self.deadline.take();
        let is_due = |(alarm, _): &(Alarm, Timer)| alarm.is_due(now_ms());
        let rings = standing.as_ref().is_some_and(is_due);
        self.deadline.set(standing);
        if rings {
            self.ring();
        }
        let mut state = self.state.borrow_mut();
        let is_overlooked = state
            .line()
            .is_some_and(|line| line.is_overlooked(now_ms()));
        drop(state);
        if is_overlooked {
            self.do_what_is_due();
        }
    }
}
