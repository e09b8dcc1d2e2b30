//! What a session makes of what comes on its line.

use axum::extract::ws::Message;
use tokio::time::Instant;

use super::super::config::Feature;
use super::super::numbers::received::Arrival;
use super::super::record::{EndedBy, MicFrame};
use super::super::socket::CLOSE_DEADLINE;
use super::super::wire::{self, FromClient, Number, Read};
use super::writer::Out;
use super::{NEVER, Phase, Session};

impl Session {
    pub(super) fn receive(&mut self, message: Message) {
        self.life.seen(Instant::now());
        match message {
            Message::Text(text) => {
                let read = wire::read(text.as_str());
                if read
                    .as_ref()
                    .is_none_or(|read| !self.is_about_the_line(read))
                {
                    self.life.said(Instant::now());
                }
                match read {
                    Some(read) => self.hear_frame(read, text.as_str()),
                    None => self.note_malformed(),
                }
            }
            Message::Binary(bytes) if self.binary => {
                self.life.said(Instant::now());
                match wire::read_binary(&bytes, self.opus.is_some()) {
                    Some(read) => self.hear_frame(read, ""),
                    None => self.note_malformed(),
                }
            }
            Message::Binary(_) => self.note_malformed(),
            Message::Close(frame) => {
                // 1005: what a browser reports for a close without a code.
                let code = frame.map_or(1005, |f| f.code);
                self.note(|call| call.close_code = Some(code));
                self.is_closed(code);
            }
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }

    /// The client has closed the socket. With 1000 it says that the call is over; with any other code only the line
    /// is, where the call can be resumed.
    fn is_closed(&mut self, code: u16) {
        if self.kept.is_some() && code != 1000 {
            if let Some(line) = self.line.take() {
                line.see_off(None);
            }
            return self.waits_for_a_line();
        }
        self.end(EndedBy::Closed);
        // Read on: the next read sends the answering close.
        self.alarm_at = Instant::now() + CLOSE_DEADLINE;
        self.phase = Phase::Closing;
    }

    /// A frame of wire version 2 that has no number: it says nothing in the call.
    fn is_about_the_line(&self, read: &Read) -> bool {
        use FromClient::{Ack, Late, Ping, Pong};
        self.kept.is_some() && matches!(read.frame, Ack | Late | Ping | Pong)
    }

    fn hear_frame(&mut self, read: Read, text: &str) {
        if self.is_about_the_line(&read) {
            return self.hear_about_the_line(&read);
        }
        let has_number = !matches!(read.frame, FromClient::Start(_));
        if has_number && self.kept.is_some() && !self.takes(read.number) {
            return;
        }
        match read.frame {
            FromClient::Audio(Some(samples)) => {
                if let Some(opus) = &mut self.opus {
                    opus.hears_opus = false;
                }
                self.hear(samples);
            }
            FromClient::Opus(Some(packets)) => self.hear_opus(&packets),
            FromClient::Audio(None) | FromClient::Opus(None) => self.note_malformed(),
            frame => {
                self.note_control(frame.kind(), text);
                self.obey(&frame, text);
            }
        }
    }

    fn hear_about_the_line(&mut self, read: &Read) {
        match (&read.frame, read.number, read.ms) {
            (FromClient::Ack, Number::Is(number), _) => {
                let known = self.kept.as_mut().is_some_and(|k| k.sent.ack(number));
                if known {
                    self.keep(|call| call.line.acked = call.line.acked.max(number));
                } else {
                    self.note_malformed();
                }
            }
            (FromClient::Ping, ..) => {
                self.keep(|call| call.line.pings += 1);
                self.send(Out::Own(wire::bare("pong")));
            }
            (FromClient::Pong, ..) => self.keep(|call| call.line.pongs += 1),
            (FromClient::Late, _, Some(ms)) => self.keep(|call| {
                if let Some(resumed) = call.line.resumed.last_mut() {
                    resumed.late_ms = Some(ms);
                }
            }),
            _ => self.note_malformed(),
        }
    }

    /// Whether a frame with this number is to be heard.
    fn takes(&mut self, number: Number) -> bool {
        let number = match number {
            Number::Is(number) => number,
            // A client that does not number it may still say it.
            Number::Missing => return true,
            Number::Wrong => {
                self.note_malformed();
                return false;
            }
        };
        let Some(kept) = &mut self.kept else {
            return true;
        };
        let arrival = kept.received.take(number, Instant::now());
        match arrival {
            Arrival::Again => self.keep(|call| call.line.duplicates += 1),
            Arrival::Next => self.keep(|call| call.line.received = number),
            Arrival::Jump => self.note(|call| {
                call.line.received = number;
                call.line.gaps += 1;
                call.malformed += 1;
            }),
        }
        arrival != Arrival::Again
    }

    fn obey(&mut self, frame: &FromClient, text: &str) {
        match (frame, self.phase) {
            (FromClient::Start(offered), Phase::New) => {
                self.phase = Phase::Answering;
                let takes = &self.shared.config.features;
                let is_offered = |f: &Feature| offered.iter().any(|name| name == f.name());
                let taken = Feature::ALL.into_iter().filter(|f| takes.contains(f));
                self.features = taken.filter(is_offered).collect();
                self.agent.begin(text);
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

    fn hear_opus(&mut self, packets: &[Vec<u8>]) {
        self.keep(|call| call.line.opus_packets += packets.len());
        for packet in packets {
            let opus = self.opus.as_mut();
            let samples = opus.and_then(|opus| {
                opus.hears_opus = true;
                opus.decode(packet)
            });
            match samples {
                Some(samples) => self.hear(samples),
                None => self.note_malformed(),
            }
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
}
