//! A session on a stage: what is around it in a browser is played by this, timers included.

use vocadesk_embed::error::{ErrorCode, ErrorReport, Told};
use vocadesk_embed::protocol::features::{Agreed, Resume};
use vocadesk_embed::protocol::frames::ServerFrame;
use vocadesk_embed::protocol::http::{Grant, Refusal};
use vocadesk_embed::protocol::session::SessionUpdate;
use vocadesk_embed::session::event::{Deadline, Effect, Event, Releaser};
use vocadesk_embed::session::line::Line;
use vocadesk_embed::session::state::SessionState;

pub const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbWJfMSIsImV4cCI6MX0.c2lnbmF0dXJl";

pub const RESUME_TOKEN: &str = "resume-c29tZXRoaW5nIHNlY3JldA";

pub struct Scene {
    session: SessionState,
    pub now_ms: f64,
    /// Everything the session wanted done, in order.
    pub effects: Vec<Effect>,
    /// The last deadline that was armed and neither disarmed nor fired, and when it is due.
    pub armed: Option<(Deadline, f64)>,
    pub token_awaited: bool,
    pub release_awaited: bool,
    pub socket_open: bool,
}

/// The agent answers, by wire version 1.
pub fn started() -> ServerFrame {
    ServerFrame::Started(Agreed::default())
}

pub fn grant() -> Event {
    Event::TokenAnswered(Ok(Grant {
        token: TOKEN.into(),
        wss_url: "wss://voice.example/call".into(),
    }))
}

pub fn refusal(code: ErrorCode, granted: bool) -> Event {
    let error = ErrorReport {
        code,
        message: "refused".to_owned(),
        told: Told::ByCode,
    };
    Event::TokenAnswered(Err(Refusal { error, granted }))
}

pub fn closed(code: u16) -> Event {
    Event::SocketClosed {
        code,
        reason: String::new(),
    }
}

impl Scene {
    pub fn new() -> Self {
        Self {
            session: SessionState::default(),
            now_ms: 1_900_000_000_000.0,
            effects: Vec::new(),
            armed: None,
            token_awaited: false,
            release_awaited: false,
            socket_open: false,
        }
    }

    /// Brings the session one event and does what it says.
    pub fn send(&mut self, event: Event) -> Vec<Effect> {
        match &event {
            Event::TokenAnswered(_) | Event::TokenUnreachable(_) => self.token_awaited = false,
            Event::Released => self.release_awaited = false,
            _ => {}
        }
        let effects = self.session.on(event, self.now_ms);
        for effect in &effects {
            match effect {
                Effect::RequestToken => self.token_awaited = true,
                Effect::OpenSocket(_) => self.socket_open = true,
                Effect::CloseSocket | Effect::GiveUpSocket => self.socket_open = false,
                Effect::Release(_) => self.release_awaited = true,
                Effect::Arm(deadline, delay_ms) => {
                    self.armed = Some((*deadline, self.now_ms + delay_ms));
                }
                Effect::Disarm => self.armed = None,
                _ => {}
            }
        }
        self.effects.extend(effects.clone());
        effects
    }

    /// Waits until the armed deadline passes; false where there is none.
    pub fn fire(&mut self) -> bool {
        let Some((deadline, due_ms)) = self.armed.take() else {
            return false;
        };
        self.now_ms = self.now_ms.max(due_ms);
        self.send(Event::Late(deadline));
        true
    }

    pub fn session(&self) -> &SessionState {
        &self.session
    }

    /// Of a call that can be resumed.
    pub fn line(&mut self) -> &mut Line {
        self.session
            .line()
            .expect("a line that outlives its socket")
    }

    pub fn reports(&self) -> impl Iterator<Item = &SessionUpdate> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Report(report) => Some(report),
            _ => None,
        })
    }

    /// How often the token was to be released, by whomever.
    pub fn releases(&self) -> usize {
        let release = |effect: &&Effect| matches!(effect, Effect::Release(_));
        self.effects.iter().filter(release).count()
    }

    /// What is told and who releases, as one word each; a failure with its code.
    pub fn words(&self) -> Vec<&'static str> {
        let word = |effect: &Effect| match effect {
            Effect::Release(Releaser::Page) => Some("releasing"),
            Effect::Release(Releaser::Session) => Some("releasing-itself"),
            Effect::Report(report) => Some(match report {
                SessionUpdate::Ready => "ready",
                SessionUpdate::Granted => "granted",
                SessionUpdate::Started => "started",
                SessionUpdate::Reconnecting => "reconnecting",
                SessionUpdate::Reconnected => "reconnected",
                SessionUpdate::Ending => "ending",
                SessionUpdate::Ended => "ended",
                SessionUpdate::Failed(error) => error.code.as_str(),
                SessionUpdate::Transcript(_) => "transcript",
                SessionUpdate::Release => "release",
                SessionUpdate::Closed => "closed",
                SessionUpdate::Pong => "pong",
                SessionUpdate::Dropped(_) => "dropped",
            }),
            _ => None,
        };
        self.effects.iter().filter_map(word).collect()
    }

    pub fn failure(&self) -> &ErrorReport {
        let mut failures = self.reports().filter_map(|report| match report {
            SessionUpdate::Failed(error) => Some(error),
            _ => None,
        });
        failures.next().expect("a failure")
    }

    pub fn count(&self, wanted: &Effect) -> usize {
        self.effects
            .iter()
            .filter(|effect| *effect == wanted)
            .count()
    }

    fn then(mut self, event: Event) -> Self {
        self.send(event);
        self
    }

    pub fn asked() -> Self {
        Self::new().then(Event::Connect).then(Event::Joined)
    }

    pub fn opening() -> Self {
        Self::asked().then(grant())
    }

    pub fn starting() -> Self {
        Self::opening().then(Event::SocketOpened)
    }

    pub fn live() -> Self {
        Self::starting().then(Event::Frame(started()))
    }

    /// By wire version 2, with a budget of so many milliseconds.
    pub fn resumable(grace_ms: u64) -> Self {
        Self::resumable_by(RESUME_TOKEN, grace_ms)
    }

    pub fn resumable_by(token: &str, grace_ms: u64) -> Self {
        let resume = Some(Resume {
            token: token.to_owned(),
            grace_ms,
        });
        let agreed = Agreed {
            binary: true,
            opus: false,
            resume,
        };
        Self::starting().then(Event::Frame(ServerFrame::Started(agreed)))
    }

    pub fn goodbye() -> Self {
        Self::live().then(Event::Frame(ServerFrame::AgentEnding))
    }

    pub fn draining() -> Self {
        Self::live().then(Event::Frame(ServerFrame::EndCall))
    }

    pub fn gone_away() -> Self {
        Self::live().then(closed(1001))
    }

    /// Off before the token came.
    pub fn unwanted() -> Self {
        Self::asked().then(Event::HangUp)
    }

    pub fn releasing() -> Self {
        Self::live().then(Event::HangUp)
    }

    pub fn over() -> Self {
        Self::releasing().then(Event::Released)
    }
}
