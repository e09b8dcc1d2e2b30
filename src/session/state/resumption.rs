//! A line that is lost and taken up again (wire version 2, `resume`): one socket after the other is tried, until the server
//! goes on with the call or its budget is used up.

use super::{Phase, SessionState};
use crate::error::CallError;
use crate::protocol::features::{Agreed, Resume};
use crate::protocol::frames;
use crate::protocol::session::SessionUpdate;
use crate::session::deadlines::{SHOW_LOST_MS, TRY_MS};
use crate::session::event::{Deadline, Effect};
use crate::session::line::{Line, SILENT_MS};

/// A call that can be resumed.
#[derive(Debug)]
pub(super) struct Resumption {
    resume: Resume,
    wss_url: String,
    pub line: Line,
    lost: Option<Lost>,
}

/// A line that is lost.
#[derive(Debug)]
struct Lost {
    /// The last sign of life.
    since_ms: f64,
    /// Until when the server keeps the call.
    until_ms: f64,
    /// When the page is to be told.
    show_ms: f64,
    /// How many sockets were tried.
    tries: u32,
    /// When something is to be done about the present try, or the pause after it.
    next_ms: f64,
    is_trying: bool,
    /// The page was told.
    is_shown: bool,
    /// Why the last try came to nothing, or how the line was lost.
    why: String,
}

impl SessionState {
    /// The server has taken so much of wire version 2.
    pub(super) fn agree(&mut self, agreed: Agreed, now_ms: f64) {
        // What was not offered cannot be taken.
        let opus = agreed.opus && self.has_opus;
        self.sends_binary = agreed.binary || opus;
        if opus {
            self.act(Effect::UseOpus);
        }
        let wss_url = std::mem::take(&mut self.wss_url);
        self.resumption = agreed.resume.map(|resume| Resumption {
            resume,
            wss_url,
            line: Line::new(now_ms),
            lost: None,
        });
        if self.resumption.is_some() {
            self.act(Effect::WatchLine);
        }
    }

    /// The line, where it outlives its socket.
    pub fn line(&mut self) -> Option<&mut Line> {
        self.resumption
            .as_mut()
            .map(|resumption| &mut resumption.line)
    }

    /// Whether the line is lost, and may come back.
    pub(super) fn is_lost(&self) -> bool {
        self.lost_line().is_some()
    }

    fn lost_line(&self) -> Option<&Lost> {
        self.resumption.as_ref()?.lost.as_ref()
    }

    /// Whether a frame may be read: of a lost line only the answer to the question where to go on.
    pub fn reads(&self, frame: &frames::ServerFrame) -> bool {
        !self.is_lost() || matches!(frame, frames::ServerFrame::Resumed(_))
    }

    /// The socket is gone, or nothing comes through it any more: whether that is taken care of.
    pub(super) fn lose_line(&mut self, why: String, now_ms: f64) -> bool {
        let talks = self.plays_audio();
        let Some(resumption) = self.resumption.as_mut().filter(|_| talks) else {
            return false;
        };
        self.gone_away = None;
        if let Some(lost) = &mut resumption.lost {
            lost.why = why;
            self.pause_tries(now_ms);
            return true;
        }
        resumption.line.lose();
        // Before the last frame nothing was missed. A close may come a second after it, or ten.
        let since_ms = resumption.line.heard_ms();
        resumption.lost = Some(Lost {
            since_ms,
            until_ms: since_ms + resumption.resume.grace_ms as f64,
            show_ms: now_ms + SHOW_LOST_MS,
            tries: 0,
            next_ms: now_ms,
            is_trying: false,
            is_shown: false,
            why,
        });
        self.go_on_trying(now_ms);
        true
    }

    /// Nothing has arrived for too long.
    pub(super) fn line_is_silent(&mut self, now_ms: f64) {
        if !self.is_lost() {
            let why = format!("no sign of life for {} s", SILENT_MS as u32 / 1_000);
            self.lose_line(why, now_ms);
        }
    }

    /// The network has changed, or the page is seen again: there may be a way now.
    pub(super) fn try_now(&mut self, now_ms: f64) {
        let talks = self.plays_audio();
        let Some(resumption) = self.resumption.as_mut().filter(|_| talks) else {
            return;
        };
        match &mut resumption.lost {
            None => resumption.line.doubt(now_ms),
            Some(lost) => {
                // A try that was begun without a network waits in vain.
                lost.next_ms = now_ms;
                lost.is_trying = false;
                self.go_on_trying(now_ms);
            }
        }
    }

