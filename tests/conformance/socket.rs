//! One call socket, and what comes on it.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};
use url::Url;

use crate::dial::{Connection, dial};
use crate::{Held, Problem, Target, failed, hold};

/// A server that has not answered by then does not.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// What comes on a socket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Got {
    Frame(Value),
    Binary(Vec<u8>),
    Nonsense(String),
    /// 1005: without a code.
    Closed(u16),
    Lost,
}

impl Got {
    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::Frame(frame) => frame["type"].as_str().unwrap_or_default(),
            _ => "",
        }
    }
}

pub(crate) struct Socket(WebSocketStream<Connection>);

impl Socket {
    pub(crate) async fn open(
        target: &Target,
        url: &str,
        origin: &str,
        query: &str,
    ) -> Result<Self, Problem> {
        let joint = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{joint}{query}");
        let opened = async {
            let parsed = Url::parse(&url).map_err(|e| e.to_string())?;
            let mut request = url
                .as_str()
                .into_client_request()
                .map_err(|e| e.to_string())?;
            let header = origin.parse().map_err(|_| "no origin".to_owned())?;
            request.headers_mut().insert("origin", header);
            let connection = dial(&parsed, target.ca.as_deref())
                .await
                .map_err(|e| e.to_string())?;
            let (socket, _) = client_async(request, connection)
                .await
                .map_err(|e| e.to_string())?;
            Ok::<_, String>(Self(socket))
        };
        match timeout(PATIENCE, opened).await {
            Ok(Ok(socket)) => Ok(socket),
            Ok(Err(why)) => failed(format!("the socket was not opened: {why}")),
            Err(_) => failed("the socket was not opened in time"),
        }
    }

    /// Sends it, if the socket is still there.
    pub(crate) async fn send(&mut self, message: Message) {
        let _ = timeout(PATIENCE, self.0.send(message)).await;
    }

    pub(crate) async fn say(&mut self, frame: Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// The next thing that comes within this time.
    pub(crate) async fn within(&mut self, time: Duration) -> Option<Got> {
        let deadline = Instant::now() + time;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            return Some(match timeout(left, self.0.next()).await.ok()? {
                Some(Ok(Message::Text(text))) => serde_json::from_str(&text)
                    .map_or_else(|_| Got::Nonsense(text.to_string()), Got::Frame),
                Some(Ok(Message::Binary(bytes))) => Got::Binary(bytes.to_vec()),
                Some(Ok(Message::Close(frame))) => {
                    Got::Closed(frame.map_or(1005, |f| f.code.into()))
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Got::Lost,
            });
        }
    }

    /// The next thing.
    pub(crate) async fn next(&mut self) -> Result<Got, Problem> {
        let got = self.within(PATIENCE).await;
        got.ok_or_else(|| Problem::Failed(format!("nothing came within {PATIENCE:?}")))
    }

    /// A frame of this type, whatever comes before it.
    pub(crate) async fn until(&mut self, kind: &str) -> Result<Value, Problem> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.next().await? {
                Got::Frame(frame) if frame["type"] == kind => return Ok(frame),
                end @ (Got::Closed(_) | Got::Lost) => {
                    return failed(format!("{end:?} came in place of {kind:?}"));
                }
                _ => {}
            }
        }
        failed(format!("no {kind:?} came within {PATIENCE:?}"))
    }

    /// That it is closed with this code, whatever comes before.
    pub(crate) async fn closes_with(&mut self, code: u16) -> Held {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.next().await? {
                Got::Closed(got) => {
                    return hold(got == code, || {
                        format!("closed with {got}, not with {code}")
                    });
                }
                Got::Lost => return failed(format!("the connection ended without {code}")),
                _ => {}
            }
        }
        failed(format!("it was not closed with {code} within {PATIENCE:?}"))
    }
}
