//! A double of the service that Deepgram's agent element speaks to: settings, then PCM16 in binary frames
//! both ways. Behind it stands the reference gateway, so that the same agents answer and the same record is
//! read; each frame takes one step more on this machine.

use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{accept_async, connect_async_with_config};

use support::failure::Failure;
use support::stage::Stage;

/// The wire's.
const RATE_HZ: u32 = 24_000;

/// What it needs of the settings: the microphone's rate, and the token, which is of our page's own adding.
#[derive(Deserialize)]
struct Settings {
    audio: Audio,
    token: String,
}

#[derive(Deserialize)]
struct Audio {
    input: Input,
}

#[derive(Deserialize)]
struct Input {
    sample_rate: u32,
}

/// Where the calls go.
#[derive(Clone)]
struct Gateway {
    socket_url: String,
    origin: String,
}

/// Listens as long as the subject is measured, and gives its URL.
pub async fn double(stage: &Stage) -> Result<String, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("ws://{}", listener.local_addr()?);
    let gateway = Gateway {
        socket_url: stage.gateway.wss_url(),
        origin: stage.gateway.site_url(),
    };
    tokio::spawn(async move {
        while let Ok((page, _)) = listener.accept().await {
            let gateway = gateway.clone();
            tokio::spawn(async move {
                if let Err(why) = carry(page, &gateway).await {
                    eprintln!("Deepgram's double: {why}");
                }
            });
        }
    });
    Ok(url)
}

/// One call, to its end.
async fn carry(page: TcpStream, gateway: &Gateway) -> Result<(), Box<dyn Error + Send + Sync>> {
    page.set_nodelay(true)?;
    let mut page = accept_async(page).await?;
    let settings = page.next().await.ok_or("no settings")??;
    let settings: Settings = serde_json::from_str(settings.to_text()?)?;
    let url = format!("{}?token={}", gateway.socket_url, settings.token);
    let mut request = url.into_client_request()?;
    let origin = gateway.origin.parse()?;
    request.headers_mut().insert("origin", origin);
    let (mut far, _) = connect_async_with_config(request, None, true).await?;
    far.send(Message::text(r#"{"type":"start"}"#)).await?;
    let mut microphone = Resampler {
        from_hz: settings.audio.input.sample_rate,
        position: 0,
    };
    loop {
        tokio::select! {
            message = page.next() => match message {
                Some(Ok(Message::Binary(pcm))) => {
                    let data = STANDARD.encode(microphone.push(&pcm));
                    let frame = json!({ "type": "audio", "data": data });
                    far.send(Message::text(frame.to_string())).await?;
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => {
                    return Ok(far.close(None).await?);
                }
                Some(Ok(_)) => {}
            },
            message = far.next() => {
                let Some(Ok(Message::Text(text))) = message else {
                    return Ok(page.close(None).await?);
                };
                let frame: Value = serde_json::from_str(text.as_str())?;
                let answer = match (frame["type"].as_str(), frame["data"].as_str()) {
                    (Some("started"), _) => Message::text(r#"{"type":"SettingsApplied"}"#),
                    (_, Some(data)) => Message::binary(STANDARD.decode(data).unwrap_or_default()),
                    _ => continue,
                };
                page.send(answer).await?;
            }
        }
    }
}

/// The nearest sample: a click stays a click, and nobody hears how it sounds.
struct Resampler {
    from_hz: u32,
    position: u32,
}

impl Resampler {
    fn push(&mut self, pcm: &[u8]) -> Vec<u8> {
        let (samples, _) = pcm.as_chunks::<2>();
        let mut resampled = Vec::new();
        for sample in samples {
            self.position += RATE_HZ;
            while self.position >= self.from_hz {
                self.position -= self.from_hz;
                resampled.extend(sample);
            }
        }
        resampled
    }
}
