//! The socket to an agent at a URL, on a task of its own: as the client of wire version 1, in binary frames where the
//! agent takes them.

use std::collections::HashSet;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::{Instant, interval, timeout, timeout_at};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::super::super::config::Deadlines;
use super::super::super::config::limits::duration;
use super::super::super::socket::CLOSE_DEADLINE;
use super::super::super::wire;
use super::Faults;
use super::from_agent::{self, FromAgent, Wrong};
use super::pace::{Finding, Pace};

/// What a client calls malformed, too.
const MAX_FRAME_BYTES: usize = 4 * 1024 * 1024;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What comes from an agent.
pub(super) enum Came {
    /// It takes the call.
    Started,
    Frame(FromAgent),
    /// It has closed the socket with 1000.
    Goodbye,
    /// There is no agent, and this is what the visitor is told.
    Lost(String),
}

/// Why a connection is over: in words for the visitor's page, and with all that is known for the log.
struct Failed {
    told: &'static str,
    noted: String,
}

pub(super) struct Connection {
    faults: Faults,
    deadlines: Deadlines,
    /// Closed when the call is over.
    mic: Receiver<Vec<i16>>,
    tell: Tell,
}

struct Tell {
    came: Sender<Came>,
    wakes: Arc<Notify>,
}

impl Tell {
    /// Waits while the session does not listen. That it never will again is told by the microphone's end.
    async fn say(&self, came: Came) {
        let _ = self.came.send(came).await;
        self.wakes.notify_one();
    }
}

impl Connection {
    pub(super) fn new(
        faults: Faults,
        mic: Receiver<Vec<i16>>,
        came: Sender<Came>,
        wakes: Arc<Notify>,
    ) -> Self {
        Self {
            deadlines: faults.shared.config.deadlines.clone(),
            faults,
            mic,
            tell: Tell { came, wakes },
        }
    }

    /// Calls the agent, with the visitor's own `start`, and stays until one of both has ended the call.
    pub(super) async fn run(self, start: String) {
        let opened = tokio::select! {
            opened = self.open(&start) => opened,
            // The visitor did not wait.
            () = self.tell.came.closed() => return,
        };
        let (socket, binary) = match opened {
            Ok(opened) => opened,
            Err(Failed { told, noted }) => {
                self.faults.note(&noted);
                return self.tell.say(Came::Lost(told.to_owned())).await;
            }
        };
        self.tell.say(Came::Started).await;
        let (sink, stream) = socket.split();
        let reads = listen(stream, &self.tell, &self.faults, &self.deadlines);
        let writes = speak(sink, self.mic, binary, &self.deadlines);
        tokio::pin!(reads);
        let spoken = tokio::select! {
            () = &mut reads => return,
            spoken = writes => spoken,
        };
        let ended = timeout(CLOSE_DEADLINE, reads).await;
        match spoken {
            Ok(()) if ended.is_err() => {
                let secs = CLOSE_DEADLINE.as_secs();
                self.faults.note(&format!(
                    "it did not close its socket within {secs} s of `stop`"
                ));
            }
            // That it reads nothing is the only sign of an agent that also says nothing.
            Err(why) if ended.is_err() => {
                self.faults.note(&why);
                self.tell
                    .say(Came::Lost(
                        "the agent does not hear what is said".to_owned(),
                    ))
                    .await;
            }
            _ => {}
        }
    }

    /// The socket, once the agent has said `started`, and whether it takes binary frames.
    async fn open(&self, start: &str) -> Result<(Socket, bool), Failed> {
        let patience = duration(self.deadlines.answer_secs);
        let until = Instant::now() + patience;
        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(MAX_FRAME_BYTES);
        config.max_frame_size = Some(MAX_FRAME_BYTES);
        let connects = connect_async_with_config(&self.faults.url, Some(config), true);
        let unreachable = |noted| Failed {
            told: "the agent cannot be reached",
            noted,
        };
        let (mut socket, _) = timeout_at(until, connects)
            .await
            .map_err(|_| unreachable(format!("no connection within {patience:?}")))?
            .map_err(|why| unreachable(format!("no connection: {why}")))?;
        let lost = |noted| Failed {
            told: "the agent did not take the call",
            noted,
        };
        let start = self.start_frame(start);
        let sent = timeout_at(until, socket.send(Message::text(start))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return Err(lost("it did not take `start`".to_owned()));
        }
        loop {
            let next = timeout_at(until, socket.next()).await;
            let next = next.map_err(|_| lost(format!("no `started` within {patience:?}")))?;
            let read = match next {
                Some(Ok(Message::Text(text))) => from_agent::read(&text),
                Some(Ok(Message::Close(frame))) => {
                    return Err(lost(format!("{} before `started`", closed(frame.as_ref()))));
                }
                Some(Ok(_)) => continue,
                Some(Err(why)) => return Err(lost(format!("lost before `started`: {why}"))),
                None => return Err(lost("lost before `started`".to_owned())),
            };
            match read {
                Ok(FromAgent::Started { binary }) => return Ok((socket, binary)),
                Ok(FromAgent::Error(message)) => {
                    return Err(lost(format!("refused the call: {message}")));
                }
                Ok(_) => {}
                Err(wrong) if wrong.ends_the_call() => {
                    return Err(Failed {
                        told: UNUSABLE_SOUND,
                        noted: wrong.to_string(),
                    });
                }
                Err(wrong) => self.faults.note(&wrong.to_string()),
            }
        }
    }

