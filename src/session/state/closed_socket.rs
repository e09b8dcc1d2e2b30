//! A socket that closes: what that means for the call.

use super::{Phase, SessionState};
use crate::error::CallError;
use crate::session::deadlines::GONE_AWAY_MS;
use crate::session::event::{Deadline, Effect};

/// RFC 6455: the server goes down, or the browser leaves the page.
const GOING_AWAY: u16 = 1001;

/// The token is used, released or expired (docs/protocol.md).
const TOKEN_REFUSED: u16 = 4401;

impl SessionState {
    pub(super) fn socket_closed(&mut self, code: u16, reason: &str, now_ms: f64) {
        let open = matches!(
            self.phase,
            Phase::Opening | Phase::Starting | Phase::Live | Phase::Goodbye
        );
        if code == GOING_AWAY && open && self.gone_away.is_none() && !self.is_lost() {
            self.gone_away = Some(reason.to_owned());
            return self.act(Effect::Arm(Deadline::GoneAway, GONE_AWAY_MS));
        }
        if code == TOKEN_REFUSED && self.may_renew_token(now_ms) {
            return self.renew_token();
        }
        let why = match self.tokenless(reason) {
            words if words.is_empty() => code.to_string(),
            words => format!("{code}: {words}"),
        };
        let error = match (self.phase, code) {
            (Phase::Opening | Phase::Starting | Phase::Live | Phase::Goodbye, 4409) => {
                CallError::CallOpenElsewhere { why }
            }
            (Phase::Opening | Phase::Starting, 4401 | 4403) => {
                CallError::SocketRefusedToken { why }
            }
            (Phase::Opening, _) => CallError::SocketNotOpened { why },
            (Phase::Starting, _) => CallError::SocketClosedEarly { why },
            // A server that closes in good order has said all it had to say.
            (Phase::Live | Phase::Goodbye, 1000) if !self.is_lost() => return self.drain(now_ms),
            (Phase::Live | Phase::Goodbye, code) => {
                let may_resume = !matches!(code, 4401 | 4403 | 4404);
                if may_resume && self.lose_line(why.clone(), now_ms) {
                    return;
                }
                CallError::ConnectionLost { why }
            }
            _ => return,
        };
        self.fail(error);
        self.finish(true);
    }

    /// The page is still there, after its socket.
    pub(super) fn has_gone_away(&mut self, now_ms: f64) {
        if let Some(why) = self.gone_away.clone() {
            self.socket_closed(GOING_AWAY, &why, now_ms);
        }
    }
}
