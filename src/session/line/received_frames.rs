//! The numbers of what arrives: nothing is taken twice, and the other side is told how far it has come. Pure.

use crate::protocol::frames::Number;

/// So many frames are acknowledged at once.
const ACK_FRAMES: u32 = 50;

/// What has arrived is acknowledged within a second; who looks four times a second must not miss that.
const ACK_MS: f64 = 700.0;

/// Whether a frame is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is the next.
    Next,
    /// It is taken although frames before it never came, or it has no number.
    OutOfOrder,
    /// It was taken before.
    Before,
    /// Its number is none.
    Malformed,
}

/// What has arrived.
#[derive(Debug, Default)]
pub struct ReceivedFrames {
    last: u32,
    acked: u32,
    /// Since when something has not been acknowledged.
    waits_since_ms: Option<f64>,
}

impl ReceivedFrames {
    /// The last number that arrived; 0 before the first.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// A frame with this number arrived. One that has none is taken, in case the server has forgotten it.
    pub fn take(&mut self, number: Number, now_ms: f64) -> Taken {
        let number = match number {
            Number::Missing => return Taken::OutOfOrder,
            Number::Wrong => return Taken::Malformed,
            Number::Is(number) => number,
        };
        if number <= self.last {
            return Taken::Before;
        }
        let is_next = number - self.last == 1;
        self.last = number;
        self.waits_since_ms.get_or_insert(now_ms);
        if is_next {
            Taken::Next
        } else {
            Taken::OutOfOrder
        }
    }

    /// The number to acknowledge, if that is due; it is taken for done.
    pub fn due(&mut self, now_ms: f64) -> Option<u32> {
        let waits_long = self
            .waits_since_ms
            .is_some_and(|since_ms| now_ms - since_ms >= ACK_MS);
        let is_due = waits_long || self.last - self.acked >= ACK_FRAMES;
        is_due.then(|| {
            self.is_acked();
            self.last
        })
    }

    /// The other side was told how far it has come.
    pub fn is_acked(&mut self) {
        self.acked = self.last;
        self.waits_since_ms = None;
    }
}
