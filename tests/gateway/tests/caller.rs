//! A client of wire version 2 for tests: numbers, acknowledgements, a call that goes on on a new socket. It does what the
//! protocol says, and what a test has it do wrong.

use std::collections::VecDeque;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::visitor::{Got, Visitor, token};
use gateway::Gateway;

/// The client of one call.
pub struct Caller {
    pub line: Visitor,
    /// The resume token.
    pub token: String,
    pub binary: bool,
    /// The last number that was sent.
    pub sent: u32,
    /// What has not been acknowledged.
    pub kept: VecDeque<(u32, Message)>,
    /// The last number that came.
    pub received: u32,
    /// Whether what comes is acknowledged.
    pub acks: bool,
}

/// What the gateway says in its call.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Audio(Vec<i16>),
    Frame(Value),
    Closed(u16),
    Lost,
}

impl Caller {
    /// A call in which all is taken that is offered.
    pub async fn call(gateway: &Gateway, embed: &str, features: &[&str]) -> Self {
        let token = token(gateway, embed).await;
        let line = Visitor::connect(gateway, &gateway.site_url(), &token).await;
        let mut line = line.expect("the socket opens");
        line.send(json!({
            "type": "start", "agentId": "", "promptOverride": null, "features": features,
        }))
        .await;
        let started = line.until("started").await;
        assert_eq!(started["features"], json!(features));
        Self {
            line,
            token: started["resume"]["token"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            binary: features.contains(&"binary"),
            sent: 0,
            kept: VecDeque::new(),
            received: 0,
            acks: true,
        }
    }

    pub async fn resumable(gateway: &Gateway, embed: &str) -> Self {
        Self::call(gateway, embed, &["resume", "binary"]).await
    }

    /// Gives it the next number and keeps it, without sending it.
    pub fn keep(&mut self, samples: &[i16]) {
        self.sent += 1;
        let message = if self.binary {
            Message::binary(binary(1, self.sent, samples))
        } else {
            let mut frame = Visitor::audio(samples);
            frame["n"] = self.sent.into();
            Message::text(frame.to_string())
        };
        self.kept.push_back((self.sent, message));
    }

    /// One microphone frame. A socket that is gone does not take it, which is what it is kept for.
    pub async fn speak(&mut self, samples: &[i16]) {
        self.keep(samples);
        let (_, message) = self.kept.back().expect("it is kept").clone();
        let _ = self.line.try_send(message).await;
    }

    pub async fn stop(&mut self) {
        self.sent += 1;
        let stop = json!({ "type": "stop", "n": self.sent });
        self.line.send(stop).await;
    }

    /// What the gateway says next, apart from what is about the line. Numbers are as they should be, or it panics.
    pub async fn next(&mut self) -> Heard {
        loop {
            match self.line.next().await {
                Got::Frame(frame) => {
                    let Some(number) = frame["n"].as_u64().filter(|_| frame["type"] != "ack")
                    else {
                        self.about_the_line(&frame).await;
                        continue;
                    };
                    self.arrived(u32::try_from(number).expect("a number")).await;
                    let got = Got::Frame(frame);
                    return match got.kind() {
                        "audio" => Heard::Audio(got.samples()),
                        _ => match got {
                            Got::Frame(frame) => Heard::Frame(frame),
                            _ => Heard::Lost,
                        },
                    };
                }
                Got::Binary(bytes) => {
                    let (number, samples) = read_binary(&bytes);
                    self.arrived(number).await;
                    return Heard::Audio(samples);
                }
                Got::Closed(code) => return Heard::Closed(code),
                Got::Lost => return Heard::Lost,
                got => panic!("{got:?}"),
            }
        }
    }

    async fn arrived(&mut self, number: u32) {
        assert_eq!(
            number,
            self.received + 1,
            "each number comes once, in order"
        );
        self.received = number;
        if self.acks && number.is_multiple_of(50) {
            let _ = self
                .line
                .try_send(text(&json!({ "type": "ack", "n": number })))
                .await;
        }
    }

    async fn about_the_line(&mut self, frame: &Value) {
        match frame["type"].as_str() {
            Some("ack") => {
                let number = frame["n"].as_u64().expect("a number");
                self.kept.retain(|(kept, _)| u64::from(*kept) > number);
            }
            Some("ping") => {
                let _ = self.line.try_send(text(&json!({ "type": "pong" }))).await;
            }
            Some("pong") => {}
            _ => panic!("without a number: {frame}"),
        }
    }

    /// Everything to the end of the line, with its end.
    pub async fn rest(&mut self) -> (Vec<Heard>, Heard) {
        let mut heard = Vec::new();
        loop {
            match self.next().await {
                end @ (Heard::Closed(_) | Heard::Lost) => return (heard, end),
                more => heard.push(more),
            }
        }
    }

    /// A new socket for this call, and what comes first on it.
    pub async fn knock(&self, gateway: &Gateway) -> (Visitor, Got) {
        let received = self.received.to_string();
        knock(gateway, &gateway.site_url(), &self.token, &received).await
    }

    /// Goes on on a new socket, and gives the number that `resumed` told. What that does not hold is not sent yet.
    pub async fn resume_silently(&mut self, gateway: &Gateway) -> u32 {
        let (line, first) = self.knock(gateway).await;
        self.line = line;
        assert_eq!(first.kind(), "resumed", "{first:?}");
        let Got::Frame(frame) = first else {
            return 0;
        };
        let told = frame["received"].as_u64().expect("a number");
        self.kept.retain(|(kept, _)| u64::from(*kept) > told);
        u32::try_from(told).expect("a number")
    }

    /// Sends so many of the kept frames on the new socket, oldest first.
    pub async fn replay(&mut self, most: usize) {
        for (_, message) in self.kept.iter().take(most) {
            if self.line.try_send(message.clone()).await.is_err() {
                break;
            }
        }
    }

    pub async fn resume(&mut self, gateway: &Gateway) -> u32 {
        let told = self.resume_silently(gateway).await;
        self.replay(usize::MAX).await;
        told
    }
}

/// A socket with a resume token, and what comes first on it.
pub async fn knock(gateway: &Gateway, origin: &str, token: &str, received: &str) -> (Visitor, Got) {
    let query = format!("resume={token}&received={received}");
    let line = Visitor::connect_with(gateway, origin, &query).await;
    let mut line = line.expect("the upgrade itself is never refused");
    let first = line.next().await;
    (line, first)
}

pub fn text(frame: &Value) -> Message {
    Message::text(frame.to_string())
}

pub fn binary(kind: u8, number: u32, samples: &[i16]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(number.to_be_bytes());
    bytes.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
    bytes
}

pub fn read_binary(bytes: &[u8]) -> (u32, Vec<i16>) {
    assert_eq!(bytes[0], 1);
    let number = u32::from_be_bytes(bytes[1..5].try_into().expect("four bytes"));
    let pairs = bytes[5..].chunks(2);
    let samples = pairs.map(|p| i16::from_le_bytes([p[0], p[1]]));
    (number, samples.collect())
}
