//! A line that outlives its socket (wire version 2, `resume`): what was sent and may have to be sent again, what has
//! arrived, and whether the other side is there. Pure.

pub mod received_frames;
pub mod sent_frames;

use crate::protocol::frames::{Number, ServerFrame};
use crate::protocol::sound::Sound;
use received_frames::ReceivedFrames;
use sent_frames::SentFrames;

pub use received_frames::Taken;

/// One who has sent nothing for so long asks whether the other side is there.
const PING_MS: f64 = 5_000.0;

/// A line on which nothing has arrived for so long is lost.
pub const SILENT_MS: f64 = 10_000.0;

/// How often [`Line::due`] is to be asked.
pub const LOOK_EVERY_MS: f64 = 250.0;

/// Who was not asked for so long has slept, and what has arrived meanwhile may not have been read yet.
const PAUSE_MS: f64 = 2_000.0;

/// After a change of network an old connection shows no sign of life any more; so long it may take to show one.
const DOUBT_MS: f64 = 3_000.0;

/// What is to be done about a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Say that all up to this number has arrived.
    pub ack: Option<u32>,
    /// Ask whether the other side is there.
    pub ping: bool,
    /// It is not.
    pub is_lost: bool,
}

/// One call's line. Times are milliseconds of one clock.
#[derive(Debug)]
pub struct Line {
    /// What we send.
    pub sent: SentFrames,
    /// What arrives.
    pub received: ReceivedFrames,
    /// Frames pass: the socket is open, and the server has said where it goes on.
    is_up: bool,
    heard_ms: f64,
    spoke_ms: f64,
    looked_ms: f64,
}

impl Line {
    /// A line whose socket is open.
    pub fn new(now_ms: f64) -> Self {
        Self {
            sent: SentFrames::default(),
            received: ReceivedFrames::default(),
            is_up: true,
            heard_ms: now_ms,
            spoke_ms: now_ms,
            looked_ms: now_ms,
        }
    }

    /// Whether frames pass.
    pub fn is_up(&self) -> bool {
        self.is_up
    }

    /// The last sign of life.
    pub fn heard_ms(&self) -> f64 {
        self.heard_ms
    }

    /// A frame arrived, whether it can be read or not.
    pub fn hear(&mut self, now_ms: f64) {
        self.heard_ms = now_ms;
    }

    /// A frame arrived: whether it is to be taken.
    pub fn arrive(&mut self, frame: &ServerFrame, number: Number, now_ms: f64) -> Taken {
        self.hear(now_ms);
        match frame {
            ServerFrame::Ack(acked) => match acked.map(|acked| self.sent.acknowledge(acked)) {
                Some(Ok(())) => Taken::Next,
                _ => Taken::Malformed,
            },
            frame if frame.has_number() => self.received.take(number, now_ms),
            _ => Taken::Next,
        }
    }

    /// The next frame for a socket that holds so many bytes unsent, with its number.
    pub fn next_to_send(&mut self, unsent_bytes: u32, now_ms: f64) -> Option<(u32, &Sound)> {
        if !self.is_up {
            return None;
        }
        let next = self.sent.next(unsent_bytes);
        if next.is_some() {
            self.spoke_ms = now_ms;
        }
        next
    }

    /// The socket is gone; frames wait for the next one.
    pub fn lose(&mut self) {
        self.is_up = false;
    }

    /// A new socket goes on after this number; says how old the oldest voice is that follows, in whole ms, where it is late.
    ///
    /// # Errors
    /// Nothing with this number was ever sent.
    pub fn resume(
        &mut self,
        received: u32,
        now_ms: f64,
    ) -> Result<Option<u32>, sent_frames::NeverSent> {
        let late_ms = self.sent.resume_after(received, now_ms)?;
        self.is_up = true;
        self.heard_ms = now_ms;
        self.spoke_ms = now_ms;
        self.looked_ms = now_ms;
        self.received.is_acked();
        Ok(late_ms)
    }

    /// The network has changed, or the page was asleep: a line that is still good soon shows it.
    pub fn doubt(&mut self, now_ms: f64) {
        self.heard_ms = self.heard_ms.min(now_ms - SILENT_MS + DOUBT_MS);
        self.spoke_ms = self.spoke_ms.min(now_ms - PING_MS);
    }

    /// Nothing could have been heard until now.
    pub fn start_anew(&mut self, now_ms: f64) {
        self.heard_ms = now_ms;
    }

    /// Whether nobody has asked for a while what is to be done, though somebody should have.
    pub fn is_overlooked(&self, now_ms: f64) -> bool {
        self.is_up && now_ms - self.looked_ms > 2.0 * LOOK_EVERY_MS
    }

    /// What is to be done now. It is taken for done.
    pub fn due(&mut self, now_ms: f64) -> Due {
        if !self.is_up {
            return Due::default();
        }
        if now_ms - self.looked_ms > PAUSE_MS {
            self.start_anew(now_ms);
            self.spoke_ms = f64::NEG_INFINITY;
        }
        self.looked_ms = now_ms;
        let ack = self.received.due(now_ms);
        let ping = ack.is_none() && now_ms - self.spoke_ms >= PING_MS;
        if ack.is_some() || ping {
            self.spoke_ms = now_ms;
        }
        let is_lost = now_ms - self.heard_ms >= SILENT_MS;
        Due { ack, ping, is_lost }
    }
}
