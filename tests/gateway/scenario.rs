//! What goes wrong with every call of an embed, by name: a page that asks for it by the embed's id disturbs nobody else's.

use std::time::Duration;

use serde::Deserialize;

use super::gate::Held;
use super::misbehave::{Act, Loss, Misbehave, TokenFault};

/// Long enough to see each state on the way, and shorter than any deadline of the client's.
const SLOW: Duration = Duration::from_millis(2_500);

/// So long into a call something happens to it: the agent has begun to speak.
const IN_CALL: Duration = Duration::from_secs(3);

/// A lost line is kept from coming back for so long.
const AWAY: Duration = Duration::from_secs(3);

/// The names, as the config has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// The token and the agent let wait.
    Slow,
    /// The line breaks in a call, and can be taken up again after a while.
    LineBreaks,
    /// The line breaks for good.
    LineLost,
    /// The agent fails in a call.
    AgentFails,
    /// No token: the origin is not allowed.
    TokenRefused,
    /// No token: the visitor has a call open.
    Concurrent,
    /// The token request is not answered at all.
    NoAnswer,
    /// The socket is closed before the call begins.
    SocketClosed,
}

impl Scenario {
    /// What the next request or socket of the embed meets. What waits for a time waits from now.
    pub(super) fn misbehave(self) -> Misbehave {
        match self {
            Self::Slow => Misbehave {
                token_held: Held::for_a_time(SLOW),
                started_held: Held::for_a_time(SLOW),
                ..Misbehave::default()
            },
            Self::LineBreaks => Misbehave {
                resume_after: AWAY,
                ..Misbehave::in_call(IN_CALL, Act::Lose(Loss::Reset))
            },
            Self::LineLost => Misbehave::in_call(IN_CALL, Act::Drop),
            Self::AgentFails => Misbehave::in_call(IN_CALL, Act::error("the agent has failed")),
            Self::TokenRefused => Misbehave::token_status(403, "origin_not_allowed"),
            Self::Concurrent => Misbehave::token_status(409, "concurrent_call_active"),
            Self::NoAnswer => Misbehave {
                token: Some(TokenFault::Disconnect),
                ..Misbehave::default()
            },
            Self::SocketClosed => Misbehave::before_started(Act::Close(1011)),
        }
    }
}
