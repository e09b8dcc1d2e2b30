//! What comes from the server, in order: sound that is being decoded, and what comes after it and must not overtake it.
//! Pure.

use super::OWES_MS;
use crate::protocol::audio_port::PACKET_BYTES;
use std::collections::VecDeque;

/// Something that has arrived.
#[derive(Debug)]
enum Arrival<Event> {
    /// The decoder has this packet, the second one where the first has died of it.
    Decoding { packet: Vec<u8>, is_retried: bool },
    /// The decoder has it, and nobody wants its answer any more.
    Unwanted,
    /// PCM16, ready to be played.
    Sound(Vec<u8>),
    /// Anything else.
    Event(Event),
}

/// What is next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<Event> {
    /// PCM16 to play.
    Sound(Vec<u8>),
    /// Anything else.
    Event(Event),
}

/// Arrivals in order.
#[derive(Debug)]
pub struct Incoming<Event> {
    arrivals: VecDeque<Arrival<Event>>,
    /// How many of them the decoder owes.
    owed: usize,
    /// When the decoder last answered, or was given something while it owed nothing.
    answered_ms: f64,
}

impl<Event> Default for Incoming<Event> {
    fn default() -> Self {
        Self {
            arrivals: VecDeque::new(),
            owed: 0,
            answered_ms: 0.0,
        }
    }
}

impl<Event> Incoming<Event> {
    /// A packet was given to the decoder.
    pub fn decoding(&mut self, packet: Vec<u8>, now_ms: f64) {
        if self.owed == 0 {
            self.answered_ms = now_ms;
        }
        self.owed += 1;
        self.arrivals.push_back(Arrival::Decoding {
            packet,
            is_retried: false,
        });
    }

    /// PCM16 arrived.
    pub fn sound(&mut self, pcm: Vec<u8>) {
        self.arrivals.push_back(Arrival::Sound(pcm));
    }

    /// Something else arrived.
    pub fn event(&mut self, event: Event) {
        self.arrivals.push_back(Arrival::Event(event));
    }

    /// The decoder's next answer. It answers in order, and once for each packet.
    pub fn decoded(&mut self, pcm: Vec<u8>, now_ms: f64) {
        self.answered_ms = now_ms;
        let Some(next) = self.arrivals.iter_mut().find(|next| next.is_owed()) else {
            return;
        };
        self.owed -= 1;
        let is_wanted = matches!(next, Arrival::Decoding { .. });
        // An empty sound is nothing.
        *next = Arrival::Sound(if is_wanted { pcm } else { Vec::new() });
    }

    /// The decoder died, perhaps of the packet that it owes first: the next is given it once more, and the one after that
    /// is not. Silence stands for it then, so that no other word moves.
    pub fn failed(&mut self, now_ms: f64) {
        let next = self.arrivals.iter_mut().find(|next| next.is_owed());
        match next {
            Some(Arrival::Decoding { is_retried, .. }) if !*is_retried => *is_retried = true,
            _ => self.decoded(vec![0; PACKET_BYTES], now_ms),
        }
    }

    /// There is a new decoder: what it is to be given, in order, of what the one before owes.
    pub fn owed_anew(&mut self, now_ms: f64) -> Vec<Vec<u8>> {
        self.answered_ms = now_ms;
        let before = self.arrivals.len();
        self.arrivals
            .retain(|next| !matches!(next, Arrival::Unwanted));
        self.owed -= before - self.arrivals.len();
        let owed = self.arrivals.iter().filter_map(|next| match next {
            Arrival::Decoding { packet, .. } => Some(packet.clone()),
            _ => None,
        });
        owed.collect()
    }

    /// There is no decoder any more: what it owes is lost.
    pub fn give_up(&mut self) {
        self.arrivals.retain(|next| !next.is_owed());
        self.owed = 0;
    }

    /// What was to be played is not to be played any more.
    pub fn clear(&mut self) {
        self.arrivals
            .retain(|next| !matches!(next, Arrival::Sound(_)));
        for next in &mut self.arrivals {
            if next.is_owed() {
                *next = Arrival::Unwanted;
            }
        }
    }

    /// Whether the decoder will not answer any more. A burst takes its time, but answers come meanwhile.
    pub fn is_stuck(&self, now_ms: f64) -> bool {
        self.patience_ms(now_ms)
            .is_some_and(|rest_ms| rest_ms < 0.0)
    }

    /// How much longer a decoder that owes something is waited for, in ms.
    pub fn patience_ms(&self, now_ms: f64) -> Option<f64> {
        (self.owed > 0).then_some(self.answered_ms + OWES_MS - now_ms)
    }

    /// Whether the decoder owes something.
    pub fn is_owed(&self) -> bool {
        self.owed > 0
    }

    /// What can be played or told now.
    pub fn take(&mut self) -> Option<Next<Event>> {
        self.arrivals
            .pop_front_if(|next| !next.is_owed())
            .map(|next| match next {
                Arrival::Sound(pcm) => Next::Sound(pcm),
                Arrival::Event(event) => Next::Event(event),
                Arrival::Decoding { .. } | Arrival::Unwanted => Next::Sound(Vec::new()),
            })
    }
}

impl<Event> Arrival<Event> {
    fn is_owed(&self) -> bool {
        matches!(self, Self::Decoding { .. } | Self::Unwanted)
    }
}
