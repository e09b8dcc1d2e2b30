//! What wire version 2 adds to version 1: offered in `start`, taken in `started`. Pure.

use super::member::Member;

/// The budget of a lost line is the server's, and at most this: a visitor does not wait longer.
pub const MOST_GRACE_MS: u64 = 30_000;

/// A token for resuming is as long as a URL may be, at most.
const MOST_TOKEN_BYTES: usize = 8_000;

/// What the server takes of what we offer; nothing is wire version 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreed {
    /// Sound goes as binary frames.
    pub binary: bool,
    /// Sound may go as Opus, in binary frames.
    pub opus: bool,
    /// A lost line is taken up again.
    pub resume: Option<Resume>,
}

/// What a lost line is taken up with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Opens a new socket for this call, and must not be shown to anyone.
    pub token: String,
    /// How long the server keeps a call whose line is lost.
    pub grace_ms: u64,
}

impl Agreed {
    /// Reads the members of `started`. What was not offered cannot be taken, and what cannot be read is not taken.
    pub fn read(features: &Member, resume: &Member) -> Self {
        let grace_ms = resume
            .member("graceMs")
            .count(u32::MAX.into())
            .map(|grace_ms| grace_ms.min(MOST_GRACE_MS));
        let token = resume
            .member("token")
            .filled()
            .filter(|token| token.len() <= MOST_TOKEN_BYTES);
        let resume = token
            .zip(grace_ms)
            .map(|(token, grace_ms)| Resume { token, grace_ms });
        Self {
            binary: features.lists("binary"),
            opus: features.lists("opus"),
            resume: resume.filter(|_| features.lists("resume")),
        }
    }
}
