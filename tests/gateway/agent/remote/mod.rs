//! An agent at a URL: the gateway calls it on the visitor's behalf, and hands on what both say. A connection of its own
//! goes with each call, and nothing is resumed on it: where the visitor's line is lost, what the agent says waits here.

mod connection;
pub mod from_agent;
pub mod pace;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::super::Shared;
use super::super::misbehave::Act;
use super::{Agent, Order};
use connection::{Came, Connection};
use from_agent::FromAgent;

/// A minute of sound: what a visitor says who comes back after an outage, and much to spare. With more than that the
/// agent is no part of the conversation.
const MIC_FRAMES: usize = 3_000;

/// The agent's side of one call.
pub struct Remote {
    mic: Sender<Vec<i16>>,
    came: Receiver<Came>,
    wakes: Arc<Notify>,
    /// What connects, until the visitor's `start`.
    connection: Option<Connection>,
    takes_the_call: bool,
    /// It has nothing more to say.
    is_over: bool,
}

/// Where it is written down what is wrong with an agent.
pub(super) struct Faults {
    pub(super) shared: Arc<Shared>,
    /// The call's place in the record.
    pub(super) index: usize,
    pub(super) call_id: String,
    pub(super) url: String,
}

impl Faults {
    pub(super) fn note(&self, what: &str) {
        let Self { call_id, url, .. } = self;
        let line = || format!("call {call_id}: the agent at {url}: {what}");
        self.shared.recorder.log(line);
        self.shared.recorder.change(|r| {
            if let Some(call) = r.calls.get_mut(self.index) {
                call.agent_faults.push(what.to_owned());
            }
        });
    }
}

impl Remote {
    pub(in super::super) fn new(
        shared: &Arc<Shared>,
        index: usize,
        call_id: &str,
        url: &str,
    ) -> Self {
        let (mic, to_say) = channel(MIC_FRAMES);
        // When it is full nothing is read from the agent, which then has to wait.
        let (tell, came) = channel(shared.config.limits.queued_frames);
        let wakes = Arc::<Notify>::default();
        let faults = Faults {
            shared: Arc::clone(shared),
            index,
            call_id: call_id.to_owned(),
            url: url.to_owned(),
        };
        Self {
            mic,
            came,
            wakes: Arc::clone(&wakes),
            connection: Some(Connection::new(faults, to_say, tell, wakes)),
            takes_the_call: false,
            is_over: false,
        }
    }

    fn take(&mut self, frame: FromAgent, orders: &mut Vec<Order>) {
        match frame {
            FromAgent::Audio(samples) => orders.push(Order::Audio(samples)),
            FromAgent::Transcript { role, text, seq } => {
                orders.push(Order::Said { role, text, seq });
            }
            FromAgent::Clear => orders.push(Order::Clear),
            FromAgent::AgentEnding => orders.push(Order::AgentEnding),
            FromAgent::EndCall => {
                self.is_over = true;
                orders.push(Order::EndCall);
            }
            FromAgent::Error(message) => self.fail(message, orders),
            FromAgent::Other(frame) => orders.push(Order::Act(Act::Frame(frame))),
            FromAgent::Started { .. } | FromAgent::Line => {}
        }
    }

    fn fail(&mut self, why: String, orders: &mut Vec<Order>) {
        self.is_over = true;
        orders.push(Order::Fail(why));
    }
}

impl Agent for Remote {
    fn begin(&mut self, start: &str) {
        if let Some(connection) = self.connection.take() {
            tokio::spawn(connection.run(start.to_owned()));
        }
    }

    fn takes_the_call(&self) -> bool {
        self.takes_the_call
    }

    fn wakes(&self) -> Arc<Notify> {
        Arc::clone(&self.wakes)
    }

    fn hear(&mut self, samples: &[i16], _: Duration, orders: &mut Vec<Order>) {
        use tokio::sync::mpsc::error::TrySendError;
        if let Err(TrySendError::Full(_)) = self.mic.try_send(samples.to_vec())
            && !self.is_over
        {
            self.fail("the agent does not hear what is said".to_owned(), orders);
        }
    }

    fn tick(&mut self, _: Duration, orders: &mut Vec<Order>) {
        while !self.is_over
            && let Ok(came) = self.came.try_recv()
        {
            match came {
                Came::Started => {
                    self.takes_the_call = true;
                    // What it says before the visitor has heard `started` waits for that.
                    return;
                }
                Came::Frame(frame) => self.take(frame, orders),
                Came::Goodbye => self.take(FromAgent::EndCall, orders),
                Came::Lost(why) => self.fail(why, orders),
            }
        }
    }
}
