//! One call, from `start` to its end: on one open socket, or on several, one after the other.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::Message;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::agent::remote::Remote;
use super::agent::{Agent, Order};
use super::config::limits::duration;
use super::config::{AgentChoice, Feature};
use super::lines::Socket;
use super::misbehave::Misbehave;
use super::record::{Call, EndedBy};
use super::token::Claims;
use super::wire;
use super::{Shared, lock};

mod deeds;
mod hearing;
mod kept;
mod life;
mod line;
mod opus_voice;
mod writer;
use kept::{Kept, newcomer};
use life::{Due, Life};
use line::{Came, Line};
use opus_voice::OpusVoice;
use writer::Out;

/// After `end_call` a client has the time that its queue takes to play, and this long to say so.
const FAREWELL_DEADLINE: Duration = Duration::from_secs(5);

/// Longer than any test: what never happens is due then. (An `Instant` cannot hold `Duration::MAX`.)
const NEVER: Duration = Duration::from_secs(24 * 3600);

/// The agent's beat: a frame's length.
const TICK: Duration = Duration::from_millis(20);

/// A socket with a good token: runs it to its end, or until it is told to leave.
pub(super) async fn run(shared: Arc<Shared>, socket: Socket, claims: Claims, leave: Arc<Notify>) {
    let Some(embed) = shared.config.embeds.iter().find(|e| e.id == claims.embed) else {
        // Only a token that a test signed itself can name an embed that does not exist.
        shared.tokens.places.end(&claims);
        return;
    };
    let call = Call {
        embed: claims.embed.clone(),
        browser: claims.browser.clone(),
        id: Uuid::new_v4().to_string(),
        agent: embed.agent.name(),
        opened: std::time::Instant::now(),
        started: None,
        ended: None,
        ended_by: None,
        close_code: None,
        mic: Vec::new(),
        control: Vec::new(),
        malformed: 0,
        sent: Vec::new(),
        transcripts: Vec::new(),
        clears: Vec::new(),
        agent_ending: None,
        end_call: None,
        agent_faults: Vec::new(),
        line: Default::default(),
    };
    let id = call.id.clone();
    let index = shared.recorder.change(|r| {
        r.calls.push(call);
        r.calls.len() - 1
    });
    let agent: Box<dyn Agent> = match &embed.agent {
        AgentChoice::BuiltIn(kind) => kind.engage(&shared.config.agent),
        AgentChoice::At(url) => Box::new(Remote::new(&shared, index, &id, url)),
    };
    let misbehave = embed
        .misbehave()
        .unwrap_or_else(|| lock(&shared.misbehave).clone());
    let deadlines = &shared.config.deadlines;
    let now = Instant::now();
    let session = Session {
        misbehave,
        line: Some(Line::new(&shared, index, socket)),
        kept: None,
        features: Vec::new(),
        binary: false,
        opus: None,
        claims,
        index,
        id,
        wakes: agent.wakes(),
        agent,
        leave,
        life: Life::new(deadlines, now),
        phase: Phase::New,
        alarm_at: now + duration(deadlines.start_secs),
        said: Duration::ZERO,
        transcripts: 0,
        ended: false,
        shared: Arc::clone(&shared),
    };
    session.run().await;
}

struct Session {
    shared: Arc<Shared>,
    misbehave: Misbehave,
    claims: Claims,
    /// The call's place in the record.
    index: usize,
    id: String,
    /// The socket; `None` while the call waits for the next.
    line: Option<Line>,
    /// What a call has that can be resumed.
    kept: Option<Kept>,
    /// What is taken of wire version 2.
    features: Vec<Feature>,
    /// Sound goes in binary frames.
    binary: bool,
    /// Sound may go as Opus.
    opus: Option<OpusVoice>,
    agent: Box<dyn Agent>,
    /// The agent has something to say between two ticks.
    wakes: Arc<Notify>,
    /// The visitor's place is wanted for the next call.
    leave: Arc<Notify>,
    life: Life,
    phase: Phase,
    /// When the phase has something to do, or has lasted too long.
    alarm_at: Instant,
    /// How long all the agent's speech lasts.
    said: Duration,
    transcripts: u64,
    ended: bool,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Waiting for `start`.
    New,
    /// `start` has come, `started` has not been sent.
    Answering,
    /// In call, since `started`.
    Talking(Instant),
    /// `end_call` was sent.
    Farewell,
    /// A close was sent; reading on until the client's.
    Closing,
    /// Nothing more to do.
    Over,
}

