//! Notices a line that is half open (Wi-Fi gone, NAT expired): the socket stays, and takes nothing any more. Pure.

use super::deadlines::NOT_TAKEN_MS;

/// Between two packets of a microphone that runs lie 20 ms. After a pause of so long (a sleeping laptop, a stopped
/// AudioContext) the line is watched anew: what lay in the socket then had no time to be taken.
const PAUSE_MS: f64 = 1_000.0;

/// A line that takes nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTaken;

/// What a socket holds, from packet to packet.
#[derive(Debug, Default)]
pub struct LineWatch {
    /// After the last packet, in bytes.
    left: u32,
    /// When that was, in ms.
    looked_ms: f64,
    /// When it last took some.
    taken_ms: f64,
}

impl LineWatch {
    /// Looks at what the socket holds unsent, before it is given the next packet.
    ///
    /// # Errors
    /// It has taken nothing for too long.
    pub fn look(&mut self, unsent_bytes: u32, now_ms: f64) -> Result<(), NotTaken> {
        let takes = unsent_bytes == 0 || unsent_bytes < self.left;
        let was_paused = !(0.0..PAUSE_MS).contains(&(now_ms - self.looked_ms));
        self.looked_ms = now_ms;
        if takes || was_paused {
            self.taken_ms = now_ms;
        }
        let is_lost = now_ms - self.taken_ms >= NOT_TAKEN_MS;
        if is_lost { Err(NotTaken) } else { Ok(()) }
    }

    /// Watches anew from here on: what the socket holds has had no chance to be taken.
    pub fn start_anew(&mut self) {
        self.looked_ms = 0.0;
    }

    /// Notes what the socket holds after that.
    pub fn left(&mut self, unsent_bytes: u32) {
        self.left = unsent_bytes;
    }
}
