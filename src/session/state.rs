//! The life of one call as a pure state machine: token, socket, start, talk, end,
//! release. Time comes in with the events; what is to be done goes out as effects, in order.

mod bounds;
mod closed_socket;
mod last_words;
mod lost_line;
mod pauses;
mod renewal;
mod resumption;

use super::deadlines::{ANSWER_MS, NOT_TAKEN_MS, OFFLINE_MS, RELEASE_MS};
use super::event::{Deadline, Effect, Event, Releaser};
use super::talk_limit::TalkLimit;
use crate::error::{CallError, ErrorReport, foreign_text, without};
use crate::protocol::frames::{self, ServerFrame};
use crate::protocol::http::{Grant, Refusal};
use crate::protocol::session::SessionUpdate;
use pauses::Pauses;
use renewal::TokenAge;
use resumption::Resumption;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing asked for yet.
    Fresh,
    /// The token is on its way.
    Token,
    /// The call is off, and the token is still on its way: it will have to be released.
    TokenUnwanted,
    /// The token is here, the microphone not yet.
    Granted,
    /// The token has expired, and is being released; then another is asked for.
    Renewing,
    /// The socket is on its way.
    Opening,
    /// The socket is open, the agent is not there yet.
    Starting,
    /// Both talk.
    Live,
    /// The agent says goodbye.
    Goodbye,
    /// The agent is done, its last words are still being played.
    Draining,
    /// The token is being released.
    Releasing,
    /// Nothing is left to do.
    Closed,
}

/// One call, from the click to the release.
#[derive(Debug)]
pub struct SessionState {
    phase: Phase,
    /// What must not be shown to anyone.
    token: String,
    /// How old it is.
    token_age: TokenAge,
    /// The socket's address, without the token.
    wss_url: String,
    /// Microphone and speaker run.
    joined: bool,
    /// When all sound received so far will have been played, at the earliest.
    played_out_at_ms: f64,
    /// Sound came in since the last order to drop it.
    has_unplayed: bool,
    /// Texts on their way to the page.
    talk: TalkLimit,
    /// The page was left and has released the token by itself.
    released_by_page: bool,
    /// The page is still there, and waits to be told that all is done.
    page_listens: bool,
    /// The browser says that it has no network.
    offline: bool,
    /// The socket has gone away, with these words: [`GONE_AWAY_MS`].
    gone_away: Option<String>,
    /// The microphone's packets go as binary frames.
    sends_binary: bool,
    /// Opus can be offered.
    has_opus: bool,
    /// Between two tries to take up a line that is lost.
    pauses: Pauses,
    /// What a line that is lost can be taken up with.
    resumption: Option<Resumption>,
    /// What is to be done about the event that is being taken.
    effects: Vec<Effect>,
}

impl Default for SessionState {
    fn default() -> Self {
        Self {
            phase: Phase::Fresh,
            token: String::new(),
            token_age: TokenAge::default(),
            wss_url: String::new(),
            joined: false,
            played_out_at_ms: 0.0,
            has_unplayed: false,
            talk: TalkLimit::default(),
            released_by_page: false,
            page_listens: true,
            offline: false,
            gone_away: None,
            sends_binary: false,
            has_opus: false,
            pauses: Pauses::USUAL,
            resumption: None,
            effects: Vec::new(),
        }
    }
}

impl SessionState {
    /// Whether microphone packets are to be sent.
    pub fn sends_audio(&self) -> bool {
        self.phase == Phase::Live
    }

    /// Whether sound from the agent is to be played.
    pub fn plays_audio(&self) -> bool {
        matches!(self.phase, Phase::Live | Phase::Goodbye)
    }

    /// Whether anything may still be said on the line.
    pub fn has_line(&self) -> bool {
        self.plays_audio() || self.phase == Phase::Draining
    }

    /// Whether sound goes as binary frames.
    pub fn sends_binary(&self) -> bool {
        self.sends_binary
    }

    /// Whether the token request's own answer is still awaited for a call that is off.
    pub fn awaits_unwanted_token(&self) -> bool {
        self.phase == Phase::TokenUnwanted
    }

