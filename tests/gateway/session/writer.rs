//! The sending half of a call: a task of its own, so that a client that reads slowly never keeps the
//! call from hearing it. What waits is bounded, and so is how long the socket may take for a frame: a client that
//! reads slower than that has no use for a call, and is given up. What is sent is recorded here, just before the socket gets it: what a client
//! has seen is always in the record.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt as _;
use futures_util::stream::SplitSink;
use tokio::sync::Notify;
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::super::Shared;
use super::super::config::limits::duration;
use super::super::record::{Call, SentFrame, Transcript};
use super::super::wire;

/// Something to send.
pub(super) enum Out {
    Started(String),
    Audio(Vec<i16>),
    Transcript { role: &'static str, text: String },
    Clear,
    AgentEnding,
    EndCall,
    Raw(Message),
}

/// The session's handle on the task.
pub(super) struct Writer {
    /// `None` once nothing more may be sent.
    queue: Option<Sender<Out>>,
    gave_up: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Writer {
    pub(super) fn spawn(
        shared: Arc<Shared>,
        index: usize,
        sink: SplitSink<WebSocket, Message>,
    ) -> Self {
        let (queue, orders) = channel(shared.config.limits.queued_frames);
        let gave_up = Arc::new(Notify::new());
        let task = write(shared, index, sink, orders, Arc::clone(&gave_up));
        Self {
            queue: Some(queue),
            gave_up,
            task: tokio::spawn(task),
        }
    }

    /// Queues it; after the end it is lost, which is what the end means.
    pub(super) fn send(&self, out: Out) {
        if let Some(queue) = &self.queue
            && let Err(TrySendError::Full(_)) = queue.try_send(out)
        {
            self.gave_up.notify_one();
        }
    }

    /// Waits until the client has not taken what it was sent.
    pub(super) async fn gave_up(&self) {
        self.gave_up.notified().await;
    }

    /// Lets go of the socket at once.
    pub(super) fn abort(&mut self) {
        self.queue = None;
        self.task.abort();
    }
}

async fn write(
    shared: Arc<Shared>,
    index: usize,
    mut sink: SplitSink<WebSocket, Message>,
    mut orders: Receiver<Out>,
    gave_up: Arc<Notify>,
) {
    let patience = duration(shared.config.deadlines.write_secs);
    let mut seq = 0;
    while let Some(out) = orders.recv().await {
        let (message, closes) = match &out {
            Out::Started(text) => (text.clone().into(), false),
            Out::Audio(samples) => (wire::audio(samples).into(), false),
            Out::Transcript { role, text } => {
                seq += 1;
                (wire::transcript(role, text, seq).into(), false)
            }
            Out::Clear => (wire::bare("clear").into(), false),
            Out::AgentEnding => (wire::bare("agent_ending").into(), false),
            Out::EndCall => (wire::bare("end_call").into(), false),
            Out::Raw(message) => (message.clone(), matches!(message, Message::Close(_))),
        };
        let is_said = matches!(out, Out::Audio(_) | Out::Transcript { .. });
        if shared.recorder.keeps() || !is_said {
            shared.recorder.change(|r| {
                if let Some(call) = r.calls.get_mut(index) {
                    note(call, out, seq);
                }
            });
        }
        match timeout(patience, sink.send(message)).await {
            Ok(Ok(())) if !closes => {}
            Ok(_) => return,
            Err(_) => return gave_up.notify_one(),
        }
    }
}

fn note(call: &mut Call, out: Out, seq: u64) {
    let at = Instant::now();
    match out {
        Out::Started(_) => call.started = Some(at),
        Out::Audio(samples) => call.sent.push(SentFrame { at, samples }),
        Out::Transcript { role, text } => call.transcripts.push(Transcript {
            role,
            text,
            seq,
            at,
        }),
        Out::Clear => call.clears.push(at),
        Out::AgentEnding => call.agent_ending = Some(at),
        Out::EndCall => call.end_call = Some(at),
        Out::Raw(_) => {}
    }
}
