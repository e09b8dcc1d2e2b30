//! A visitor for tests: asks for a token as a page would, and speaks wire version 1.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::http::{Reply, request};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use gateway::{Config, Gateway};

/// Long enough for a loaded machine, short enough to fail a hung test.
pub const SOON: Duration = Duration::from_secs(20);

pub const BROWSER: &str = "8c4a4c1e-3a51-4f0e-9a5e-0c8f6a2f9a11";

/// What came from the socket.
#[derive(Debug, PartialEq)]
pub enum Got {
    Frame(Value),
    Binary(Vec<u8>),
    Ping,
    Nonsense(String),
    /// A close frame, with its code.
    Closed(u16),
    /// The end without a close frame.
    Lost,
}

impl Got {
    pub fn kind(&self) -> &str {
        match self {
            Self::Frame(frame) => frame["type"].as_str().unwrap_or_default(),
            _ => "",
        }
    }

    pub fn samples(&self) -> Vec<i16> {
        let Self::Frame(frame) = self else {
            return Vec::new();
        };
        let bytes = STANDARD.decode(frame["data"].as_str().unwrap()).unwrap();
        let pairs = bytes.chunks(2);
        pairs.map(|p| i16::from_le_bytes([p[0], p[1]])).collect()
    }
}

/// The default, and an embed whose agent only listens.
pub fn with_silent() -> Config {
    Config::default().embed(Embed::new("emb_silent", AgentKind::Silent))
}

pub async fn start(config: Config) -> Gateway {
    Gateway::start(config).await.expect("the gateway starts")
}

/// `POST /v1/tokens` from an origin.
pub async fn ask(gateway: &Gateway, origin: &str, body: &Value) -> Reply {
    post(gateway, "/v1/tokens", origin, body.to_string().as_bytes()).await
}

/// `POST` with the headers that a page's fetch sends.
pub async fn post(gateway: &Gateway, path: &str, origin: &str, body: &[u8]) -> Reply {
    let url = format!("{}{path}", gateway.api_url());
    let headers = [("content-type", "application/json"), ("origin", origin)];
    let reply = request("POST", &url, &headers, body);
    let reply = tokio::time::timeout(SOON, reply)
        .await
        .expect("an answer in time");
    reply.expect("an answer")
}

pub fn ids(embed: &str, browser: &str) -> Value {
    json!({ "embedId": embed, "browserId": browser })
}

/// A token for a page of the gateway's own site.
pub async fn token(gateway: &Gateway, embed: &str) -> String {
    let reply = ask(gateway, &gateway.site_url(), &ids(embed, BROWSER)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["token"].as_str().expect("a token").to_owned()
}

/// Gives the visitor's place back, as a page of the gateway's own site.
pub async fn release(gateway: &Gateway, embed: &str) {
    let own = ids(embed, BROWSER).to_string();
    let reply = post(gateway, "/v1/release", &gateway.site_url(), own.as_bytes()).await;
    assert_eq!(reply.status, 204);
}

/// What a socket with a token that is no good gets.
pub async fn refusal(gateway: &Gateway, origin: &str, token: &str) -> Got {
    let socket = Visitor::connect(gateway, origin, token).await;
    let mut socket = socket.expect("the upgrade itself is never refused");
    socket.next().await
}

pub struct Visitor(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Visitor {
    /// Opens the socket, from an origin.
    pub async fn connect(gateway: &Gateway, origin: &str, token: &str) -> Result<Self, Error> {
        Self::connect_with(gateway, origin, &format!("token={token}")).await
    }

    /// Opens the socket with this query.
    pub async fn connect_with(gateway: &Gateway, origin: &str, query: &str) -> Result<Self, Error> {
        let mut request = format!("{}?{query}", gateway.wss_url()).into_client_request()?;
        request
            .headers_mut()
            .insert("origin", origin.parse().expect("a header value"));
        let (socket, _) = connect_async(request).await?;
        Ok(Self(socket))
    }

    /// Token, socket and `start`, as the embed does it.
    pub async fn call(gateway: &Gateway, embed: &str) -> Self {
        let token = token(gateway, embed).await;
        let connected = Self::connect(gateway, &gateway.site_url(), &token).await;
        let mut visitor = connected.expect("the socket opens");
        visitor
            .send(json!({ "type": "start", "agentId": "", "promptOverride": null }))
            .await;
        visitor
    }

    pub async fn send(&mut self, frame: Value) {
        self.send_raw(Message::text(frame.to_string())).await;
    }

    pub async fn send_raw(&mut self, message: Message) {
        let sent = self.try_send(message).await;
        sent.expect("the socket takes a frame");
    }

    /// Sends it, unless the socket is gone.
    pub async fn try_send(&mut self, message: Message) -> Result<(), Error> {
        self.0.send(message).await
    }

    /// One microphone frame.
    pub async fn speak(&mut self, samples: &[i16]) {
        self.send(Self::audio(samples)).await;
    }

    /// The frame that says this.
    pub fn audio(samples: &[i16]) -> Value {
        let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        json!({ "type": "audio", "data": STANDARD.encode(bytes) })
    }

    pub async fn close(&mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.0
            .close(Some(frame))
            .await
            .expect("a close frame is sent");
    }

    pub async fn next(&mut self) -> Got {
        let next = tokio::time::timeout(SOON, self.0.next()).await;
        match next.expect("something comes in time") {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text)
                .map_or_else(|_| Got::Nonsense(text.to_string()), Got::Frame),
            Some(Ok(Message::Binary(bytes))) => Got::Binary(bytes.to_vec()),
            Some(Ok(Message::Ping(_))) => Got::Ping,
            Some(Ok(Message::Close(frame))) => Got::Closed(frame.map_or(1005, |f| f.code.into())),
            Some(Ok(_)) => Got::Nonsense(String::new()),
            Some(Err(_)) | None => Got::Lost,
        }
    }

    /// What is wrong with the socket, if it has come to that by now.
    pub async fn try_next(&mut self) -> Option<Error> {
        let next = tokio::time::timeout(Duration::from_millis(5), self.0.next()).await;
        next.ok()??.err()
    }

    /// The next frame as it came, apart from pings.
    pub async fn next_message(&mut self) -> Message {
        loop {
            let next = tokio::time::timeout(SOON, self.0.next()).await;
            match next.expect("something comes in time") {
                Some(Ok(Message::Ping(_))) => {}
                next => return next.expect("a frame").expect("a whole one"),
            }
        }
    }

    /// Reads until a frame of this type, which it gives.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Got::Frame(frame) if frame["type"] == kind => return frame,
                Got::Closed(_) | Got::Lost => panic!("the socket ended before {kind:?} came"),
                _ => {}
            }
        }
    }

    /// Reads to the end, which it gives.
    pub async fn end(&mut self) -> Got {
        loop {
            let got = self.next().await;
            if matches!(got, Got::Closed(_) | Got::Lost) {
                return got;
            }
        }
    }
}
