//! A call's socket. In wire version 2 a call may have several, one after the other.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket};
use futures_util::stream::{SplitStream, StreamExt as _};
use tokio::time::{Instant, timeout};

use super::super::Shared;
use super::super::headcount::Seat;
use super::super::lines::Socket;
use super::super::misbehave::Loss;
use super::super::socket::CLOSE_DEADLINE;
use super::super::tap::Tap;
use super::deeds::close_frame;
use super::writer::{Numbered, Out, Writer};

pub(super) struct Line {
    stream: SplitStream<WebSocket>,
    writer: Writer,
    tap: Tap,
    _seat: Seat,
}

/// What a line brings.
pub(super) enum Came {
    Message(Message),
    /// The connection has ended, or is broken.
    End,
    /// The client does not take what it is sent.
    Stuck,
}

impl Line {
    pub(super) fn new(shared: &Arc<Shared>, index: usize, socket: Socket) -> Self {
        let (sink, stream) = socket.socket.split();
        Self {
            stream,
            writer: Writer::spawn(Arc::clone(shared), index, sink),
            tap: socket.tap,
            _seat: socket.seat,
        }
    }

    pub(super) fn send(&self, out: Numbered) {
        self.writer.send(out);
    }

    pub(super) fn give_up(&self) {
        self.writer.give_up();
    }

    /// Until these times nothing is read and nothing written.
    pub(super) fn silence(&self, deaf_until: Option<Instant>, mute_until: Option<Instant>) {
        self.tap.silence(deaf_until, mute_until);
    }

    /// The next thing that comes on it; nothing does where there is no line.
    pub(super) async fn next(line: &mut Option<Self>) -> Came {
        let Some(line) = line else {
            return std::future::pending().await;
        };
        tokio::select! {
            message = line.stream.next() => match message {
                Some(Ok(message)) => Came::Message(message),
                Some(Err(_)) | None => Came::End,
            },
            () = line.writer.gave_up() => Came::Stuck,
        }
    }

    /// Has it closed, where there is a code, and lets it go when the client has closed it too.
    pub(super) fn see_off(self, code: Option<u16>) {
        if let Some(code) = code {
            let close = Out::Raw(Message::Close(Some(close_frame(code))));
            self.send((None, Arc::new(close)));
        }
        self.drain();
    }

    /// Loses it, as a test wants it.
    pub(super) fn lose(self, loss: Loss) {
        match loss {
            Loss::Fin => {
                self.tap.end();
                self.drain();
            }
            Loss::Reset => self.tap.reset(),
            Loss::Close(code) => self.see_off(Some(code)),
        }
    }

    /// Keeps it open without another word, as long as the client does.
    pub(super) fn leave_open(self) {
        tokio::spawn(self.read_out());
    }

    fn drain(self) {
        tokio::spawn(timeout(CLOSE_DEADLINE, self.read_out()));
    }

    /// Reads until there is nothing more.
    async fn read_out(mut self) {
        while let Some(Ok(_)) = self.stream.next().await {}
    }
}
