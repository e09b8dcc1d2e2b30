//! One visitor of many: token, socket, `start`, and a frame every 20 ms.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Times;
use super::program::Addresses;

const FRAME: Duration = Duration::from_millis(20);
const FRAME_BYTES: usize = 960;

/// A call whose frame does not come back within that is not held.
const LOST: Duration = Duration::from_secs(10);

/// What became of a call.
#[derive(Default)]
pub struct Outcome {
    /// Milliseconds from a frame's sending to its coming back, once all calls were there.
    pub ways: Vec<f64>,
    /// Why it was not held to the end.
    pub failed: Option<String>,
}

/// Makes calls.
pub struct Caller {
    addresses: Addresses,
    http: Client<HttpConnector, String>,
    frame: Message,
}

/// Whatever goes wrong on the way: it is only told.
type Wrong = Box<dyn std::error::Error + Send + Sync>;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Caller {
    pub fn new(addresses: &Addresses) -> Self {
        let sound = STANDARD.encode([7; FRAME_BYTES]);
        let frame = json!({ "type": "audio", "data": sound }).to_string();
        Self {
            addresses: addresses.clone(),
            http: Client::builder(TokioExecutor::new()).build_http(),
            frame: Message::text(frame),
        }
    }

    /// Calls at `begin`, and talks until the end.
    pub async fn call(&self, begin: Instant, times: Times) -> Outcome {
        tokio::time::sleep_until(begin.into()).await;
        let mut outcome = Outcome::default();
        let talked = async {
            let mut socket = self.connect().await?;
            self.talk(&mut socket, times, &mut outcome.ways).await?;
            socket.send(Message::text(r#"{"type":"stop"}"#)).await?;
            socket.close(None).await?;
            Ok::<(), Wrong>(())
        };
        let talked: Result<(), Wrong> = talked.await;
        outcome.failed = talked.err().map(|why| why.to_string());
        outcome
    }

    async fn connect(&self) -> Result<Socket, Wrong> {
        let token = self.token().await?;
        let mut request = format!("{}?token={token}", self.addresses.wss).into_client_request()?;
        let origin = self.addresses.site.parse()?;
        request.headers_mut().insert("origin", origin);
        let (mut socket, _) = connect_async(request).await?;
        let start = json!({ "type": "start", "agentId": "", "promptOverride": null });
        socket.send(Message::text(start.to_string())).await?;
        let first = tokio::time::timeout(LOST, socket.next()).await;
        let first = first?.ok_or("closed")??;
        let kind: Value = serde_json::from_str(first.to_text()?)?;
        if kind["type"] != "started" {
            return Err(format!("not started, but {kind}").into());
        }
        Ok(socket)
    }

    async fn token(&self) -> Result<String, Wrong> {
        let ids = json!({ "embedId": "emb_echo", "browserId": uuid::Uuid::new_v4().to_string() });
        let request = Request::post(format!("{}/v1/tokens", self.addresses.api))
            .header("content-type", "application/json")
            .header("origin", &self.addresses.site)
            .body(ids.to_string())?;
        let answer = self.http.request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        let said: Value = serde_json::from_slice(&body)?;
        let token = said["token"].as_str();
        let token = token.ok_or_else(|| format!("{status}: {said}"))?;
        Ok(token.to_owned())
    }

    async fn talk(
        &self,
        socket: &mut Socket,
        times: Times,
        ways: &mut Vec<f64>,
    ) -> Result<(), Wrong> {
        let mut frames = tokio::time::interval(FRAME);
        let mut under_way = VecDeque::new();
        while Instant::now() < times.end {
            tokio::select! {
                _ = frames.tick() => {
                    under_way.push_back(Instant::now());
                    socket.send(self.frame.clone()).await?;
                }
                came = socket.next() => {
                    // The embed's agent sends nothing but what it hears.
                    let Message::Text(_) = came.ok_or("closed")?? else { continue };
                    let sent = under_way.pop_front().ok_or("a frame that nobody sent")?;
                    if sent >= times.steady {
                        ways.push(sent.elapsed().as_secs_f64() * 1_000.0);
                    }
                }
            }
            let oldest = under_way.front().map_or(Duration::ZERO, Instant::elapsed);
            if oldest > LOST {
                return Err(format!("a frame was under way for {oldest:.1?}").into());
            }
        }
        Ok(())
    }
}
