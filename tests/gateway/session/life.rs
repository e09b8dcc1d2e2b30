//! Whether the client is still there, says anything, and does not stay for ever. Pure: it is told the time.
//!
//! A browser answers pings by itself, also where the page's scripts are dead: a pong says that the line is good, and
//! a frame that somebody is in the call. With `resume` it is the client itself that is asked, by a frame.

use tokio::time::Instant;

use super::super::config::Deadlines;
use super::super::config::limits::duration;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Ask for a sign of life.
    Ping,
    /// There was none: the line is lost.
    Gone,
    /// A microphone is expected, and nothing is said.
    Silent,
    /// The call has lasted as long as any may.
    TooLong,
}

pub(super) struct Life {
    deadlines: Deadlines,
    /// The call can be resumed.
    resumes: bool,
    /// The last ping; with `resume` the last frame that was sent, whatever it was.
    pinged: Instant,
    /// The last sign of life.
    seen: Instant,
    /// The last frame, or what began the wait for one; `None` while none is expected.
    said: Option<Instant>,
    /// The call's last moment; `None` once it is being ended.
    until: Option<Instant>,
}

impl Life {
    pub(super) fn new(deadlines: &Deadlines, now: Instant) -> Self {
        Self {
            deadlines: deadlines.clone(),
            resumes: false,
            pinged: now,
            seen: now,
            said: None,
            until: Some(now + duration(deadlines.call_secs)),
        }
    }

    /// Anything came.
    pub(super) const fn seen(&mut self, now: Instant) {
        self.seen = now;
    }

    /// A frame came.
    pub(super) const fn said(&mut self, now: Instant) {
        if self.said.is_some() {
            self.said = Some(now);
        }
    }

    /// Anything was sent.
    pub(super) const fn sent(&mut self, now: Instant) {
        if self.resumes {
            self.pinged = now;
        }
    }

    pub(super) const fn started(&mut self, now: Instant, resumes: bool) {
        self.said = Some(now);
        self.resumes = resumes;
        self.sent(now);
    }

    /// There is a new line, and all that was waited for is waited for from now.
    pub(super) const fn resumed(&mut self, now: Instant) {
        self.seen(now);
        self.said(now);
        self.sent(now);
    }

    /// After `agent_ending` the client sends no sound.
    pub(super) const fn expects_nothing(&mut self) {
        self.said = None;
    }

    /// The call is being ended, with a deadline of its own.
    pub(super) const fn ends(&mut self) {
        self.said = None;
        self.until = None;
    }

    pub(super) const fn pinged(&mut self, now: Instant) {
        self.pinged = now;
    }

    /// What is due next, and when. Of two at one time the graver.
    pub(super) fn next(&self) -> (Instant, Due) {
        let after = |since: Instant, secs| since + duration(secs);
        let (ping_secs, life_secs) = if self.resumes {
            (self.deadlines.quiet_secs, self.deadlines.line_secs)
        } else {
            (self.deadlines.ping_secs, self.deadlines.life_secs)
        };
        let mut next = (after(self.seen, life_secs), Due::Gone);
        let ping = (after(self.pinged, ping_secs), Due::Ping);
        let silent = self
            .said
            .map(|said| after(said, self.deadlines.silence_secs));
        let silent = silent.map(|at| (at, Due::Silent));
        let too_long = self.until.map(|at| (at, Due::TooLong));
        for other in [silent, too_long, Some(ping)].into_iter().flatten() {
            if other.0 < next.0 {
                next = other;
            }
        }
        next
    }
}