    /// Takes one event at a time (ms since the Unix epoch) and says what is to be done about it.
    pub fn on(&mut self, event: Event, now_ms: f64) -> Vec<Effect> {
        self.let_talk_out(now_ms);
        match event {
            Event::Connect => self.connect(now_ms),
            Event::HasOpus => self.has_opus = true,
            Event::DelaysSockets => self.pauses = Pauses::FEW,
            Event::Joined => self.joined(now_ms),
            Event::TokenAnswered(answer) => self.token_answered(answer, now_ms),
            Event::TokenUnreachable(why) => self.token_unreachable(&why),
            Event::SocketOpened => self.socket_opened(),
            Event::SocketClosed { code, reason } => self.socket_closed(code, &reason, now_ms),
            Event::Frame(frame) if self.gone_away.is_none() => self.frame(frame, now_ms),
            Event::Frame(_) => {}
            Event::Audio { bytes } => self.audio(bytes, now_ms),
            Event::Drained => self.drained(),
            Event::Late(deadline) => self.late(deadline, now_ms),
            Event::HangUp => self.hang_up(),
            Event::Leave { released } => {
                // A token that the page has not heard of is still ours to release, if there is time.
                self.released_by_page = released && !self.awaits_token();
                self.page_listens = false;
                self.hang_up();
            }
            Event::Released => self.released(now_ms),
            Event::Offline(offline) => self.network_changed(offline, now_ms),
            Event::TryNow => self.try_now(now_ms),
            Event::Silent => self.line_is_silent(now_ms),
            Event::Tick => {}
            Event::NotTaken => self.lost("the socket took nothing", NOT_TAKEN_MS),
        }
        std::mem::take(&mut self.effects)
    }

