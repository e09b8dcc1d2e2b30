//! The agent ends the call: it says goodbye, and what it has said is played to the end.

use super::{Phase, SessionState};
use crate::protocol::session::SessionUpdate;
use crate::session::deadlines::{DRAIN_SLACK_MS, GOODBYE_MS};
use crate::session::event::{Deadline, Effect};

impl SessionState {
    /// The agent says goodbye, and there it must not stay for ever. Without a network the deadline for that stands.
    pub(super) fn await_last_words(&mut self, now_ms: f64) {
        let has_deadline = self.gone_away.is_some() || self.is_lost() || self.is_awaited_offline();
        if self.phase == Phase::Goodbye && !has_deadline {
            self.played_out_at_ms = self.played_out_at_ms.max(now_ms);
            self.arm_goodbye(now_ms);
        }
    }

    /// More may have been said since the deadline was set.
    pub(super) fn no_last_words(&mut self, now_ms: f64) {
        if now_ms < self.played_out_at_ms + GOODBYE_MS {
            self.arm_goodbye(now_ms);
        } else {
            self.drain(now_ms);
        }
    }

    fn arm_goodbye(&mut self, now_ms: f64) {
        let delay_ms = self.played_out_at_ms + GOODBYE_MS - now_ms;
        self.act(Effect::Arm(Deadline::Goodbye, delay_ms));
    }

    /// The agent is done: let its last words be heard.
    pub(super) fn drain(&mut self, now_ms: f64) {
        self.act(Effect::HushAudio);
        self.act(Effect::DrainAudio);
        if self.phase == Phase::Live {
            self.report(SessionUpdate::Ending);
        }
        self.phase = Phase::Draining;
        let rest_ms = (self.played_out_at_ms - now_ms).max(0.0);
        self.act(Effect::Arm(Deadline::Drain, rest_ms + DRAIN_SLACK_MS));
    }

    pub(super) fn drained(&mut self) {
        if self.phase == Phase::Draining {
            self.let_all_talk_out();
            self.report(SessionUpdate::Ended);
            self.finish(true);
        }
    }
}