    /// The visitor's `start`, with what we can of version 2 and the call's id, which the agent may want to log.
    fn start_frame(&self, start: &str) -> String {
        let mut frame = json!({ "type": "start", "agentId": "", "promptOverride": null });
        let said: Value = serde_json::from_str(start).unwrap_or_default();
        for member in ["agentId", "promptOverride"] {
            if let (Some(value), Some(members)) = (said.get(member), frame.as_object_mut()) {
                members.insert(member.to_owned(), value.clone());
            }
        }
        if let Some(members) = frame.as_object_mut() {
            members.insert("features".to_owned(), json!(["binary"]));
            members.insert("callId".to_owned(), json!(self.faults.call_id));
        }
        frame.to_string()
    }
}

/// For a visitor whose agent's sound would be a noise.
const UNUSABLE_SOUND: &str = "the agent's sound is not of the kind that can be played";

fn closed(frame: Option<&CloseFrame>) -> String {
    match frame {
        Some(CloseFrame { code, reason }) if reason.is_empty() => format!("it closed with {code}"),
        Some(CloseFrame { code, reason }) => {
            format!("it closed with {code}, {:?}", reason.as_str())
        }
        None => "it closed without a code".to_owned(),
    }
}

/// What the visitor says, until the call is over or the agent does not take it.
async fn speak(
    mut sink: SplitSink<Socket, Message>,
    mut mic: Receiver<Vec<i16>>,
    binary: bool,
    deadlines: &Deadlines,
) -> Result<(), String> {
    let patience = duration(deadlines.write_secs);
    let mut pings = interval(duration(deadlines.ping_secs));
    loop {
        let (message, is_last) = tokio::select! {
            samples = mic.recv() => match samples {
                Some(samples) if binary => {
                    (Message::binary(wire::binary_audio(&samples, None)), false)
                }
                Some(samples) => (Message::text(wire::audio(&samples).to_string()), false),
                None => (Message::text(wire::bare("stop").to_string()), true),
            },
            _ = pings.tick() => (Message::Ping(Default::default()), false),
        };
        match timeout(patience, sink.send(message)).await {
            Ok(Ok(())) if is_last => return Ok(()),
            Ok(Ok(())) => {}
            Ok(Err(why)) => return Err(format!("lost: {why}")),
            Err(_) => return Err(format!("it took nothing for {patience:?}")),
        }
    }
}

/// What the agent says, until it closes the socket, the socket is lost, or the sound is of no use.
async fn listen(
    mut stream: SplitStream<Socket>,
    tell: &Tell,
    faults: &Faults,
    deadlines: &Deadlines,
) {
    let patience = duration(deadlines.life_secs);
    let mut ear = Ear::new(faults);
    let lost = loop {
        let message = match timeout(patience, stream.next()).await {
            Err(_) => {
                break format!("nothing came for {patience:?}, not even the answer to a ping");
            }
            Ok(None) => break "lost: the connection has ended".to_owned(),
            Ok(Some(Err(tungstenite::Error::Capacity(why)))) => {
                break format!("a frame is longer than {MAX_FRAME_BYTES} bytes: {why}");
            }
            Ok(Some(Err(why))) => break format!("lost: {why}"),
            Ok(Some(Ok(message))) => message,
        };
        let heard = match message {
            Message::Text(text) => ear.hear_text(&text),
            Message::Binary(bytes) => ear.hear(from_agent::read_binary(&bytes)),
            Message::Close(frame) => {
                let normal = frame.as_ref().is_some_and(|f| u16::from(f.code) == 1000);
                if !normal {
                    faults.note(&closed(frame.as_ref()));
                }
                tell.say(if normal { Came::Goodbye } else { left() }).await;
                // The answering close goes out with the next read.
                let rest = async { while stream.next().await.is_some() {} };
                let _ = timeout(CLOSE_DEADLINE, rest).await;
                return;
            }
            _ => continue,
        };
        match heard {
            Ok(Some(frame)) => tell.say(Came::Frame(frame)).await,
            Ok(None) => {}
            Err(why) => {
                faults.note(&why);
                return tell.say(Came::Lost(UNUSABLE_SOUND.to_owned())).await;
            }
        }
    };
    // After `stop` this is how many servers end a call, and nobody listens any more.
    if !tell.came.is_closed() {
        faults.note(&lost);
    }
    tell.say(left()).await;
}

fn left() -> Came {
    Came::Lost("the agent's connection was lost".to_owned())
}

/// Hears an agent, and notes each kind of fault once: one that comes with every frame comes fifty times a second.
struct Ear<'a> {
    faults: &'a Faults,
    noted: HashSet<Discriminant<Wrong>>,
    pace: Pace,
    since: Instant,
}

impl<'a> Ear<'a> {
    fn new(faults: &'a Faults) -> Self {
        Self {
            faults,
            noted: HashSet::new(),
            pace: Pace::default(),
            since: Instant::now(),
        }
    }

    fn hear_text(&mut self, text: &Utf8Bytes) -> Result<Option<FromAgent>, String> {
        self.hear(from_agent::read(text))
    }

    /// What is to be handed on; an error where nothing further can be.
    fn hear(&mut self, read: Result<FromAgent, Wrong>) -> Result<Option<FromAgent>, String> {
        let frame = match read {
            Ok(frame) => frame,
            Err(wrong) if wrong.ends_the_call() => return Err(wrong.to_string()),
            Err(wrong) => {
                if self.noted.insert(discriminant(&wrong)) {
                    self.faults.note(&format!("{wrong}; it is dropped"));
                }
                return Ok(None);
            }
        };
        if let FromAgent::Audio(samples) = &frame
            && let Some(finding) = self.pace.came(samples.len(), self.since.elapsed())
        {
            if matches!(finding, Finding::OtherRate(_)) {
                return Err(finding.to_string());
            }
            self.faults.note(&finding.to_string());
        }
        Ok(Some(frame))
    }
}
