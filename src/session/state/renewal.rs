//! A token that has expired before it was used: a prompt of the system's stood for a minute, or the page was asleep. It is
//! released, and another is asked for, once.

use super::{Phase, SessionState};
use crate::session::deadlines::{ANSWER_MS, GOOD_FOR_MS, RELEASE_MS};
use crate::session::event::{Deadline, Effect, Releaser};

/// A microphone that was allowed before starts sooner.
const WAITED_MS: f64 = 1_000.0;

/// How old a call's token is. The server's `expiresAt` is no help: its clock is not the visitor's.
#[derive(Debug, Default)]
pub(super) struct TokenAge {
    /// When it was asked for: it is no older.
    asked_ms: f64,
    /// When it came.
    here_ms: f64,
    /// It was not used at once.
    has_waited: bool,
    /// It was asked for because the first had expired.
    is_second: bool,
    /// Nobody has answered the first one's release in time; the answer may still come.
    first_unanswered: bool,
}

impl TokenAge {
    pub(super) fn is_here(&mut self, now_ms: f64) {
        self.here_ms = now_ms;
    }

    /// Whether a release that is answered is the first token's, late: it says nothing of the second's.
    pub(super) fn is_answer_to_the_first(&mut self) -> bool {
        std::mem::take(&mut self.first_unanswered)
    }
}

impl SessionState {
    pub(super) fn ask_for_token(&mut self, now_ms: f64) {
        self.phase = Phase::Token;
        self.token_age.asked_ms = now_ms;
        self.act(Effect::RequestToken);
        self.act(Effect::Arm(Deadline::Token, ANSWER_MS));
    }

    /// Opens the socket, unless the server would not take the token any more. A second one is the server's to refuse.
    pub(super) fn use_token(&mut self, now_ms: f64) {
        self.token_age.has_waited = now_ms - self.token_age.here_ms >= WAITED_MS;
        if self.has_aged(now_ms) && !self.token_age.is_second {
            self.renew_token();
        } else {
            self.open();
        }
    }

    fn has_aged(&self, now_ms: f64) -> bool {
        now_ms - self.token_age.asked_ms > GOOD_FOR_MS
    }

    /// The server refuses the token: whether it may have expired on us. The clock alone does not know, for some stand still
    /// while the machine sleeps; but a token that was used as soon as it came is refused for another reason.
    pub(super) fn may_renew_token(&self, now_ms: f64) -> bool {
        let is_before_start = matches!(self.phase, Phase::Opening | Phase::Starting);
        let may_be_old = self.token_age.has_waited || self.has_aged(now_ms);
        is_before_start && may_be_old && !self.token_age.is_second
    }

    /// The session releases the old one itself, and does not ask before that was answered: until then it may hold the
    /// visitor's place. For the page it is one token, which is there until the call is over.
    pub(super) fn renew_token(&mut self) {
        self.phase = Phase::Renewing;
        self.token_age.is_second = true;
        self.act(Effect::CloseSocket);
        self.act(Effect::Release(Releaser::Session));
        self.act(Effect::Arm(Deadline::Release, RELEASE_MS));
    }

    /// The first one's release was not answered in time.
    pub(super) fn renew_unreleased(&mut self, now_ms: f64) {
        self.token_age.first_unanswered = true;
        self.ask_for_token(now_ms);
    }

    /// What the page has released meanwhile is not the token that is asked for now.
    pub(super) fn awaits_token(&self) -> bool {
        matches!(
            self.phase,
            Phase::Token | Phase::TokenUnwanted | Phase::Renewing
        )
    }
}
