//! What page and session say to each other: a few messages a second, one type for each direction. They cross as objects that
//! serde writes and reads; what cannot be read is left out, never a trap.

use crate::error::ErrorReport;
use serde::{Deserialize, Serialize};

/// All that a call needs to know to connect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// Base of the token endpoint.
    pub api_url: String,
    /// Socket to use when the token's answer names none.
    pub wss_url: String,
    /// The embed's id.
    pub embed_id: String,
    /// The visitor's id.
    pub browser_id: String,
    /// Answer to the page's own bot challenge, if it supplies one.
    pub turnstile_token: Option<String>,
    /// The page came over TLS: then so does the call.
    pub tls_only: bool,
}

/// Page → session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionCommand {
    /// Get a token, and connect once there is sound.
    Connect(Connect),
    /// There is sound; the audio worklet's port travels beside it.
    Join,
    /// The visitor is done: say so, close, release.
    HangUp,
    /// The page is being left: say `stop` and close.
    Leave {
        /// The page knew of the token and has released it.
        released: bool,
    },
    /// The release that the session asked for was answered, or failed for good.
    Released,
    /// Is the session there?
    Ping,
    /// The browser says whether it has no network.
    Offline(bool),
    /// The page is seen again: a line that was lost meanwhile may be taken up now.
    Shown,
}

/// Session → page. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SessionUpdate {
    /// The session is up and listens.
    Ready,
    /// A token was granted; it must be released once.
    Granted,
    /// The agent answers.
    Started,
    /// The line is lost, and is being taken up again.
    Reconnecting,
    /// It is there again.
    Reconnected,
    /// The agent says goodbye; the call is about to end.
    Ending,
    /// The call came to its end. (When that was the page says by its own clock: after a laptop has slept, the clocks of two
    /// realms disagree.)
    Ended,
    /// The call failed, before or after its start, for this reason.
    Failed(ErrorReport),
    /// Something was said.
    Transcript(Transcript),
    /// The token is to be released, by the page: its request outlives it, a Worker's goes down with it.
    Release,
    /// The session is there.
    Pong,
    /// The call is over, and so much was dropped in it.
    Dropped(Dropped),
    /// Nothing is left to do: the socket is closed and the token released.
    Closed,
}

/// Something that was said in a call: the detail of `vocadesk:transcript`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// By whom.
    pub role: Role,
    /// What.
    pub text: String,
    /// Its number: once more with the same one, the text has grown.
    pub seq: u64,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The visitor.
    User,
    /// The agent.
    Assistant,
}

/// What went wrong in a call and was got over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Socket frames that nobody could read.
    pub malformed: u32,
    /// Microphone packets that the socket could not take in time.
    pub late: u32,
}
