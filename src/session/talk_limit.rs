//! How much text a server may send: as much as anybody could read, and a good deal more. What comes faster waits, and a newer text
//! of the same number takes the older one's place: it has grown, nothing is lost. Pure.

use crate::protocol::session::Transcript;
use std::collections::VecDeque;

/// So many texts go through at once; a recap of a long conversation may come in one burst.
const AT_ONCE: f64 = 1_000.0;

/// And so many a second after that: the fastest speaker says five words, and each may grow by letters.
const A_SECOND: f64 = 100.0;

/// The same in bytes.
const BYTES_AT_ONCE: f64 = 2_000_000.0;

/// And a second.
const BYTES_A_SECOND: f64 = 256_000.0;

/// So many numbers may wait: as many as the call bar has lines.
const MOST_WAITING: usize = 500;

/// With so many bytes in all.
const MOST_WAITING_BYTES: usize = 2_000_000;

/// More than may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuchText;

/// What went through and what waits, in the order of its numbers' first coming.
#[derive(Debug)]
pub struct TalkLimit {
    texts_left: f64,
    bytes_left: f64,
    reckoned_ms: f64,
    waiting: VecDeque<Transcript>,
    waiting_bytes: usize,
}

impl Default for TalkLimit {
    fn default() -> Self {
        Self {
            texts_left: AT_ONCE,
            bytes_left: BYTES_AT_ONCE,
            reckoned_ms: 0.0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
        }
    }
}

impl TalkLimit {
    /// A text came in: it waits, perhaps for no time at all.
    ///
    /// # Errors
    /// More would wait than may.
    pub fn push(&mut self, said: Transcript) -> Result<(), TooMuchText> {
        let is_same = |known: &&mut Transcript| (known.role, known.seq) == (said.role, said.seq);
        let is_full = self.waiting.len() >= MOST_WAITING;
        self.waiting_bytes += said.text.len();
        match self.waiting.iter_mut().find(is_same) {
            Some(known) => {
                self.waiting_bytes -= known.text.len();
                known.text = said.text;
            }
            None if is_full => return Err(TooMuchText),
            None => self.waiting.push_back(said),
        }
        if self.waiting_bytes > MOST_WAITING_BYTES {
            return Err(TooMuchText);
        }
        Ok(())
    }

    /// The next text that may go through by now.
    pub fn next(&mut self, now_ms: f64) -> Option<Transcript> {
        let bytes = self.waiting.front()?.text.len() as f64;
        // A clock may be set back.
        let passed_s = (now_ms - self.reckoned_ms).max(0.0) / 1_000.0;
        self.reckoned_ms = now_ms;
        self.texts_left = (self.texts_left + passed_s * A_SECOND).min(AT_ONCE);
        self.bytes_left = (self.bytes_left + passed_s * BYTES_A_SECOND).min(BYTES_AT_ONCE);
        if self.texts_left < 1.0 || self.bytes_left < bytes {
            return None;
        }
        self.texts_left -= 1.0;
        self.bytes_left -= bytes;
        self.take()
    }

    /// The next text, though it is not its time yet: nothing comes after it.
    pub fn take(&mut self) -> Option<Transcript> {
        let said = self.waiting.pop_front()?;
        self.waiting_bytes = self.waiting_bytes.saturating_sub(said.text.len());
        Some(said)
    }

    /// Whether one waits.
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}
