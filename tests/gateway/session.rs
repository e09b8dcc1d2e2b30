//! One call on an open socket, from `start` to its end.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::stream::{SplitStream, StreamExt as _};
use tokio::time::{Instant, Sleep, sleep_until};
use uuid::Uuid;

use super::agent::{Agent, Order};
use super::misbehave::{Act, Misbehave};
use super::record::{Call, ControlFrame, EndedBy, MicFrame};
use super::socket::CLOSE_DEADLINE;
use super::token::Claims;
use super::wire::{self, FromClient};
use super::{Shared, lock};

mod writer;
use writer::{Out, Writer};

/// A client has this long for its `start`: it sends it as soon as the socket is open.
const START_DEADLINE: Duration = Duration::from_secs(10);

/// After `end_call` a client has the time that its queue takes to play, and this long to say so.
const FAREWELL_DEADLINE: Duration = Duration::from_secs(5);

/// The agent's beat: a frame's length.
const TICK: Duration = Duration::from_millis(20);

/// A socket with a good token: runs it to its end.
pub(super) async fn run(shared: Arc<Shared>, socket: WebSocket, claims: Claims) {
    let Some(embed) = shared.config.embeds.iter().find(|e| e.id == claims.embed) else {
        // Only a token that a test signed itself can name an embed that does not exist.
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
    let session = Session {
        misbehave,
        writer: Writer::spawn(Arc::clone(&shared), index, sink),
        shared,
        claims,
        index,
        id,
        agent,
        phase: Phase::New,
        said: Duration::ZERO,
        ended: false,
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
    phase: Phase,
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
        let mut timer = Box::pin(sleep_until(Instant::now() + START_DEADLINE));
        while !matches!(self.phase, Phase::Over) {
            tokio::select! {
                message = stream.next() => match message {
                    Some(Ok(message)) => self.receive(message, &mut timer),
                    Some(Err(_)) | None => {
                        self.end(EndedBy::Lost);
                        self.phase = Phase::Over;
                    }
                },
                () = timer.as_mut() => self.alarm(&mut timer),
                _ = closing.wait_for(|closing| *closing), if !self.ended => {
                    self.end(EndedBy::Gateway);
                    self.close(1001, &mut timer);
                }
            }
        }
        self.writer.stop();
    }

    fn receive(&mut self, message: Message, timer: &mut Pin<Box<Sleep>>) {
        match message {
            Message::Text(text) => match wire::read(text.as_str()) {
                Some(FromClient::Audio(samples)) => self.hear(samples, timer),
                Some(frame) => {
                    self.note_control(frame.kind(), text.as_str());
                    self.obey(&frame, timer);
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
                timer.as_mut().reset(Instant::now() + CLOSE_DEADLINE);
                self.phase = Phase::Closing;
            }
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }

    fn obey(&mut self, frame: &FromClient, timer: &mut Pin<Box<Sleep>>) {
        match (frame, self.phase) {
            (FromClient::Start, Phase::New) => {
                self.phase = Phase::Answering;
                for act in std::mem::take(&mut self.misbehave.before_started) {
                    self.act(act, timer);
                }
                if matches!(self.phase, Phase::Answering) {
                    timer
                        .as_mut()
                        .reset(Instant::now() + self.misbehave.started_delay);
                }
            }
            (FromClient::Stop, Phase::Closing | Phase::Over) => {}
            (FromClient::Stop, _) => {
                self.end(EndedBy::Stop);
                self.close(1000, timer);
            }
            _ => {}
        }
    }

    fn hear(&mut self, samples: Vec<i16>, timer: &mut Pin<Box<Sleep>>) {
        let mut orders = Vec::new();
        if let Phase::Talking(since) = self.phase {
            self.agent.hear(&samples, since.elapsed(), &mut orders);
        }
        self.note(|call| {
            call.mic.push(MicFrame {
                at: std::time::Instant::now(),
                bytes: samples.len() * 2,
                samples,
            });
        });
        self.carry_out(orders, timer);
    }

    /// The phase's timer went off.
    fn alarm(&mut self, timer: &mut Pin<Box<Sleep>>) {
        match self.phase {
            Phase::New => {
                self.end(EndedBy::Gateway);
                // 1002, protocol error: a client must begin with `start`.
                self.close(1002, timer);
            }
            Phase::Answering if self.misbehave.started_never => {
                // Sleeps until the client gives up.
                timer
                    .as_mut()
                    .reset(Instant::now() + Duration::from_secs(3600));
            }
            Phase::Answering => {
                self.writer.send(Out::Started(wire::started(&self.id)));
                let (id, embed, agent) = (&self.id, &self.claims.embed, &self.claims.agent);
                let line = || format!("call {id}: started, {embed} answered by {agent}");
                self.shared.recorder.log(line);
                self.phase = Phase::Talking(Instant::now());
                self.tick(timer);
            }
            Phase::Talking(_) => self.tick(timer),
            Phase::Farewell => {
                self.end(EndedBy::Gateway);
                self.close(1000, timer);
            }
            Phase::Closing | Phase::Over => self.phase = Phase::Over,
        }
    }

    fn tick(&mut self, timer: &mut Pin<Box<Sleep>>) {
        let Phase::Talking(since) = self.phase else {
            return;
        };
        let now = since.elapsed();
        timer.as_mut().reset(Instant::now() + TICK);
        let due = self.misbehave.in_call.extract_if(.., |(at, _)| *at <= now);
        for (_, act) in due.collect::<Vec<_>>() {
            self.act(act, timer);
        }
        if matches!(self.phase, Phase::Talking(_)) {
            let mut orders = Vec::new();
            self.agent.tick(now, &mut orders);
            self.carry_out(orders, timer);
        }
    }

    fn carry_out(&mut self, orders: Vec<Order>, timer: &mut Pin<Box<Sleep>>) {
        for order in orders {
            match order {
                Order::Audio(samples) => {
                    let seconds = samples.len() as f64 / f64::from(wire::RATE_HZ);
                    self.said += Duration::from_secs_f64(seconds);
                    self.writer.send(Out::Audio(samples));
                }
                Order::Transcript { role, text } => {
                    let id = &self.id;
                    self.shared
                        .recorder
                        .log(|| format!("call {id}: {role}: {text}"));
                    self.writer.send(Out::Transcript { role, text });
                }
                Order::Clear => {
                    let id = &self.id;
                    self.shared
                        .recorder
                        .log(|| format!("call {id}: talked over, clear"));
                    self.writer.send(Out::Clear);
                }
                Order::AgentEnding => self.writer.send(Out::AgentEnding),
                Order::EndCall => {
                    self.writer.send(Out::EndCall);
                    self.phase = Phase::Farewell;
                    let deadline = self.said + FAREWELL_DEADLINE;
                    timer.as_mut().reset(Instant::now() + deadline);
                }
                Order::Act(act) => self.act(act, timer),
            }
        }
    }

    fn act(&mut self, act: Act, timer: &mut Pin<Box<Sleep>>) {
        match act {
            Act::Text(text) => self.writer.send(Out::Raw(Message::Text(text.into()))),
            Act::Binary(bytes) => self.writer.send(Out::Raw(Message::Binary(bytes.into()))),
            Act::Close(code) => {
                self.end(EndedBy::Fault);
                self.close(code, timer);
            }
            Act::Drop => {
                self.end(EndedBy::Fault);
                self.phase = Phase::Over;
                self.writer.abort();
            }
        }
    }

    fn close(&mut self, code: u16, timer: &mut Pin<Box<Sleep>>) {
        let frame = CloseFrame {
            code,
            reason: "".into(),
        };
        self.writer.send(Out::Raw(Message::Close(Some(frame))));
        timer.as_mut().reset(Instant::now() + CLOSE_DEADLINE);
        self.phase = Phase::Closing;
    }

    /// Writes down the end, the first time; the visitor's place is free from here on.
    fn end(&mut self, by: EndedBy) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let said_goodbye = matches!(self.phase, Phase::Farewell);
        let by = match by {
            EndedBy::Stop | EndedBy::Closed if said_goodbye => EndedBy::Agent,
            by => by,
        };
        self.shared.tokens.end(&self.claims);
        let length = self.note(|call| {
            call.ended = Some(std::time::Instant::now());
            call.ended_by = Some(by);
            call.duration().unwrap_or_default()
        });
        let id = &self.id;
        let line = || {
            format!(
                "call {id}: ended by {by:?} after {:.1} s",
                length.as_secs_f64()
            )
        };
        self.shared.recorder.log(line);
    }

    fn note_control(&self, kind: &str, text: &str) {
        let frame = ControlFrame {
            kind: kind.to_owned(),
            text: text.to_owned(),
            at: std::time::Instant::now(),
        };
        self.note(|call| call.control.push(frame));
    }

    fn note_malformed(&self) {
        self.note(|call| call.malformed += 1);
    }

    fn note<T: Default>(&self, note: impl FnOnce(&mut Call) -> T) -> T {
        self.shared
            .recorder
            .change(|r| r.calls.get_mut(self.index).map(note).unwrap_or_default())
    }
}
