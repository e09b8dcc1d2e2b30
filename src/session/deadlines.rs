//! How long a call waits for what, in ms: the same figures as in docs/protocol.md.

/// The token's answer, and `started` from the moment the socket is asked for, may take the server ten seconds (the codes
/// `network` and `ws_failed` say so), plus 50 ms for the way there and back.
pub const ANSWER_MS: f64 = 10_050.0;

/// A token lives 60 s (contract §4). One that is older than this when its socket is to be opened may be void when it gets there.
pub const GOOD_FOR_MS: f64 = 55_000.0;

/// The release may take this long before the page may call again: a server that does not answer it
/// must not keep the visitor from a second try.
pub const RELEASE_MS: f64 = 2_000.0;

/// Firefox closes the sockets of a page that is being left before it tells the page (`pagehide`): a socket
/// that goes away is a failure only if the page is still there after so long.
pub const GONE_AWAY_MS: f64 = 1_000.0;

/// After the last queued sound should have been played, `end_call` waits this long for the audio worklet
/// to say so; a suspended AudioContext never does.
pub const DRAIN_SLACK_MS: f64 = 5_000.0;

/// A browser without a network for so long has lost the call: a short change of network is none.
pub const OFFLINE_MS: f64 = 5_000.0;

/// A line that takes nothing of what the microphone gives for so long is lost, though nobody says so.
pub const NOT_TAKEN_MS: f64 = 10_000.0;

/// An agent that has said that it ends, and sends neither a sound nor the end for so long after its last sound, is gone: no
/// microphone is sent any more that could tell of the line.
pub const GOODBYE_MS: f64 = 10_000.0;

/// A line that comes back at once was not lost, for a visitor.
pub const SHOW_LOST_MS: f64 = 500.0;

/// A socket that should take up a lost line has so long to say that it does.
pub const TRY_MS: f64 = 4_000.0;
