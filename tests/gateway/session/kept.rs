//! A call that outlives its socket: its numbers, how it loses a line, waits, and goes on with another.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::super::config::limits::duration;
use super::super::lines::{Newcomer, Socket};
use super::super::lock;
use super::super::misbehave::{Loss, ResumeFault};
use super::super::numbers::received::Received;
use super::super::numbers::sent_ring::SentRing;
use super::super::record::{EndedBy, Resumed};
use super::super::socket::{CALL_OVER, say_goodbye, turn_away};
use super::super::token::Refused;
use super::super::wire;
use super::line::Line;
use super::writer::Out;
use super::{Phase, Session};

/// What a call has that can be resumed.
pub(super) struct Kept {
    token: String,
    newcomers: UnboundedReceiver<Newcomer>,
    pub(super) sent: SentRing<Arc<Out>>,
    pub(super) received: Received,
    waiting: Option<Waiting>,
}

/// There is no line.
struct Waiting {
    since: Instant,
    /// What the call's timer had left to run.
    alarm_left: Duration,
}

/// The next socket that comes for a call that can be resumed.
pub(super) async fn newcomer(kept: &mut Option<Kept>) -> Newcomer {
    if let Some(kept) = kept
        && let Some(newcomer) = kept.newcomers.recv().await
    {
        return newcomer;
    }
    std::future::pending().await
}

impl Session {
    /// From here on the call can be resumed; gives the token.
    pub(super) fn becomes_resumable(&mut self) -> String {
        let resumable = self.shared.lines.enter(&self.claims.origin);
        let token = resumable.token.clone();
        self.kept = Some(Kept {
            token: resumable.token,
            newcomers: resumable.newcomers,
            sent: SentRing::new(self.shared.config.limits.queued_frames),
            received: Received::default(),
            waiting: None,
        });
        token
    }

    /// The call is over: no token resumes it, and who is on the way to do so is turned away.
    pub(super) fn can_be_resumed_no_more(&mut self) {
        let Some(mut kept) = self.kept.take() else {
            return;
        };
        self.shared.lines.leave(&kept.token);
        kept.newcomers.close();
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            while let Some(newcomer) = kept.newcomers.recv().await {
                turn_away(&shared, newcomer.socket, CALL_OVER).await;
            }
        });
    }

    /// The line is gone. A call that can be resumed waits for the next; any other has ended.
    pub(super) fn line_is_gone(&mut self) {
        self.line = None;
        self.waits_for_a_line();
    }

    /// The line is to be lost in this way.
    pub(super) fn lose_line(&mut self, loss: Loss) {
        if let Some(line) = self.line.take() {
            line.lose(loss);
        }
        if self.kept.is_none() {
            self.end(EndedBy::Fault);
        }
        self.waits_for_a_line();
    }

    /// There is no line now.
    pub(super) fn waits_for_a_line(&mut self) {
        let Some(kept) = &mut self.kept else {
            self.end(EndedBy::Lost);
            self.phase = Phase::Over;
            return;
        };
        if kept.sent.overflowed() {
            self.end(EndedBy::Gateway);
            self.phase = Phase::Over;
            return;
        }
        let now = Instant::now();
        kept.waiting = Some(Waiting {
            since: now,
            alarm_left: self.alarm_at.saturating_duration_since(now),
        });
        self.alarm_at = now + duration(self.shared.config.deadlines.grace_secs);
        // Before it is written down: whoever then releases the place releases one without a line.
        let comes_again = self.shared.tokens.places.set_lost(&self.claims, true);
        self.keep(|call| call.line.lost.push(std::time::Instant::now()));
        let id = &self.id;
        self.shared.recorder.log(|| format!("call {id}: line lost"));
        if !comes_again {
            self.end(EndedBy::Released);
            self.phase = Phase::Over;
        }
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.kept.as_ref().is_some_and(|k| k.waiting.is_some())
    }

    /// When the client is to be told what has arrived.
    pub(super) fn ack_due(&self) -> Option<Instant> {
        let tells = self.line.is_some() && !self.misbehave.acks_never;
        self.kept.as_ref().filter(|_| tells)?.received.due()
    }

    pub(super) fn acknowledge(&mut self) {
        let due = self.ack_due().is_some_and(|at| at <= Instant::now());
        if let Some(kept) = self.kept.as_mut().filter(|_| due) {
            let number = kept.received.tell();
            self.send(Out::Own(wire::ack(number)));
        }
    }

    /// A socket would go on with this call.
    pub(super) fn meet(&mut self, newcomer: Newcomer) {
        let Newcomer { socket, received } = newcomer;
        let lost = self.kept.as_ref().and_then(|kept| kept.waiting.as_ref());
        if lost.is_some_and(|lost| lost.since.elapsed() < self.misbehave.resume_after) {
            // 1013, try again later.
            tokio::spawn(say_goodbye(socket, 1013, ""));
            return;
        }
        self.misbehave.acks_never = lock(&self.shared.misbehave).acks_never;
        let fault = lock(&self.shared.misbehave).resume.clone();
        let ahead = match fault {
            None => 0,
            Some(ResumeFault::Ahead(ahead)) => ahead,
            Some(ResumeFault::Close(code)) => {
                tokio::spawn(say_goodbye(socket, code, ""));
                return;
            }
            Some(ResumeFault::Hangs) => return self.new_line(socket).leave_open(),
            Some(ResumeFault::Text(text)) => {
                let line = self.new_line(socket);
                line.send((None, Arc::new(Out::Raw(text.into()))));
                return line.leave_open();
            }
        };
        let after = self.kept.as_mut().and_then(|kept| {
            let after = kept.sent.after(received)?;
            kept.sent.ack(received);
            Some((after, kept.received.tell()))
        });
        let Some((after, arrived)) = after else {
            let shared = Arc::clone(&self.shared);
            let why = Refused::Resume("received_invalid");
            tokio::spawn(async move { turn_away(&shared, socket, why).await });
            return;
        };
        let line = self.new_line(socket);
        let told = arrived.saturating_add(ahead);
        line.send((None, Arc::new(Out::Own(wire::resumed(told)))));
        for (number, out) in after {
            line.send((Some(number), out));
        }
        let old = self.line.replace(line);
        let took_over = old.is_some();
        if let Some(old) = old {
            old.see_off(Some(4409));
        }
        self.goes_on();
        let resumed = Resumed {
            at: std::time::Instant::now(),
            received,
            told,
            took_over,
            late_ms: None,
        };
        self.keep(|call| {
            call.line.acked = call.line.acked.max(received);
            call.line.resumed.push(resumed);
        });
        let id = &self.id;
        let line = || format!("call {id}: resumed, {received} of ours and {arrived} had arrived");
        self.shared.recorder.log(line);
    }

    fn new_line(&self, socket: Socket) -> Line {
        Line::new(&self.shared, self.index, socket)
    }

    /// With the new line all clocks go on, from where they stood when the old one was lost.
    fn goes_on(&mut self) {
        let now = Instant::now();
        self.life.resumed(now);
        self.shared.tokens.places.set_lost(&self.claims, false);
        let Some(waiting) = self.kept.as_mut().and_then(|kept| kept.waiting.take()) else {
            return;
        };
        self.alarm_at = now + waiting.alarm_left;
        if let Phase::Talking(since) = &mut self.phase {
            *since += now.saturating_duration_since(waiting.since);
        }
    }
}
