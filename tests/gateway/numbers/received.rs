//! The numbers of what arrives, and when it is to be acknowledged. Pure: it is told the time.

use std::time::Duration;

use tokio::time::Instant;

/// While something arrives, it is acknowledged at least so often.
const ACK_EVERY: Duration = Duration::from_secs(1);

/// So many frames are acknowledged at once.
const ACK_AT_ONCE: u32 = 50;

/// What a number says of its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The next one.
    Next,
    /// It was here before, and is to be dropped.
    Again,
    /// It is taken, and something is missing before it.
    Jump,
}

/// What has arrived.
#[derive(Default)]
pub struct Received {
    last: u32,
    /// The last number that the other side was told.
    told: u32,
    /// Since when there is something to tell.
    untold_since: Option<Instant>,
}

impl Received {
    pub fn take(&mut self, number: u32, now: Instant) -> Arrival {
        if number <= self.last {
            return Arrival::Again;
        }
        let is_next = number - self.last == 1;
        self.last = number;
        self.untold_since.get_or_insert(now);
        if is_next {
            Arrival::Next
        } else {
            Arrival::Jump
        }
    }

    /// When an acknowledgement is due; `None` where there is nothing to tell.
    pub fn due(&self) -> Option<Instant> {
        let since = self.untold_since?;
        let at_once = self.last.saturating_sub(self.told) >= ACK_AT_ONCE;
        Some(if at_once { since } else { since + ACK_EVERY })
    }

    /// The last number, which the other side is now told.
    pub const fn tell(&mut self) -> u32 {
        self.told = self.last;
        self.untold_since = None;
        self.last
    }
}
