//! One call on an open socket, from `start` to its end.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use futures_util::stream::{SplitStream, StreamExt as _};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::agent::{Agent, Order};
use super::config::limits::duration;
use super::misbehave::Misbehave;
use super::record::{Call, EndedBy, MicFrame};
use super::socket::CLOSE_DEADLINE;
use super::token::Claims;
use super::wire::{self, FromClient};
use super::{Shared, lock};

mod deeds;
mod life;
mod writer;
use life::{Due, Life};
use writer::{Out, Writer};

/// After `end_call` a client has the time that its queue takes to play, and this long to say so.
const FAREWELL_DEADLINE: Duration = Duration::from_secs(5);

/// Longer than any test: what never happens is due then. (An `Instant` cannot hold `Duration::MAX`.)
const NEVER: Duration = Duration::from_secs(24 * 3600);

/// The agent's beat: a frame's length.
const TICK: Duration = Duration::from_millis(20);

/// A socket with a good token: runs it to its end, or until it is told to leave.
pub(super) async fn run(
    shared: Arc<Shared>,
    socket: WebSocket,
    claims: Claims,
    leave: Arc<Notify>,
) {
    let Some(embed) = shared.config.embeds.iter().find(|e| e.id == claims.embed) else {
        // Only a token that a test signed itself can name an embed that does not exist.
        shared.tokens.places.end(&claims);
        return;
    };
    let agent = embed.agent.engage(&shared.config.agent);
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
    };
    let id = call.id.clone();
    let index = shared.recorder.change(|r| {
        r.calls.push(call);
        r.calls.len() - 1
    });
    let misbehave = lock(&shared.misbehave).clone();
    let (sink, stream) = socket.split();
    let deadlines = &shared.config.deadlines;
    let now = Instant::now();
    let session = Session {
        misbehave,
        writer: Writer::spawn(Arc::clone(&shared), index, sink),
        claims,
        index,
        id,
        agent,
        leave,
        life: Life::new(deadlines, now),
        phase: Phase::New,
        alarm_at: now + duration(deadlines.start_secs),
        said: Duration::ZERO,
        ended: false,
        shared: Arc::clone(&shared),
    };
    session.run(stream).await;
}

struct Session {
    shared: Arc<Shared>,
    misbehave: Misbehave,
    claims: Claims,
    /// The call's place in the record.
    index: usize,
    id: String,
    writer: Writer,
    agent: Box<dyn Agent>,
    /// The visitor's place is wanted for the next call.
    leave: Arc<Notify>,
    life: Life,
    phase: Phase,
    /// When the phase has something to do, or has lasted too long.
    alarm_at: Instant,
    /// How long all the agent's speech lasts.
    said: Duration,
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
    async fn run(mut self, mut stream: SplitStream<WebSocket>) {
        let mut closing = self.shared.closing.subscribe();
        while !matches!(self.phase, Phase::Over) {
            tokio::select! {
                message = stream.next() => match message {
                    Some(Ok(message)) => self.receive(message),
                    Some(Err(_)) | None => {
                        self.end(EndedBy::Lost);
                        self.phase = Phase::Over;
                    }
                },
                () = sleep_until(self.alarm_at) => self.alarm(),
                () = sleep_until(self.life.next().0), if !self.ended => self.check_life(),
                () = self.writer.gave_up() => {
                    self.end(EndedBy::Gateway);
                    self.phase = Phase::Over;
                }
                () = self.leave.notified(), if !self.ended => {
                    self.end(EndedBy::Gateway);
                    self.close(4409);
                }
                () = self.misbehave.started_held.passed(), if self.may_start() => self.start(),
                _ = closing.wait_for(|closing| *closing), if !self.ended => {
                    self.end(EndedBy::Gateway);
                    self.close(1001);
                }
            }
        }
        // Also when the client never read what was queued: nothing may wait for it for ever.
        self.writer.abort();
    }

    fn receive(&mut self, message: Message) {
        self.life.seen(Instant::now());
        if matches!(message, Message::Text(_)) {
            self.life.said(Instant::now());
        }
        match message {
            Message::Text(text) => match wire::read(text.as_str()) {
                Some(FromClient::Audio(samples)) => self.hear(samples),
                Some(frame) => {
                    self.note_control(frame.kind(), text.as_str());
                    self.obey(&frame);
                }
                None => self.note_malformed(),
            },
            Message::Binary(_) => self.note_malformed(),
            Message::Close(frame) => {
                // 1005: what a browser reports for a close without a code.
                let code = frame.map_or(1005, |f| f.code);
                self.note(|call| call.close_code = Some(code));
                self.end(EndedBy::Closed);
                // Read on: the next read sends the answering close.
                self.alarm_at = Instant::now() + CLOSE_DEADLINE;
                self.phase = Phase::Closing;
            }
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }

    fn obey(&mut self, frame: &FromClient) {
        match (frame, self.phase) {
            (FromClient::Start, Phase::New) => {
                self.phase = Phase::Answering;
                for act in std::mem::take(&mut self.misbehave.before_started) {
                    self.act(act);
                }
                // Its gate, or the client's patience.
                if matches!(self.phase, Phase::Answering) {
                    self.alarm_at = Instant::now() + NEVER;
                }
            }
            (FromClient::Stop, Phase::Closing | Phase::Over) => {}
            (FromClient::Stop, _) => {
                self.end(EndedBy::Stop);
                self.close(1000);
            }
            _ => {}
        }
    }

    fn hear(&mut self, samples: Vec<i16>) {
        let mut orders = Vec::new();
        if let Phase::Talking(since) = self.phase {
            self.agent.hear(&samples, since.elapsed(), &mut orders);
        }
        self.keep(|call| {
            call.mic.push(MicFrame {
                at: std::time::Instant::now(),
                bytes: samples.len() * 2,
                samples,
            });
        });
        self.carry_out(orders);
    }

    /// Whether nothing but its gate keeps `started` back.
    fn may_start(&self) -> bool {
        matches!(self.phase, Phase::Answering) && !self.misbehave.started_never
    }

    fn start(&mut self) {
        self.writer.send(Out::Started(wire::started(&self.id)));
        let (id, embed, agent) = (&self.id, &self.claims.embed, &self.claims.agent);
        let line = || format!("call {id}: started, {embed} answered by {agent}");
        self.shared.recorder.log(line);
        self.phase = Phase::Talking(Instant::now());
        self.life.started(Instant::now());
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
                self.writer.send(Out::Raw(Message::Ping(Bytes::new())));
            }
            Due::Gone => {
                self.end(EndedBy::Lost);
                self.phase = Phase::Over;
            }
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
