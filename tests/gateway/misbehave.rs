//! Ways in which a server can be wrong, so that tests can meet each of them.

use std::time::Duration;

use super::answer::Answer;
use super::gate::Held;

/// Everything wrong at once; the default is nothing wrong. Read anew for each request and socket,
/// so a change never touches a call that is already open.
#[derive(Clone, Debug, Default)]
pub struct Misbehave {
    /// What is wrong with the token answer.
    pub token: Option<TokenFault>,
    /// The token answer, good or bad, is not begun before this is passed.
    pub token_held: Held,
    /// The token is granted at once, and its answer does not leave before this is passed.
    pub grant_held: Held,
    /// No CORS headers on anything of the api: a page's fetch fails as if there were no network.
    pub cors_missing: bool,
    /// `/v1/release` is answered with this HTTP status, and nothing is released.
    pub release_status: Option<u16>,
    /// `/v1/release` is received and never answered.
    pub release_hangs: bool,
    /// A browser's preflight of `/v1/release` is not answered before this is passed.
    pub release_preflight_held: Held,
    /// The socket's upgrade is refused with this HTTP status.
    pub upgrade_status: Option<u16>,
    /// `started` never comes.
    pub started_never: bool,
    /// `started` does not leave before this is passed.
    pub started_held: Held,
    /// Done in this order when the client's `start` has come, before `started`.
    pub before_started: Vec<Act>,
    /// Done in call, each at its time since `started`.
    pub in_call: Vec<(Duration, Act)>,
    /// Nothing that arrives on the socket is acknowledged. (`resumed` tells the truth all the same.)
    pub acks_never: bool,
    /// A socket that would go on with a lost call sooner than this after the loss is closed with 1013, "try again later".
    pub resume_after: Duration,
    /// What is wrong with the answer to a socket that resumes a call.
    pub resume: Option<ResumeFault>,
}

/// What is wrong with the answer to a socket that resumes a call. The call is as it was, and can be resumed once
/// this is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResumeFault {
    /// Closed with this code.
    Close(u16),
    /// Open, and never answered.
    Hangs,
    /// Answered with this text, and with nothing else.
    Text(String),
    /// `resumed`, as if so many more frames had arrived than have. This one does go on.
    Ahead(u32),
}

/// What is wrong with the token answer.
#[derive(Clone, Debug)]
pub enum TokenFault {
    /// This instead.
    Answer(Answer),
    /// 200 and a page of HTML, like a captive portal.
    NotJson,
    /// 200 and JSON without a token.
    LacksFields,
    /// Received, never answered.
    Hangs,
    /// The body ends in the middle, and with it the connection.
    CutOff,
    /// The connection ends without an answer.
    Disconnect,
    /// A good answer for another transport: `dispatchUrl` with `https:`.
    DispatchHttps,
    /// A good answer that calls the socket's URL `dispatchUrl`.
    DispatchWss,
    /// A good answer that names no socket URL at all.
    NoWssUrl,
    /// A good answer that names this socket URL.
    WssUrl(String),
}

/// One thing done on the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A raw text frame.
    Text(String),
    /// A raw binary frame.
    Binary(Vec<u8>),
    /// A frame of JSON that is sent as the server's own are: with a number, where the call has them, and kept until it
    /// is acknowledged.
    Frame(serde_json::Value),
    /// Close with this code. The call is over, also one that could be resumed.
    Close(u16),
    /// Drop the connection without a close frame. The call is over, also one that could be resumed.
    Drop,
    /// The line is lost in this way. A call that can be resumed is kept.
    Lose(Loss),
    /// For so long nothing is read, nothing is written, or neither, while the connection stays.
    Silence {
        /// Nothing is read; what comes waits.
        deaf: bool,
        /// Nothing is written; what is sent waits.
        mute: bool,
        /// From now.
        lasts: Duration,
    },
    /// The last so many numbered frames once more, unasked.
    Again(usize),
    /// So many numbers are left out.
    Skip(u32),
}

/// How a line is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The end of the connection, without a close frame.
    Fin,
    /// A reset.
    Reset,
    /// A close frame with this code.
    Close(u16),
}

impl Act {
    /// The `error` frame of wire version 1.
    pub fn error(message: &str) -> Self {
        Self::Text(serde_json::json!({ "type": "error", "message": message }).to_string())
    }

    /// Silence both ways for so long.
    pub const fn silence(lasts: Duration) -> Self {
        Self::Silence {
            deaf: true,
            mute: true,
            lasts,
        }
    }
}

impl Misbehave {
    /// A token answer of this status with the contract's error body.
    pub fn token_status(status: u16, code: &str) -> Self {
        let body =
            serde_json::json!({ "code": code, "message": format!("the test asked for {code}") });
        Self {
            token: Some(TokenFault::Answer(Answer::new(
                status,
                "application/json",
                body.to_string(),
            ))),
            ..Self::default()
        }
    }

    /// One act at a time since `started`.
    pub fn in_call(after: Duration, act: Act) -> Self {
        Self {
            in_call: vec![(after, act)],
            ..Self::default()
        }
    }

    /// One act in place of `started`.
    pub fn before_started(act: Act) -> Self {
        Self {
            before_started: vec![act],
            started_never: true,
            ..Self::default()
        }
    }
}
