//! The deadline that stands, and what it means that it rings late. Pure.

use super::event::Deadline;

/// A timer that rings so much too late says that the thread stood still (a page that was frozen, a laptop that slept): what came
/// meanwhile lies waiting, perhaps just what the deadline is for.
const STOOD_STILL_MS: f64 = 2_000.0;

/// So long what lies waiting has to be taken first.
const TO_CATCH_UP_MS: f64 = 500.0;

/// A deadline, and when it is due, in ms of one clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarm {
    deadline: Deadline,
    due_ms: f64,
    was_put_off: bool,
}

impl Alarm {
    /// For so long from now.
    pub fn after(deadline: Deadline, delay_ms: f64, now_ms: f64) -> Self {
        Self {
            deadline,
            due_ms: now_ms + delay_ms,
            was_put_off: false,
        }
    }

    /// For how long a timer has to be set.
    pub fn rest_ms(&self, now_ms: f64) -> f64 {
        (self.due_ms - now_ms).max(0.0)
    }

    /// Whether a timer should have rung by now. Those of a page that nobody sees are held back for up to a minute.
    pub fn is_due(&self, now_ms: f64) -> bool {
        now_ms >= self.due_ms
    }

    /// It rings: which deadline has passed.
    ///
    /// # Errors
    /// It rings again, once.
    pub fn ring(self, now_ms: f64) -> Result<Deadline, Self> {
        if self.was_put_off || now_ms - self.due_ms <= STOOD_STILL_MS {
            return Ok(self.deadline);
        }
        Err(Self {
            due_ms: now_ms + TO_CATCH_UP_MS,
            was_put_off: true,
            ..self
        })
    }
}
