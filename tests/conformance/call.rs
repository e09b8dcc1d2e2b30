//! One visitor of the server's, and a call of theirs: token, frames, numbers.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::http::{Reply, post};
use crate::socket::{Got, Socket};
use crate::{Held, Problem, Target, failed, hold};

/// Somebody with a browser of their own.
pub(crate) struct Visitor<'a> {
    pub(crate) target: &'a Target,
    pub(crate) browser: String,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(target: &'a Target) -> Self {
        Self {
            target,
            browser: Uuid::new_v4().to_string(),
        }
    }

    pub(crate) async fn ask(&self) -> Result<Reply, Problem> {
        let Target { origin, embed, .. } = self.target;
        post(self.target, origin, "/v1/tokens", embed, &self.browser).await
    }

    pub(crate) async fn release(&self) -> Result<Reply, Problem> {
        let Target { origin, embed, .. } = self.target;
        post(self.target, origin, "/v1/release", embed, &self.browser).await
    }

    /// A token and the socket that it is for.
    pub(crate) async fn token(&self) -> Result<(String, String), Problem> {
        let reply = self.ask().await?;
        let (token, status) = (reply.text("token").to_owned(), reply.status);
        hold((200..300).contains(&status) && !token.is_empty(), || {
            format!("no token was granted: {status} {}", reply.body)
        })?;
        let named = Some(reply.text("wssUrl").to_owned()).filter(|url| !url.is_empty());
        match named.or_else(|| self.target.socket.clone()) {
            Some(url) => Ok((token, url)),
            None => failed("the token's answer names no wssUrl, and --url was not given"),
        }
    }

    /// A call with these features offered, and what `started` was.
    pub(crate) async fn call(&self, offered: &[&str]) -> Result<Call<'a>, Problem> {
        let (token, url) = self.token().await?;
        let mut socket = Socket::open(
            self.target,
            &url,
            &self.target.origin,
            &format!("token={token}"),
        )
        .await?;
        let mut start = json!({ "type": "start", "agentId": "", "promptOverride": null });
        if !offered.is_empty() {
            start["features"] = json!(offered);
        }
        socket.say(start).await;
        let started = socket.until("started").await?;
        let takes = |name: &str| {
            let features = started["features"].as_array().into_iter().flatten();
            features.into_iter().any(|feature| feature == name)
        };
        Ok(Call {
            target: self.target,
            url,
            token: started["resume"]["token"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            resumes: takes("resume"),
            binary: takes("binary"),
            started,
            socket,
            sent: 0,
            received: 0,
        })
    }

    /// A call that can be resumed; skipped where the server does not take it.
    pub(crate) async fn resumable(&self) -> Result<Call<'a>, Problem> {
        let call = self.call(&["resume", "binary"]).await?;
        if call.resumes {
            Ok(call)
        } else {
            Err(Problem::Skipped(
                "the server does not take \"resume\"".to_owned(),
            ))
        }
    }
}

/// A call since `started`.
pub(crate) struct Call<'a> {
    target: &'a Target,
    url: String,
    pub(crate) token: String,
    pub(crate) resumes: bool,
    pub(crate) binary: bool,
    pub(crate) started: Value,
    pub(crate) socket: Socket,
    /// The last number that was sent.
    pub(crate) sent: u32,
    /// The last number that came.
    pub(crate) received: u32,
}

