//! What of wire version 2 is taken, where a client offers it.

use serde::Deserialize;

/// One thing that wire version 2 adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feature {
    /// Numbers, acknowledgements, and a call that outlives its socket.
    Resume,
    /// Sound in binary frames.
    Binary,
    /// Sound as Opus, in binary frames.
    Opus,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Resume, Self::Binary, Self::Opus];

    /// As in `start`, `started` and the config.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resume => "resume",
            Self::Binary => "binary",
            Self::Opus => "opus",
        }
    }
}
