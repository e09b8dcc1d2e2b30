//! A connection on which a test can have a bad line: one that falls silent, ends without a word, or is reset.
//! Of a browser's socket nothing else can: what is done above it always says goodbye.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// The handle on a connection.
#[derive(Clone, Default)]
pub(super) struct Tap(Arc<Mutex<Faults>>);

#[derive(Clone, Copy, Default)]
struct Faults {
    /// Nothing is read before.
    deaf_until: Option<Instant>,
    /// Nothing is written before.
    mute_until: Option<Instant>,
    /// Nothing more is written, and the other side is told so.
    ends: bool,
    /// Instead of an end there is a reset.
    resets: bool,
}

impl Tap {
    /// Nothing is read and nothing written before these times; what comes and goes meanwhile waits.
    pub(super) fn silence(&self, deaf_until: Option<Instant>, mute_until: Option<Instant>) {
        let mut faults = super::lock(&self.0);
        faults.deaf_until = deaf_until;
        faults.mute_until = mute_until;
    }

    /// From the next read on the other side sees the end, though we still read what it sends. (Who closes with
    /// something unread resets.)
    pub(super) fn end(&self) {
        let mut faults = super::lock(&self.0);
        *faults = Faults {
            ends: true,
            ..Faults::default()
        };
    }

    /// When the connection is let go, the other side sees a reset.
    pub(super) fn reset(&self) {
        super::lock(&self.0).resets = true;
    }

    fn faults(&self) -> Faults {
        *super::lock(&self.0)
    }
}

/// The connection itself.
pub(super) struct Tapped {
    stream: TcpStream,
    tap: Tap,
    ended: bool,
    /// Wake who reads or writes when the silence is over.
    deaf: Option<Pin<Box<Sleep>>>,
    mute: Option<Pin<Box<Sleep>>>,
}

impl Tapped {
    pub(super) const fn new(stream: TcpStream, tap: Tap) -> Self {
        Self {
            stream,
            tap,
            ended: false,
            deaf: None,
            mute: None,
        }
    }

    fn end_where_told(&mut self, context: &mut Context<'_>) {
        if !self.ended && self.tap.faults().ends {
            let shut = Pin::new(&mut self.stream).poll_shutdown(context);
            self.ended = shut.is_ready();
        }
    }
}

/// Pending until this time, if there is one.
fn poll_silence(
    until: Option<Instant>,
    sleep: &mut Option<Pin<Box<Sleep>>>,
    context: &mut Context<'_>,
) -> Poll<()> {
    let Some(until) = until.filter(|until| *until > Instant::now()) else {
        *sleep = None;
        return Poll::Ready(());
    };
    let sleep = sleep.get_or_insert_with(|| Box::pin(sleep_until(until)));
    if sleep.deadline() != until {
        sleep.as_mut().reset(until);
    }
    sleep.as_mut().poll(context)
}

impl AsyncRead for Tapped {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.end_where_told(context);
        let until = this.tap.faults().deaf_until;
        std::task::ready!(poll_silence(until, &mut this.deaf, context));
        Pin::new(&mut this.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let until = this.tap.faults().mute_until;
        std::task::ready!(poll_silence(until, &mut this.mute, context));
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let until = this.tap.faults().mute_until;
        std::task::ready!(poll_silence(until, &mut this.mute, context));
        Pin::new(&mut this.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

impl Drop for Tapped {
    fn drop(&mut self) {
        if self.tap.faults().resets {
            let _ = self.stream.set_zero_linger();
        }
    }
}
