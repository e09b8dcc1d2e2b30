//! An agent that talks and does not listen: the greeting, over and over, in real time.

use std::time::Duration;

use super::{Agent, Order, frames, speech};

/// Half a second between two sentences.
const PAUSE_FRAMES: usize = 25;

/// Speech is sent this far ahead of real time, as the parrot's.
const LEAD: Duration = Duration::from_millis(200);

pub(super) struct Talker {
    text: String,
    speech: Vec<Vec<i16>>,
    /// Frames that are said, the pauses' among them.
    said: usize,
}

impl Talker {
    /// With these words in its transcript.
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            speech: frames(&speech::greeting()).collect(),
            said: 0,
        }
    }
}

impl Agent for Talker {
    fn hear(&mut self, _: &[i16], _: Duration, _: &mut Vec<Order>) {}

    fn tick(&mut self, now: Duration, orders: &mut Vec<Order>) {
        while Duration::from_millis(20 * self.said as u64) <= now + LEAD {
            let place = self.said % (self.speech.len() + PAUSE_FRAMES);
            if place == 0 {
                orders.push(Order::Transcript {
                    role: "assistant",
                    text: self.text.clone(),
                });
            }
            if let Some(frame) = self.speech.get(place) {
                orders.push(Order::Audio(frame.clone()));
            }
            self.said += 1;
        }
    }
}
