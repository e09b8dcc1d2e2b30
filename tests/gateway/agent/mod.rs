//! Who answers a call. An agent has no clock and no socket: it is told the time since `started` and
//! gives orders, so that its manners can be tested without waiting.

mod metronome;
pub mod parrot;
pub mod remote;
pub mod speech;
mod talker;
pub mod voice;

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Notify;

use super::config::Agents;
use super::misbehave::Act;
use super::wire::FRAME_SAMPLES;

/// The kinds of agent, as the config names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentKind {
    /// Greets, says back what it hears, says goodbye.
    Parrot,
    /// Sends each frame straight back.
    Echo,
    /// Says a long thing all at once, then `end_call`.
    Burst,
    /// Only listens.
    Silent,
    /// Talks on and on, and does not listen.
    Talker,
    /// A steady tone with a click every 230 ms.
    Metronome,
    /// Does what the test wrote down in `Agents::script`.
    Script,
}

impl AgentKind {
    /// As in the config and the token.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parrot => "parrot",
            Self::Echo => "echo",
            Self::Burst => "burst",
            Self::Silent => "silent",
            Self::Talker => "talker",
            Self::Metronome => "metronome",
            Self::Script => "script",
        }
    }

    pub(super) fn engage(self, settings: &Agents) -> Box<dyn Agent> {
        match self {
            Self::Parrot => Box::new(parrot::Parrot::new(&settings.parrot)),
            Self::Echo => Box::new(Echo),
            Self::Burst if settings.burst.is_empty() => Box::new(Burst(speech::visitor())),
            Self::Burst => Box::new(Burst(settings.burst.clone())),
            Self::Silent => Box::new(Silent),
            Self::Talker => Box::new(talker::Talker::new(&settings.parrot.greeting)),
            Self::Metronome => Box::<metronome::Metronome>::default(),
            Self::Script => {
                let mut script = settings.script.clone();
                // Last first, so that the next one is popped off the end.
                script.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
                Box::new(Script(script))
            }
        }
    }
}

/// What an agent wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Send this speech, as one frame.
    Audio(Vec<i16>),
    /// Send a transcript; the session numbers it.
    Transcript {
        /// `user` or `assistant`.
        role: &'static str,
        /// The words.
        text: String,
    },
    /// Send a transcript with a number of the agent's own.
    Said {
        /// `user` or `assistant`.
        role: &'static str,
        /// The words.
        text: String,
        /// The number; one that was there has a text that has grown.
        seq: u64,
    },
    /// Send `clear`.
    Clear,
    /// Send `agent_ending`.
    AgentEnding,
    /// Send `end_call`; the agent is not asked again.
    EndCall,
    /// Send `error` with these words, and end the call: there is no agent any more. It is not asked again.
    Fail(String),
    /// Anything raw.
    Act(Act),
}

/// One end of a conversation. `now` is the time since `started`.
pub trait Agent: Send {
    /// The visitor's `start`, as it came.
    fn begin(&mut self, _start: &str) {}

    /// Whether `started` may be said.
    fn takes_the_call(&self) -> bool {
        true
    }

    /// Rings when it has something to say between two ticks, or does not take the call after all.
    fn wakes(&self) -> Arc<Notify> {
        Arc::default()
    }

    /// A microphone frame came.
    fn hear(&mut self, samples: &[i16], now: Duration, orders: &mut Vec<Order>);

    /// Called right after `started`, then some fifty times a second.
    fn tick(&mut self, now: Duration, orders: &mut Vec<Order>);
}

/// Cuts speech into frames of the wire, the last one filled up with silence.
fn frames(samples: &[i16]) -> impl Iterator<Item = Vec<i16>> {
    samples.chunks(FRAME_SAMPLES).map(|chunk| {
        let mut frame = chunk.to_vec();
        frame.resize(FRAME_SAMPLES, 0);
        frame
    })
}

struct Silent;

impl Agent for Silent {
    fn hear(&mut self, _: &[i16], _: Duration, _: &mut Vec<Order>) {}
    fn tick(&mut self, _: Duration, _: &mut Vec<Order>) {}
}

struct Echo;

impl Agent for Echo {
    fn hear(&mut self, samples: &[i16], _: Duration, orders: &mut Vec<Order>) {
        orders.push(Order::Audio(samples.to_vec()));
    }
    fn tick(&mut self, _: Duration, _: &mut Vec<Order>) {}
}

struct Burst(Vec<i16>);

impl Agent for Burst {
    fn hear(&mut self, _: &[i16], _: Duration, _: &mut Vec<Order>) {}

    fn tick(&mut self, _: Duration, orders: &mut Vec<Order>) {
        orders.extend(frames(&self.0).map(Order::Audio));
        orders.push(Order::EndCall);
        self.0.clear();
    }
}

struct Script(Vec<(Duration, Act)>);

impl Agent for Script {
    fn hear(&mut self, _: &[i16], _: Duration, _: &mut Vec<Order>) {}

    fn tick(&mut self, now: Duration, orders: &mut Vec<Order>) {
        while let Some((_, act)) = self.0.pop_if(|(at, _)| *at <= now) {
            orders.push(Order::Act(act));
        }
    }
}