    /// Notes an effect, after those before it. Not inlined: half of this file is calls of it.
    #[inline(never)]
    fn act(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn report(&mut self, message: SessionUpdate) {
        self.act(Effect::Report(message));
    }

    fn fail(&mut self, error: impl Into<ErrorReport>) {
        self.let_all_talk_out();
        self.report(SessionUpdate::Failed(error.into()));
    }

    fn connect(&mut self, now_ms: f64) {
        if self.phase == Phase::Fresh {
            self.ask_for_token(now_ms);
        }
    }

    /// The agent is not called before there is somebody to be heard.
    fn joined(&mut self, now_ms: f64) {
        self.joined = true;
        if self.phase == Phase::Granted {
            self.use_token(now_ms);
        }
    }

    fn open(&mut self) {
        self.phase = Phase::Opening;
        let url = frames::socket_url(&self.wss_url, &self.token);
        self.act(Effect::OpenSocket(url));
        self.act(Effect::Arm(Deadline::Start, ANSWER_MS));
    }

    fn token_answered(&mut self, answer: Result<Grant, Refusal>, now_ms: f64) {
        let wanted = match self.phase {
            Phase::Token => true,
            Phase::TokenUnwanted => false,
            _ => return,
        };
        let granted = answer
            .as_ref()
            .map_or_else(|refusal| refusal.granted, |_| true);
        if wanted && answer.is_ok() {
            self.act(Effect::Disarm);
        }
        if granted {
            self.report(SessionUpdate::Granted);
        }
        match answer {
            Ok(grant) if wanted => {
                self.phase = Phase::Granted;
                self.wss_url = grant.wss_url;
                self.token = grant.token;
                self.token_age.is_here(now_ms);
                if self.joined {
                    self.use_token(now_ms);
                }
                return;
            }
            Err(refusal) if wanted => self.fail(refusal.error),
            _ => {}
        }
        self.finish(granted);
    }

    /// The answer may have been cut off on its way (WebKit does that to a page that is left, before it tells
    /// the page): the token that it may have granted is released, whether there is one or not.
    fn token_unreachable(&mut self, why: &str) {
        match self.phase {
            Phase::Token => {
                let why = foreign_text(why);
                self.fail(CallError::TokenUnreachable { why });
            }
            Phase::TokenUnwanted => {}
            _ => return,
        }
        self.finish(true);
    }

    fn socket_opened(&mut self) {
        if self.phase == Phase::Opening {
            self.phase = Phase::Starting;
            let start = if self.has_opus {
                frames::START_WITH_OPUS
            } else {
                frames::START
            };
            self.act(Effect::Send(start.to_owned()));
        }
    }

    fn frame(&mut self, frame: ServerFrame, now_ms: f64) {
        match (self.phase, frame) {
            (Phase::Starting, ServerFrame::Started(agreed)) => {
                self.phase = Phase::Live;
                self.played_out_at_ms = now_ms;
                self.agree(agreed, now_ms);
                self.act(Effect::Disarm);
                self.report(SessionUpdate::Started);
                self.network_changed(self.offline, now_ms);
            }
            (Phase::Live | Phase::Goodbye | Phase::Draining, ServerFrame::Clear) => {
                self.clear(now_ms);
            }
            (Phase::Live | Phase::Goodbye | Phase::Draining, ServerFrame::Transcript(detail)) => {
                self.said(detail, now_ms);
            }
            (Phase::Live | Phase::Goodbye, ServerFrame::Resumed(received)) => {
                self.resumed(received, now_ms);
            }
            (Phase::Live, ServerFrame::AgentEnding) => {
                self.phase = Phase::Goodbye;
                self.act(Effect::HushAudio);
                self.report(SessionUpdate::Ending);
                self.await_last_words(now_ms);
            }
            (Phase::Live | Phase::Goodbye, ServerFrame::EndCall) => self.drain(now_ms),
            (Phase::Starting, ServerFrame::EndCall) => {
                self.fail(CallError::EndedBeforeStart);
                self.finish(true);
            }
            (phase, ServerFrame::Error(text)) => {
                let words = self.tokenless(&text);
                let error = match phase {
                    Phase::Starting => CallError::AgentDidNotStart { words },
                    Phase::Live | Phase::Goodbye => CallError::AgentFailed { words },
                    _ => return,
                };
                self.fail(error);
                self.finish(true);
            }
            _ => {}
        }
    }

    fn late(&mut self, deadline: Deadline, now_ms: f64) {
        match (self.phase, deadline) {
            (Phase::Token, Deadline::Token) => {
                self.phase = Phase::TokenUnwanted;
                self.fail(CallError::TokenTimeout);
                self.act(Effect::Arm(Deadline::Release, RELEASE_MS));
            }
            (Phase::Opening | Phase::Starting, Deadline::Start) => {
                self.fail(CallError::StartTimeout);
                self.finish(true);
            }
            (_, Deadline::Line) => self.go_on_trying(now_ms),
            (_, Deadline::Offline) => self.lost("offline", OFFLINE_MS),
            (_, Deadline::GoneAway) => self.has_gone_away(now_ms),
            (Phase::Goodbye, Deadline::Goodbye) => self.no_last_words(now_ms),
            (Phase::Draining, Deadline::Drain) => self.drained(),
            (Phase::Releasing, Deadline::Release) => self.close(),
            (Phase::Renewing, Deadline::Release) => self.renew_unreleased(now_ms),
            // The page may call again; the token is still awaited, to be released if it comes.
            (Phase::TokenUnwanted, Deadline::Release) => {
                self.page_listens = false;
                self.report(SessionUpdate::Closed);
            }
            _ => {}
        }
    }

    fn hang_up(&mut self) {
        match self.phase {
            Phase::Fresh => self.finish(false),
            Phase::Token => {
                self.phase = Phase::TokenUnwanted;
                self.act(Effect::Arm(Deadline::Release, RELEASE_MS));
            }
            Phase::Starting | Phase::Live | Phase::Goodbye | Phase::Draining => {
                self.say_stop();
                self.finish(true);
            }
            Phase::Granted | Phase::Opening => self.finish(true),
            // Its release is on its way.
            Phase::Renewing => self.phase = Phase::Releasing,
            Phase::TokenUnwanted | Phase::Releasing | Phase::Closed => {}
        }
    }

    /// Ends the session's work: closes what is open and releases what is held.
    fn finish(&mut self, granted: bool) {
        self.talk = TalkLimit::default();
        self.act(Effect::CloseSocket);
        if granted && !self.released_by_page {
            self.phase = Phase::Releasing;
            self.act(Effect::Release(if self.page_listens {
                Releaser::Page
            } else {
                Releaser::Session
            }));
            self.act(Effect::Arm(Deadline::Release, RELEASE_MS));
        } else {
            self.close();
        }
    }

    fn close(&mut self) {
        self.phase = Phase::Closed;
        self.act(Effect::Disarm);
        self.report(SessionUpdate::Closed);
    }

    /// The server's words, fit for a message.
    fn tokenless(&self, text: &str) -> String {
        foreign_text(&without(self.resume_token(), &without(&self.token, text)))
    }

    fn released(&mut self, now_ms: f64) {
        if self.token_age.is_answer_to_the_first() {
            return;
        }
        match self.phase {
            Phase::Releasing => self.close(),
            Phase::Renewing => self.ask_for_token(now_ms),
            _ => {}
        }
    }
}
