//! What happens to a call, and what is to be done about it: what [`SessionState`](super::state::SessionState) takes and
//! gives. Pure.

use crate::protocol::frames::ServerFrame;
use crate::protocol::http::{Grant, Refusal};
use crate::protocol::session::SessionUpdate;

/// What a call can have under way that ends at a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Waiting for the token.
    Token,
    /// Waiting for `started`.
    Start,
    /// Waiting for the agent's last words, or its end.
    Goodbye,
    /// Waiting for the queue to be played out.
    Drain,
    /// Waiting for the release to be answered.
    Release,
    /// Waiting for the page to be left, after its socket.
    GoneAway,
    /// Waiting for the network to come back.
    Offline,
    /// Waiting for a lost line: the next try, the end of one, or of all.
    Line,
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The page asks for a call.
    Connect,
    /// The browser can make Opus and read it.
    HasOpus,
    /// The browser makes a socket wait where others to its server have failed.
    DelaysSockets,
    /// Microphone and speaker run.
    Joined,
    /// The token endpoint answered.
    TokenAnswered(Result<Grant, Refusal>),
    /// The token endpoint was not reached.
    TokenUnreachable(String),
    /// The socket is open.
    SocketOpened,
    /// The socket closed, or could not be opened.
    SocketClosed {
        /// RFC 6455 close code, 1006 where there was none.
        code: u16,
        /// The server's own words; empty where it gave none.
        reason: String,
    },
    /// A frame came in; sound is told by its length alone, its bytes go straight to the audio worklet.
    Frame(ServerFrame),
    /// Sound came in, this many bytes of it.
    Audio {
        /// Length of the PCM.
        bytes: usize,
    },
    /// The audio worklet has played out its queue.
    Drained,
    /// A deadline passed.
    Late(Deadline),
    /// The visitor hangs up.
    HangUp,
    /// The page is being left.
    Leave {
        /// It has released the token itself.
        released: bool,
    },
    /// The release was answered, or failed for good.
    Released,
    /// The browser says whether it has no network.
    Offline(bool),
    /// Time has passed, while texts wait.
    Tick,
    /// The socket has taken nothing of the microphone's for too long.
    NotTaken,
    /// Nothing has arrived for too long (wire version 2).
    Silent,
    /// There may be a way to a server that was out of reach: the page is seen again.
    TryNow,
}

/// Who sends the request that releases the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Releaser {
    /// The page, as long as it is there: only its requests outlive it.
    Page,
    /// The session, when the page is gone or was told that all is done, or when the call goes on with another token.
    Session,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask for a token.
    RequestToken,
    /// Open the socket.
    OpenSocket(String),
    /// Send this text frame.
    Send(String),
    /// Sound goes as Opus from now on, as long as the browser makes it.
    UseOpus,
    /// Look after the line from now on: it outlives its socket.
    WatchLine,
    /// Close the socket with code 1000; its events count no more.
    CloseSocket,
    /// The same with another code, for another socket takes its place: 1000 would end the call, however late it arrives.
    GiveUpSocket,
    /// Tell the audio worklet to drop its queue.
    ClearAudio,
    /// Tell the audio worklet to answer once its queue is played.
    DrainAudio,
    /// Tell the audio worklet to send no more microphone packets.
    HushAudio,
    /// Send [`Event::Late`] with this deadline after so many milliseconds; replaces the one before.
    Arm(Deadline, f64),
    /// Forget the deadline.
    Disarm,
    /// Release the token.
    Release(Releaser),
    /// Tell the page.
    Report(SessionUpdate),
}