impl Session {
    async fn run(mut self) {
        let mut closing = self.shared.closing.subscribe();
        while !matches!(self.phase, Phase::Over) {
            let (life, ack) = (self.life.next().0, self.ack_due());
            let has_line = self.line.is_some();
            tokio::select! {
                came = Line::next(&mut self.line) => match came {
                    Came::Message(message) => self.receive(message),
                    Came::Stuck if self.kept.is_none() => {
                        self.end(EndedBy::Gateway);
                        self.phase = Phase::Over;
                    }
                    Came::End | Came::Stuck => self.line_is_gone(),
                },
                newcomer = newcomer(&mut self.kept) => self.meet(newcomer),
                () = sleep_until(self.alarm_at) => self.alarm(),
                () = sleep_until(life), if has_line && !self.ended => self.check_life(),
                () = sleep_until(ack.unwrap_or(life)), if ack.is_some() => self.acknowledge(),
                () = self.leave.notified(), if !self.ended => self.is_to_leave(),
                () = self.wakes.notified(), if !self.ended && !self.is_waiting() => self.wake(),
                () = self.misbehave.started_held.passed(), if self.may_start() => self.start(),
                _ = closing.wait_for(|closing| *closing), if !self.ended => {
                    self.end(EndedBy::Gateway);
                    self.close(1001);
                }
            }
        }
    }

    /// The visitor wants the place for the next call, or has hung up where there is no line to say so.
    fn is_to_leave(&mut self) {
        if self.is_waiting() {
            self.end(EndedBy::Released);
            self.phase = Phase::Over;
        } else {
            self.end(EndedBy::Gateway);
            self.close(4409);
        }
    }

    /// The agent has something to say, or takes the call, or does not.
    fn wake(&mut self) {
        match self.phase {
            Phase::Talking(_) => self.tick(),
            Phase::Answering if !self.agent.takes_the_call() => {
                let mut orders = Vec::new();
                self.agent.tick(Duration::ZERO, &mut orders);
                self.carry_out(orders);
            }
            _ => {}
        }
    }

    /// Whether nothing but its gate keeps `started` back.
    fn may_start(&self) -> bool {
        let is_due = matches!(self.phase, Phase::Answering) && !self.misbehave.started_never;
        is_due && self.agent.takes_the_call()
    }

    fn start(&mut self) {
        let resumes = self.features.contains(&Feature::Resume);
        let token = resumes.then(|| self.becomes_resumable());
        let grace_ms = duration(self.shared.config.deadlines.grace_secs).as_millis();
        let grace_ms = u64::try_from(grace_ms).unwrap_or(u64::MAX);
        let resume = token.as_deref().map(|token| (token, grace_ms));
        let names: Vec<_> = self.features.iter().map(|f| f.name()).collect();
        let started = wire::started(&self.id, &names, resume);
        self.note(|call| call.line.features = names);
        let takes_opus = self.features.contains(&Feature::Opus);
        self.opus = takes_opus.then(OpusVoice::new).flatten();
        self.binary = takes_opus || self.features.contains(&Feature::Binary);
        self.send(Out::Started(started));
        let (id, embed, agent) = (&self.id, &self.claims.embed, &self.claims.agent);
        let line = || format!("call {id}: started, {embed} answered by {agent}");
        self.shared.recorder.log(line);
        self.phase = Phase::Talking(Instant::now());
        self.life.started(Instant::now(), resumes);
        self.tick();
    }

    /// Something is due of what the client's life is held to.
    fn check_life(&mut self) {
        let (at, due) = self.life.next();
        let now = Instant::now();
        if now < at {
            return;
        }
        match due {
            Due::Ping => {
                self.life.pinged(now);
                self.send(if self.kept.is_some() {
                    Out::Own(wire::bare("ping"))
                } else {
                    Out::Raw(Message::Ping(Bytes::new()))
                });
            }
            Due::Gone => self.line_is_gone(),
            // As an agent's goodbye: the visitor need not see an error for it.
            Due::TooLong if matches!(self.phase, Phase::Talking(_)) => {
                self.carry_out(vec![Order::EndCall]);
            }
            Due::Silent | Due::TooLong => {
                self.end(EndedBy::Gateway);
                // 1008, policy violation.
                self.close(1008);
            }
        }
    }

    /// The phase's timer went off.
    fn alarm(&mut self) {
        match self.phase {
            _ if self.is_waiting() => {
                self.end(EndedBy::Lost);
                self.phase = Phase::Over;
            }
            Phase::New => {
                self.end(EndedBy::Gateway);
                // 1002, protocol error: a client must begin with `start`.
                self.close(1002);
            }
            Phase::Answering => self.alarm_at = Instant::now() + NEVER,
            Phase::Talking(_) => self.tick(),
            Phase::Farewell => {
                self.end(EndedBy::Gateway);
                self.close(1000);
            }
            Phase::Closing | Phase::Over => self.phase = Phase::Over,
        }
    }

    fn tick(&mut self) {
        let Phase::Talking(since) = self.phase else {
            return;
        };
        let now = since.elapsed();
        self.alarm_at = Instant::now() + TICK;
        let due = self.misbehave.in_call.extract_if(.., |(at, _)| *at <= now);
        let mut due: Vec<_> = due.map(|(_, act)| act).collect();
        due.append(&mut lock(&self.shared.acts));
        for act in due {
            self.act(act);
        }
        if matches!(self.phase, Phase::Talking(_)) {
            let mut orders = Vec::new();
            self.agent.tick(now, &mut orders);
            self.carry_out(orders);
        }
    }
}
