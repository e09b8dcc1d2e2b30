//! The sending half of a line: a task of its own, so that a client that reads slowly never keeps the
//! call from hearing it. What waits is bounded, and so is how long the socket may take for a frame: a client that
//! reads slower than that has no use for the line, and is given up. What is sent is recorded here, just before the
//! socket gets it: what a client has seen is always in the record. What is sent again on the next line is recorded once.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt as _;
use futures_util::stream::SplitSink;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::super::Shared;
use super::super::config::limits::duration;
use super::super::record::{Call, SentFrame, Transcript};
use super::super::wire;

/// Room for what is about the line itself, when all of a call's frames wait.
const OWN_FRAMES: usize = 64;

/// How sound goes.
pub(super) enum Coding {
    /// In a text frame.
    Text,
    /// PCM16 in a binary frame.
    Binary,
    /// These packets in a binary frame.
    Opus(Vec<Vec<u8>>),
}

/// Something to send.
pub(super) enum Out {
    Started(String),
    Audio {
        /// As the client hears them.
        samples: Vec<i16>,
        coding: Coding,
    },
    Transcript {
        role: &'static str,
        text: String,
        seq: u64,
    },
    Clear,
    AgentEnding,
    EndCall,
    /// A frame of the call's, as a test has it.
    Frame(Value),
    /// About the line: it has no number, and is not sent again.
    Own(Value),
    Raw(Message),
}

impl Out {
    /// Whether it has a number in a call that has them.
    pub(super) const fn is_numbered(&self) -> bool {
        !matches!(self, Self::Started(_) | Self::Own(_) | Self::Raw(_))
    }

    fn message(&self, number: Option<u32>) -> Message {
        let frame = match self {
            Self::Audio {
                samples,
                coding: Coding::Binary,
            } => return Message::Binary(wire::binary_audio(samples, number).into()),
            Self::Audio {
                coding: Coding::Opus(packets),
                ..
            } => return Message::Binary(wire::binary_opus(packets, number).into()),
            Self::Started(text) => return text.clone().into(),
            Self::Raw(message) => return message.clone(),
            Self::Own(frame) => return frame.to_string().into(),
            Self::Audio { samples, .. } => wire::audio(samples),
            Self::Transcript { role, text, seq } => wire::transcript(role, text, *seq),
            Self::Clear => wire::bare("clear"),
            Self::AgentEnding => wire::bare("agent_ending"),
            Self::EndCall => wire::bare("end_call"),
            Self::Frame(frame) => frame.clone(),
        };
        wire::numbered(frame, number).into()
    }
}

/// Something to send, with the number that it has.
pub(super) type Numbered = (Option<u32>, Arc<Out>);

/// The session's handle on the task.
pub(super) struct Writer {
    queue: Sender<Numbered>,
    gave_up: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Writer {
    pub(super) fn spawn(
        shared: Arc<Shared>,
        index: usize,
        sink: SplitSink<WebSocket, Message>,
    ) -> Self {
        let (queue, orders) = channel(shared.config.limits.queued_frames + OWN_FRAMES);
        let gave_up = Arc::new(Notify::new());
        let task = Task {
            shared,
            index,
            sink,
            gave_up: Arc::clone(&gave_up),
        };
        Self {
            queue,
            gave_up,
            task: tokio::spawn(task.write(orders)),
        }
    }

    /// Queues it; after the end it is lost, which is what the end means.
    pub(super) fn send(&self, out: Numbered) {
        if let Err(TrySendError::Full(_)) = self.queue.try_send(out) {
            self.give_up();
        }
    }

    /// There is something that the client will never be sent.
    pub(super) fn give_up(&self) {
        self.gave_up.notify_one();
    }

    /// Waits until the client has not taken what it was sent.
    pub(super) async fn gave_up(&self) {
        self.gave_up.notified().await;
    }
}

/// Lets go of the socket at once, also when the client never read what was queued: nothing may wait for it for ever.
impl Drop for Writer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Task {
    shared: Arc<Shared>,
    index: usize,
    sink: SplitSink<WebSocket, Message>,
    gave_up: Arc<Notify>,
}

impl Task {
    async fn write(mut self, mut orders: Receiver<Numbered>) {
        let patience = duration(self.shared.config.deadlines.write_secs);
        while let Some((number, out)) = orders.recv().await {
            self.note(number, &out);
            let message = out.message(number);
            let closes = matches!(message, Message::Close(_));
            // What is not kept need not be held while the socket takes it.
            drop(out);
            match timeout(patience, self.sink.send(message)).await {
                Ok(Ok(())) if !closes => {}
                Ok(_) => return,
                Err(_) => return self.gave_up.notify_one(),
            }
        }
    }

    fn note(&self, number: Option<u32>, out: &Out) {
        let is_said = matches!(out, Out::Audio { .. } | Out::Transcript { .. });
        let recorder = &self.shared.recorder;
        if matches!(out, Out::Own(_) | Out::Raw(_)) || (is_said && !recorder.keeps()) {
            return;
        }
        recorder.change(|r| {
            if let Some(call) = r.calls.get_mut(self.index) {
                note(call, number, out);
            }
        });
    }
}

fn note(call: &mut Call, number: Option<u32>, out: &Out) {
    if let Some(number) = number {
        if number <= call.line.sent {
            return;
        }
        call.line.sent = number;
    }
    let at = Instant::now();
    match out {
        Out::Started(_) => call.started = Some(at),
        Out::Audio { samples, .. } => call.sent.push(SentFrame {
            at,
            samples: samples.clone(),
        }),
        Out::Transcript { role, text, seq } => call.transcripts.push(Transcript {
            role,
            text: text.clone(),
            seq: *seq,
            at,
        }),
        Out::Clear => call.clears.push(at),
        Out::AgentEnding => call.agent_ending = Some(at),
        Out::EndCall => call.end_call = Some(at),
        Out::Frame(_) | Out::Own(_) | Out::Raw(_) => {}
    }
}
