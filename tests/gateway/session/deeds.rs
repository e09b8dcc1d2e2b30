//! What a session does on its socket and writes into the record; when it does so is `session.rs`'s.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message};
use tokio::time::Instant;

use super::super::agent::Order;
use super::super::misbehave::Act;
use super::super::record::{Call, ControlFrame, EndedBy};
use super::super::socket::CLOSE_DEADLINE;
use super::super::wire;
use super::line::Line;
use super::writer::{Coding, Out};
use super::{FAREWELL_DEADLINE, Phase, Session};

pub(super) fn close_frame(code: u16) -> CloseFrame {
    CloseFrame {
        code,
        reason: "".into(),
    }
}

impl Session {
    pub(super) fn carry_out(&mut self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Audio(samples) => {
                    let seconds = samples.len() as f64 / f64::from(wire::RATE_HZ);
                    self.said += Duration::from_secs_f64(seconds);
                    let out = self.coded(samples);
                    self.send(out);
                }
                Order::Transcript { role, text } => {
                    let id = &self.id;
                    self.shared
                        .recorder
                        .log(|| format!("call {id}: {role}: {text}"));
                    self.transcripts += 1;
                    let seq = self.transcripts;
                    self.send(Out::Transcript { role, text, seq });
                }
                Order::Said { role, text, seq } => self.send(Out::Transcript { role, text, seq }),
                Order::Clear => {
                    let id = &self.id;
                    self.shared
                        .recorder
                        .log(|| format!("call {id}: talked over, clear"));
                    self.send(Out::Clear);
                }
                Order::AgentEnding => {
                    self.send(Out::AgentEnding);
                    self.life.expects_nothing();
                }
                Order::EndCall => {
                    self.life.ends();
                    self.send(Out::EndCall);
                    self.phase = Phase::Farewell;
                    let deadline = self.said + FAREWELL_DEADLINE;
                    self.alarm_at = Instant::now() + deadline;
                }
                Order::Fail(why) => {
                    self.send(Out::Frame(wire::error(&why)));
                    self.end(EndedBy::AgentLost);
                    // 1011, the server cannot go on.
                    self.close(1011);
                }
                Order::Act(act) => self.act(act),
            }
        }
    }

    /// As the client is spoken to now.
    fn coded(&mut self, samples: Vec<i16>) -> Out {
        let opus = self.opus.as_mut();
        if let Some((packets, samples)) = opus.and_then(|opus| opus.encode(&samples)) {
            let coding = Coding::Opus(packets);
            return Out::Audio { samples, coding };
        }
        let coding = if self.binary {
            Coding::Binary
        } else {
            Coding::Text
        };
        Out::Audio { samples, coding }
    }

    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::Text(text) => self.send(Out::Raw(Message::Text(text.into()))),
            Act::Binary(bytes) => self.send(Out::Raw(Message::Binary(bytes.into()))),
            Act::Frame(frame) => self.send(Out::Frame(frame)),
            Act::Close(code) => {
                self.end(EndedBy::Fault);
                self.close(code);
            }
            Act::Drop => {
                self.end(EndedBy::Fault);
                self.phase = Phase::Over;
            }
            Act::Lose(loss) => self.lose_line(loss),
            Act::Silence { deaf, mute, lasts } => {
                let until = Instant::now() + lasts;
                if let Some(line) = &self.line {
                    line.silence(deaf.then_some(until), mute.then_some(until));
                }
            }
            Act::Again(count) => {
                if let (Some(line), Some(kept)) = (&self.line, &self.kept) {
                    for (number, out) in kept.sent.newest(count) {
                        line.send((Some(number), out));
                    }
                }
            }
            Act::Skip(count) => {
                if let Some(kept) = &mut self.kept {
                    kept.sent.skip(count);
                }
            }
        }
    }

    /// Sends it on the line, if there is one, and keeps it for the next where it has a number.
    pub(super) fn send(&mut self, out: Out) {
        let out = Arc::new(out);
        let number = match &mut self.kept {
            Some(kept) if out.is_numbered() => {
                let Some(number) = kept.sent.push(Arc::clone(&out)) else {
                    // Nobody can be sent what is not kept: the loop sees to the end.
                    return self.line.iter().for_each(Line::give_up);
                };
                Some(number)
            }
            _ => None,
        };
        if let Some(line) = &self.line {
            line.send((number, out));
            self.life.sent(Instant::now());
        }
    }

    pub(super) fn close(&mut self, code: u16) {
        if self.line.is_none() {
            self.phase = Phase::Over;
            return;
        }
        self.send(Out::Raw(Message::Close(Some(close_frame(code)))));
        self.alarm_at = Instant::now() + CLOSE_DEADLINE;
        self.phase = Phase::Closing;
    }

    /// Writes down the end, the first time; the visitor's place is free from here on.
    pub(super) fn end(&mut self, by: EndedBy) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let said_goodbye = matches!(self.phase, Phase::Farewell);
        let by = match by {
            EndedBy::Stop | EndedBy::Closed | EndedBy::Released if said_goodbye => EndedBy::Agent,
            by => by,
        };
        let length = self.note(|call| {
            call.ended = Some(std::time::Instant::now());
            call.ended_by = Some(by);
            call.duration().unwrap_or_default()
        });
        self.can_be_resumed_no_more();
        // Written down before the next call may begin.
        self.shared.tokens.places.end(&self.claims);
        let id = &self.id;
        let line = || {
            format!(
                "call {id}: ended by {by:?} after {:.1} s",
                length.as_secs_f64()
            )
        };
        self.shared.recorder.log(line);
    }

    pub(super) fn note_control(&self, kind: &str, text: &str) {
        let frame = ControlFrame {
            kind: kind.to_owned(),
            text: text.to_owned(),
            at: std::time::Instant::now(),
        };
        self.keep(|call| call.control.push(frame));
    }

    pub(super) fn note_malformed(&self) {
        self.note(|call| call.malformed += 1);
    }

    /// Notes what nobody needs but who looks at the record.
    pub(super) fn keep(&self, what: impl FnOnce(&mut Call)) {
        self.shared.recorder.keep(|r| {
            if let Some(call) = r.calls.get_mut(self.index) {
                what(call);
            }
        });
    }

    pub(super) fn note<T: Default>(&self, note: impl FnOnce(&mut Call) -> T) -> T {
        self.shared
            .recorder
            .change(|r| r.calls.get_mut(self.index).map(note).unwrap_or_default())
    }
}
