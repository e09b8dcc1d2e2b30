//! A server of one's own that answers calls, scripted by a test: the other end of `agent = { url = … }`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_async};

use crate::visitor::{Got, SOON, Visitor, start};
use gateway::config::{AgentChoice, Embed};
use gateway::{Config, Gateway};

pub const EMBED: &str = "emb_far";

/// Waits for calls.
pub struct FarAgent {
    listener: TcpListener,
    pub url: String,
}

/// One call that it got.
pub struct FarCall(WebSocketStream<TcpStream>);

impl FarAgent {
    pub async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        Self {
            listener,
            url: format!("ws://127.0.0.1:{port}/call"),
        }
    }

    /// A gateway whose embed is answered here.
    pub async fn gateway(&self, config: Config) -> Gateway {
        start(config.embed(Embed::new(EMBED, AgentChoice::At(self.url.clone())))).await
    }

    pub async fn accept(&self) -> FarCall {
        let accepted = tokio::time::timeout(SOON, self.listener.accept()).await;
        let (stream, _) = accepted.expect("a call in time").expect("a connection");
        FarCall(accept_async(stream).await.expect("a handshake"))
    }

    /// A call that is under way, with this answer to `start`.
    pub async fn call(&self, gateway: &Gateway, started: Value) -> (Visitor, FarCall) {
        let mut visitor = Visitor::call(gateway, EMBED).await;
        let mut call = self.accept().await;
        call.until("start").await;
        call.send(started).await;
        visitor.until("started").await;
        (visitor, call)
    }
}

pub fn started() -> Value {
    json!({ "type": "started", "callId": "theirs" })
}

pub fn sound(bytes: &[u8]) -> Value {
    json!({ "type": "audio", "data": STANDARD.encode(bytes) })
}

impl FarCall {
    pub async fn send(&mut self, frame: Value) {
        self.send_raw(Message::text(frame.to_string())).await;
    }

    pub async fn send_raw(&mut self, message: Message) {
        // A gateway that has given the call up takes no more, and what it did then is what is tested.
        let _ = self.0.send(message).await;
    }

    pub async fn say(&mut self, samples: &[i16]) {
        self.send(Visitor::audio(samples)).await;
    }

    pub async fn close(&mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "so it is".into(),
        };
        let _ = self.0.close(Some(frame)).await;
    }

    /// What the gateway says next, apart from pings.
    pub async fn next(&mut self) -> Got {
        loop {
            let next = tokio::time::timeout(SOON, self.0.next()).await;
            return match next.expect("something comes in time") {
                Some(Ok(Message::Text(text))) => serde_json::from_str(&text)
                    .map_or_else(|_| Got::Nonsense(text.to_string()), Got::Frame),
                Some(Ok(Message::Binary(bytes))) => Got::Binary(bytes.to_vec()),
                Some(Ok(Message::Close(frame))) => {
                    Got::Closed(frame.map_or(1005, |f| f.code.into()))
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Got::Lost,
            };
        }
    }

    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Got::Frame(frame) if frame["type"] == kind => return frame,
                Got::Closed(_) | Got::Lost => panic!("the socket ended before {kind:?} came"),
                _ => {}
            }
        }
    }
}