impl Call<'_> {
    /// 20 ms of microphone; each value tells one frame from the others.
    pub(crate) async fn speak(&mut self, value: i16) {
        self.sent += 1;
        self.say_again(self.sent, value).await;
    }

    /// The same, with a number of its own.
    pub(crate) async fn say_again(&mut self, number: u32, value: i16) {
        let bytes: Vec<u8> = [value; 480]
            .into_iter()
            .flat_map(i16::to_le_bytes)
            .collect();
        let message = if self.binary {
            let number = if self.resumes { number } else { 0 };
            Message::binary(head(1, number).into_iter().chain(bytes).collect::<Vec<_>>())
        } else {
            let mut frame = json!({ "type": "audio", "data": STANDARD.encode(bytes) });
            if self.resumes {
                frame["n"] = number.into();
            }
            Message::text(frame.to_string())
        };
        self.socket.send(message).await;
    }

    pub(crate) async fn stop(&mut self) -> Held {
        self.sent += 1;
        let mut stop = json!({ "type": "stop" });
        if self.resumes {
            stop["n"] = self.sent.into();
        }
        self.socket.say(stop).await;
        self.socket.closes_with(1000).await
    }

    /// Notes the number of what came, which must be the next; answers pings. Gives the first sample of sound.
    pub(crate) async fn take(&mut self, got: &Got) -> Result<Option<i16>, Problem> {
        let (number, sample) = match got {
            Got::Binary(bytes) => {
                let (number, sample) = read_binary(bytes)?;
                (Some(number), Some(sample))
            }
            Got::Frame(frame) => {
                let kind = got.kind();
                let plain = matches!(kind, "ack" | "ping" | "pong" | "resumed" | "started");
                if kind == "ping" {
                    self.socket.say(json!({ "type": "pong" })).await;
                }
                let number = frame["n"].as_u64().and_then(|n| u32::try_from(n).ok());
                if plain {
                    return Ok(None);
                }
                hold(number.is_some(), || format!("without a number: {frame}"))?;
                (number, audio(frame))
            }
            other => return failed(format!("{other:?} in a call")),
        };
        let expected = self.received + 1;
        hold(number == Some(expected), || {
            format!("number {number:?} came, where {expected} comes next")
        })?;
        self.received = expected;
        Ok(sample)
    }

    /// Reads until all that was sent is acknowledged, within this time.
    pub(crate) async fn until_acked(&mut self, time: Duration) -> Held {
        let deadline = Instant::now() + time;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(got) = self.socket.within(left).await else {
                return failed(format!("no ack of {} within {time:?}", self.sent));
            };
            self.take(&got).await?;
            let Got::Frame(frame) = &got else {
                continue;
            };
            let told = frame["n"].as_u64().filter(|_| got.kind() == "ack");
            let all = u64::from(self.sent);
            hold(told <= Some(all), || format!("{frame}, of {all} frames"))?;
            if told == Some(all) {
                return Ok(());
            }
        }
    }

    /// Reads until so many frames have come, and gives the first sample of each frame of sound.
    pub(crate) async fn until_received(&mut self, number: u32) -> Result<Vec<i16>, Problem> {
        let mut heard = Vec::new();
        while self.received < number {
            let got = self.socket.next().await?;
            heard.extend(self.take(&got).await?);
        }
        Ok(heard)
    }

    /// Reads for so long, and gives the first sample of each frame of sound.
    pub(crate) async fn listen(&mut self, time: Duration) -> Result<Vec<i16>, Problem> {
        let deadline = Instant::now() + time;
        let mut heard = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Some(got) = self.socket.within(left).await else {
                return Ok(heard);
            };
            heard.extend(self.take(&got).await?);
        }
    }

    /// A socket that would resume the call, after its first frame.
    pub(crate) async fn knock(&self, received: &str) -> Result<(Socket, Got), Problem> {
        let query = format!("resume={}&received={received}", self.token);
        self.knock_with(&self.target.origin, &query).await
    }

    pub(crate) async fn knock_with(
        &self,
        origin: &str,
        query: &str,
    ) -> Result<(Socket, Got), Problem> {
        let mut socket = Socket::open(self.target, &self.url, origin, query).await?;
        let first = socket.next().await?;
        Ok((socket, first))
    }

    /// Loses the line without a word, and goes on on another. Gives what the server says that it has received.
    pub(crate) async fn resume(&mut self) -> Result<u32, Problem> {
        let (socket, first) = self.knock(&self.received.to_string()).await?;
        self.socket = socket;
        let Got::Frame(frame) = &first else {
            return failed(format!("{first:?} in place of \"resumed\""));
        };
        let told = frame["received"]
            .as_u64()
            .and_then(|n| u32::try_from(n).ok());
        match (first.kind(), told) {
            ("resumed", Some(told)) if told <= self.sent => Ok(told),
            _ => failed(format!(
                "{frame} in place of \"resumed\", of {} frames",
                self.sent
            )),
        }
    }
}

/// The head of a binary frame.
pub(crate) fn head(kind: u8, number: u32) -> Vec<u8> {
    let number = number.to_be_bytes();
    [kind].into_iter().chain(number).collect()
}

/// Number and first sample of a binary frame.
pub(crate) fn read_binary(bytes: &[u8]) -> Result<(u32, i16), Problem> {
    match bytes {
        [1, a, b, c, d, first, second, rest @ ..] if rest.len().is_multiple_of(2) => Ok((
            u32::from_be_bytes([*a, *b, *c, *d]),
            i16::from_le_bytes([*first, *second]),
        )),
        _ => failed(format!(
            "a binary frame of {} bytes that is no PCM16: {:?}",
            bytes.len(),
            bytes.get(..5)
        )),
    }
}

fn audio(frame: &Value) -> Option<i16> {
    let bytes = STANDARD.decode(frame["data"].as_str()?).ok()?;
    let first = bytes.first_chunk::<2>()?;
    Some(i16::from_le_bytes(*first))
}
