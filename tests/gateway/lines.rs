//! Calls that can be resumed, by the token that does it. A token resumes its own call, from its own origin, as often
//! as need be, and is void once the call is over.

use std::collections::HashMap;
use std::sync::Mutex;

use axum::extract::ws::WebSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

use super::headcount::Seat;
use super::tap::Tap;
use super::token::Refused;

/// An open socket, and what is held while it is.
pub(super) struct Socket {
    pub(super) socket: WebSocket,
    pub(super) seat: Seat,
    pub(super) tap: Tap,
}

/// A socket that would go on with a call.
pub(super) struct Newcomer {
    pub(super) socket: Socket,
    /// The last number of ours that arrived.
    pub(super) received: u32,
}

/// The calls, by token.
#[derive(Default)]
pub(super) struct Lines(Mutex<HashMap<String, Entry>>);

struct Entry {
    origin: String,
    to: UnboundedSender<Newcomer>,
}

/// What a call that can be resumed has: its token, and the sockets that come with it.
pub(super) struct Resumable {
    pub(super) token: String,
    pub(super) newcomers: UnboundedReceiver<Newcomer>,
}

impl Lines {
    /// A token for a call of this origin's. It waits for newcomers as long as it can be resumed.
    pub(super) fn enter(&self, origin: &str) -> Resumable {
        // 244 bits of the system's randomness: nobody guesses it, and nothing need be signed.
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        // Bounded by the sockets that an address may have open.
        let (to, newcomers) = unbounded_channel();
        let origin = origin.to_owned();
        super::lock(&self.0).insert(token.clone(), Entry { origin, to });
        Resumable { token, newcomers }
    }

    /// The call is over.
    pub(super) fn leave(&self, token: &str) {
        super::lock(&self.0).remove(token);
    }

    /// Whether a page of this origin may resume with this token, and where its socket is handed to.
    pub(super) fn find(
        &self,
        token: &str,
        origin: &str,
    ) -> Result<UnboundedSender<Newcomer>, Refused> {
        match super::lock(&self.0).get(token) {
            None => Err(Refused::Resume("call_unknown")),
            Some(entry) if entry.origin != origin => Err(Refused::Origin),
            Some(entry) => Ok(entry.to.clone()),
        }
    }
}
