//! A line that is lost while nobody says so.

use super::SessionState;
use crate::error::CallError;
use crate::session::deadlines::OFFLINE_MS;
use crate::session::event::{Deadline, Effect};

impl SessionState {
    /// Whether the line can be lost while nobody says so. A socket that has gone away has a deadline of its own.
    /// One that can be taken up again shows by itself whether it is there.
    fn talks(&self) -> bool {
        self.plays_audio() && self.gone_away.is_none() && self.resumption.is_none()
    }

    /// Whether the deadline for the network's return stands.
    pub(super) fn is_awaited_offline(&self) -> bool {
        self.offline && self.resumption.is_none()
    }

    pub(super) fn network_changed(&mut self, offline: bool, now_ms: f64) {
        let changes = self.offline != offline || offline;
        self.offline = offline;
        if changes && !offline {
            self.try_now(now_ms);
        }
        match self.talks() && changes {
            true if offline => self.act(Effect::Arm(Deadline::Offline, OFFLINE_MS)),
            true => {
                self.act(Effect::Disarm);
                self.await_last_words(now_ms);
            }
            false => {}
        }
    }

    pub(super) fn lost(&mut self, how: &str, for_ms: f64) {
        if self.talks() {
            let why = format!("{how} for {} s", for_ms as u32 / 1_000);
            self.fail(CallError::ConnectionLost { why });
            self.finish(true);
        }
    }
}
