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
    /// Close with this code.
    Close(u16),
    /// Drop the connection without a close frame.
    Drop,
}

impl Act {
    /// The `error` frame of wire version 1.
    pub fn error(message: &str) -> Self {
        Self::Text(serde_json::json!({ "type": "error", "message": message }).to_string())
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
