//! How much a server may send: sound that waits to be played, texts that wait to be read, orders to drop what is not there.

use super::{Phase, SessionState};
use crate::error::CallError;
use crate::protocol::audio_port::{PACKET_BYTES, PACKET_MILLIS};
use crate::protocol::session::{SessionUpdate, Transcript};
use crate::session::event::Effect;

/// An agent may send its sound ahead of time, and all of it is kept: 370 MB for two hours, and not more.
const MOST_QUEUED_MS: f64 = 7_200_000.0;

/// A shorter frame of sound counts as one of 5 ms: each is a message of its own to the audio worklet.
const LEAST_BYTES: usize = 240;

impl SessionState {
    pub(super) fn audio(&mut self, bytes: usize, now_ms: f64) {
        if bytes == 0 {
            return;
        }
        self.has_unplayed = true;
        let length_ms = bytes.max(LEAST_BYTES) as f64 * PACKET_MILLIS / PACKET_BYTES as f64;
        self.played_out_at_ms = self.played_out_at_ms.max(now_ms) + length_ms;
        if self.played_out_at_ms - now_ms > MOST_QUEUED_MS {
            self.fail(CallError::TooMuchSound);
            self.finish(true);
        }
    }

    /// The audio worklet hears of it only where there may be something to drop.
    pub(super) fn clear(&mut self, now_ms: f64) {
        if std::mem::take(&mut self.has_unplayed) {
            self.played_out_at_ms = now_ms;
            self.act(Effect::ClearAudio);
        }
    }

    pub(super) fn said(&mut self, said: Transcript, now_ms: f64) {
        if self.talk.push(said).is_err() {
            self.fail(CallError::TooMuchText);
            return self.finish(true);
        }
        self.let_talk_out(now_ms);
    }

    /// Tells the page of as many texts as are due.
    pub(super) fn let_talk_out(&mut self, now_ms: f64) {
        let may_be_told = matches!(self.phase, Phase::Live | Phase::Goodbye | Phase::Draining);
        while may_be_told && let Some(said) = self.talk.next(now_ms) {
            self.report(SessionUpdate::Transcript(said));
        }
    }

    /// Nothing is told after the end: what waits comes before it.
    pub(super) fn let_all_talk_out(&mut self) {
        while let Some(said) = self.talk.take() {
            self.report(SessionUpdate::Transcript(said));
        }
    }

    /// Whether texts wait, and [`Event::Tick`](crate::session::event::Event::Tick) lets some out.
    pub fn has_talk_waiting(&self) -> bool {
        self.talk.has_waiting()
    }
}
