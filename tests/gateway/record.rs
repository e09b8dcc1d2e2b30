//! What the gateway received and sent, for tests to look at and wait on.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

mod line;
pub use line::{Line, Resumed};

/// A snapshot of everything.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// HTTP requests of the three listeners, in the order of arrival.
    pub requests: Vec<Request>,
    /// Tokens granted.
    pub tokens: Vec<Grant>,
    /// `/v1/release` with well-formed ids.
    pub releases: Vec<Release>,
    /// Sockets whose token was good, in the order of opening.
    pub calls: Vec<Call>,
    /// Sockets that were closed for their token's sake.
    pub refusals: Vec<Refusal>,
}

/// Which listener a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerName {
    /// Tokens and the call socket.
    Api,
    /// The release's files.
    Cdn,
    /// The customer's page.
    Site,
}

/// One HTTP request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where it came to.
    pub listener: ListenerName,
    /// `GET`, `POST`, `OPTIONS`.
    pub method: String,
    /// Without the query, which holds the token.
    pub path: String,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When it came.
    pub at: Instant,
    /// The answer's status; `None` while there is no answer.
    pub status: Option<u16>,
}

/// A token that was granted.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Embed id.
    pub embed: String,
    /// Browser id.
    pub browser: String,
    /// The token's id.
    pub jti: String,
    /// The token.
    pub token: String,
    /// When.
    pub at: Instant,
}

/// A place given back.
#[derive(Clone, Debug)]
pub struct Release {
    /// Embed id.
    pub embed: String,
    /// Browser id.
    pub browser: String,
    /// When.
    pub at: Instant,
}

/// A socket that was closed for its token's sake, or that of the call that it was to resume.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// 4401, 4403, 4404 or 4409.
    pub code: u16,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Embed id.
    pub embed: String,
    /// Browser id.
    pub browser: String,
    /// The call's id, as in `started`.
    pub id: String,
    /// Who answered.
    pub agent: &'static str,
    /// When the socket opened.
    pub opened: Instant,
    /// When `started` was sent.
    pub started: Option<Instant>,
    /// When it ended.
    pub ended: Option<Instant>,
    /// How.
    pub ended_by: Option<EndedBy>,
    /// The close code that the client sent; 1005 for a close without one.
    pub close_code: Option<u16>,
    /// The microphone's frames.
    pub mic: Vec<MicFrame>,
    /// The client's frames other than audio, as they came.
    pub control: Vec<ControlFrame>,
    /// Frames that were not of the wire's version, or whose number was not to be.
    pub malformed: usize,
    /// The agent's frames.
    pub sent: Vec<SentFrame>,
    /// Transcripts sent.
    pub transcripts: Vec<Transcript>,
    /// When each `clear` was sent.
    pub clears: Vec<Instant>,
    /// When `agent_ending` was sent.
    pub agent_ending: Option<Instant>,
    /// When `end_call` was sent.
    pub end_call: Option<Instant>,
    /// What was wrong with the agent, where it is one at a URL, as the log says it.
    pub agent_faults: Vec<String>,
    /// What wire version 2 adds.
    pub line: Line,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The client said `stop`.
    Stop,
    /// The agent said `end_call`, and the client then stopped or closed.
    Agent,
    /// The client closed without `stop`.
    Closed,
    /// The connection broke, and was not resumed in time where it could have been.
    Lost,
    /// The visitor gave its place back while the line was lost, on which it would have said `stop`.
    Released,
    /// The agent at a URL was not there, was lost, or said `error`.
    AgentLost,
    /// The gateway, told to misbehave, closed or dropped it.
    Fault,
    /// The gateway: a deadline or limit was passed, the place was wanted for the next call, or its own shutdown.
    Gateway,
}

/// One microphone frame.
#[derive(Clone, Debug)]
pub struct MicFrame {
    /// When it came.
    pub at: Instant,
    /// Bytes of PCM.
    pub bytes: usize,
    /// The samples.
    pub samples: Vec<i16>,
}

/// One frame of the agent's speech.
#[derive(Clone, Debug)]
pub struct SentFrame {
    /// When the socket got it.
    pub at: Instant,
    /// The samples.
    pub samples: Vec<i16>,
}

/// One transcript.
#[derive(Clone, Debug)]
pub struct Transcript {
    /// `user` or `assistant`.
    pub role: &'static str,
    /// The words.
    pub text: String,
    /// Increasing within a call.
    pub seq: u64,
    /// When it was sent.
    pub at: Instant,
}

/// One text frame of the client that is not audio.
#[derive(Clone, Debug)]
pub struct ControlFrame {
    /// Its `type`.
    pub kind: String,
    /// The whole frame.
    pub text: String,
    /// When it came.
    pub at: Instant,
}

impl Call {
    /// The call's length by the gateway's measure: from sending `started` to the end.
    pub fn duration(&self) -> Option<Duration> {
        Some(self.ended?.duration_since(self.started?))
    }

    /// All that the microphone sent, in one piece.
    pub fn mic_samples(&self) -> Vec<i16> {
        self.mic
            .iter()
            .flat_map(|f| f.samples.iter().copied())
            .collect()
    }

    /// All that the agent sent, in one piece.
    pub fn sent_samples(&self) -> Vec<i16> {
        self.sent
            .iter()
            .flat_map(|f| f.samples.iter().copied())
            .collect()
    }
}

impl Record {
    /// Requests of a listener to a path, in the order of arrival.
    pub fn requests_to<'a>(
        &'a self,
        listener: ListenerName,
        path: &'a str,
    ) -> impl Iterator<Item = &'a Request> {
        self.requests
            .iter()
            .filter(move |r| r.listener == listener && r.path == path)
    }

    /// A few lines for an error message.
    pub fn summary(&self) -> String {
        let mut text = format!(
            "{} requests, {} tokens, {} releases, {} calls, {} refusals",
            self.requests.len(),
            self.tokens.len(),
            self.releases.len(),
            self.calls.len(),
            self.refusals.len()
        );
        // The last ones tell most; a page load can make dozens.
        for r in self.requests.iter().rev().take(8).rev() {
            let status = r.status.map_or("no answer".to_owned(), |s| s.to_string());
            let _ = write!(
                text,
                "\n  {:?} {} {} → {status}",
                r.listener, r.method, r.path
            );
        }
        for c in &self.calls {
            let _ = write!(
                text,
                "\n  call {} {}: started {}, mic frames {}, sent frames {}, transcripts {}, clears {}, \
                 malformed {}, lost {}, resumed {}, ended by {:?}, close code {:?}",
                c.id,
                c.embed,
                c.started.is_some(),
                c.mic.len(),
                c.sent.len(),
                c.transcripts.len(),
                c.clears.len(),
                c.malformed,
                c.line.lost.len(),
                c.line.resumed.len(),
                c.ended_by,
                c.close_code
            );
        }
        for r in &self.refusals {
            let _ = write!(text, "\n  socket closed {}: {}", r.code, r.reason);
        }
        text
    }
}
