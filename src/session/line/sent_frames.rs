//! The voice that was sent and not acknowledged, and the one that no socket has had yet: all of it is kept, in case it must
//! be sent again. Pure.

use crate::protocol::audio_port::PACKET_MILLIS;
use crate::protocol::sound::Sound;
use std::collections::VecDeque;

/// 30 s of voice, and two for what the last acknowledgement has not said yet. Older voice is dropped, oldest first.
const MOST_PACKETS: usize = (32_000.0 / PACKET_MILLIS) as usize;

/// What the socket may hold unsent before frames wait here: 1.3 s of PCM, of which a late burst has many.
const SOCKET_HOLDS_BYTES: u32 = 64_000;

/// Voice that is older is late, and the server is told so.
const LATE_MS: f64 = 1_000.0;

/// The server speaks of a frame that was never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeverSent;

/// Frames in the order in which they were spoken. The first `numbered` of them have a number: some socket has had them.
#[derive(Debug, Default)]
pub struct SentFrames {
    frames: VecDeque<(f64, Sound)>,
    /// How many packets of the microphone's they hold.
    packets: usize,
    /// The number before the first frame's.
    before: u32,
    numbered: usize,
    /// How many of them the present socket has had.
    given: usize,
    dropped: u32,
}

impl SentFrames {
    /// Puts a frame in line.
    pub fn push(&mut self, now_ms: f64, sound: Sound) {
        self.packets += sound.packets();
        self.frames.push_back((now_ms, sound));
        while self.packets > MOST_PACKETS {
            self.dropped += self.forget(1);
        }
    }

    /// The next frame with its number, if a socket that holds so many bytes unsent may take it.
    pub fn next(&mut self, unsent_bytes: u32) -> Option<(u32, &Sound)> {
        if unsent_bytes >= SOCKET_HOLDS_BYTES {
            return None;
        }
        let (_, sound) = self.frames.get(self.given)?;
        self.given += 1;
        self.numbered = self.numbered.max(self.given);
        Some((self.before.saturating_add(self.given as u32), sound))
    }

    /// The number of a frame that is sent instead of all that no socket has had: nothing is sent after it.
    pub fn last_number(&mut self) -> u32 {
        self.drop_unsent();
        self.highest().saturating_add(1)
    }

    /// Drops what no socket has had: the visitor's turn to speak is over.
    pub fn drop_unsent(&mut self) {
        let numbered = self.numbered.min(self.frames.len());
        let unsent = self.frames.split_off(numbered);
        self.packets -= packets_of(unsent);
    }

    /// All up to this number has arrived.
    ///
    /// # Errors
    /// Nothing with this number was ever sent.
    pub fn acknowledge(&mut self, number: u32) -> Result<(), NeverSent> {
        if number > self.highest() {
            return Err(NeverSent);
        }
        self.forget(number.saturating_sub(self.before) as usize);
        Ok(())
    }

    /// A new socket is given all after this number; says how old, in whole ms, the first of it is, where that is late.
    ///
    /// # Errors
    /// Nothing with this number was ever sent.
    pub fn resume_after(&mut self, number: u32, now_ms: f64) -> Result<Option<u32>, NeverSent> {
        self.acknowledge(number)?;
        self.given = 0;
        let age_ms = self.frames.front().map(|(since_ms, _)| now_ms - since_ms);
        Ok(age_ms
            .filter(|age_ms| *age_ms > LATE_MS)
            .map(|age_ms| age_ms as u32))
    }

    /// How many packets were dropped because nobody acknowledged them in time.
    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    fn highest(&self) -> u32 {
        self.before.saturating_add(self.numbered as u32)
    }

    /// Lets go of the first frames, and says how many packets they held. A frame that had no number yet leaves no gap.
    fn forget(&mut self, frames: usize) -> u32 {
        let numbered = frames.min(self.numbered);
        let gone = self.frames.drain(..frames.min(self.frames.len()));
        let packets = packets_of(gone);
        self.packets -= packets;
        self.before = self.before.saturating_add(numbered as u32);
        self.numbered -= numbered;
        self.given = self.given.saturating_sub(frames);
        packets as u32
    }
}

fn packets_of(frames: impl IntoIterator<Item = (f64, Sound)>) -> usize {
    frames.into_iter().map(|(_, sound)| sound.packets()).sum()
}