    /// The deadline of a lost line: the next try, the end of one, or of all.
    pub(super) fn go_on_trying(&mut self, now_ms: f64) {
        let talks = self.plays_audio();
        let Some(resumption) = self.resumption.as_mut().filter(|_| talks) else {
            return;
        };
        let Some(lost) = &mut resumption.lost else {
            return;
        };
        if now_ms >= lost.until_ms {
            return self.give_up(now_ms);
        }
        let is_to_be_shown = !lost.is_shown && now_ms >= lost.show_ms;
        lost.is_shown |= is_to_be_shown;
        let is_due = now_ms >= lost.next_ms;
        let was_trying = is_due && lost.is_trying;
        let tries_again = is_due && !lost.is_trying;
        if tries_again {
            lost.tries += 1;
            lost.is_trying = true;
            lost.next_ms = now_ms + TRY_MS;
        }
        let url = tries_again.then(|| {
            frames::resume_url(
                &resumption.wss_url,
                &resumption.resume.token,
                resumption.line.received.last(),
            )
        });
        if is_to_be_shown {
            self.report(SessionUpdate::Reconnecting);
        }
        if was_trying {
            return self.pause_tries(now_ms);
        }
        if let Some(url) = url {
            self.act(Effect::GiveUpSocket);
            self.act(Effect::OpenSocket(url));
        }
        self.await_line(now_ms);
    }

    fn pause_tries(&mut self, now_ms: f64) {
        self.act(Effect::GiveUpSocket);
        if let Some(resumption) = &mut self.resumption
            && let Some(lost) = &mut resumption.lost
        {
            lost.is_trying = false;
            let jitter = jitter(&resumption.resume.token, lost.tries);
            lost.next_ms =
                self.pauses
                    .next_try_ms(now_ms, lost.until_ms, lost.tries, jitter, self.offline);
        }
        self.await_line(now_ms);
    }

    fn await_line(&mut self, now_ms: f64) {
        if let Some(lost) = self.lost_line() {
            let show_ms = if lost.is_shown {
                f64::INFINITY
            } else {
                lost.show_ms
            };
            let next_ms = lost.next_ms.min(lost.until_ms).min(show_ms);
            self.act(Effect::Arm(Deadline::Line, (next_ms - now_ms).max(0.0)));
        }
    }

    /// The server goes on with the call, and says what it has received.
    pub(super) fn resumed(&mut self, received: Option<u32>, now_ms: f64) {
        let Some(resumption) = &mut self.resumption else {
            return;
        };
        let Some(lost) = resumption.lost.take() else {
            return;
        };
        let late = received.map(|received| resumption.line.resume(received, now_ms));
        let Some(Ok(late_ms)) = late else {
            let why = "the server goes on after a frame that was never sent".to_owned();
            self.fail(CallError::ConnectionLost { why });
            return self.finish(true);
        };
        self.act(Effect::Disarm);
        if let Some(late_ms) = late_ms {
            self.act(Effect::Send(frames::late(late_ms)));
        }
        if lost.is_shown {
            self.report(SessionUpdate::Reconnected);
            if self.phase == Phase::Goodbye {
                self.report(SessionUpdate::Ending);
            }
        }
        self.await_last_words(now_ms);
    }

    /// Nothing is sent after that. Of a lost line the request that releases the token says it.
    pub(super) fn say_stop(&mut self) {
        if self.is_lost() {
            return;
        }
        let stop = match self.line() {
            None => frames::STOP.to_owned(),
            Some(line) => frames::numbered_stop(line.sent.last_number()),
        };
        self.act(Effect::Send(stop));
    }

    fn give_up(&mut self, now_ms: f64) {
        if let Some(lost) = self.lost_line() {
            let tried_s = (now_ms - lost.since_ms) as u32 / 1_000;
            let why = format!("{}; tried to come back for {tried_s} s", lost.why);
            self.fail(CallError::ConnectionLost { why });
            self.finish(true);
        }
    }

    /// What the token for resuming is, for messages: it stands in none.
    pub(super) fn resume_token(&self) -> &str {
        self.resumption
            .as_ref()
            .map_or("", |resumption| &resumption.resume.token)
    }
}

/// From 1 to 1.25, another for each call and try: a server that comes back is not run over by all of its callers at once.
fn jitter(token: &str, tries: u32) -> f64 {
    let mixed = token.bytes().fold(tries, |mixed, byte| {
        mixed.wrapping_mul(31).wrapping_add(byte.into())
    });
    1.0 + f64::from(mixed % 256) / 1_024.0
}
