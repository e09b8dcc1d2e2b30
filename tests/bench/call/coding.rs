//! What a call's line carries, and what that costs, by how its sound goes: as base64 in JSON (wire version 1), as PCM in binary
//! frames, as Opus.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::cost;
use super::probe::{self, Clock};
use gateway::agent::AgentKind;
use gateway::config::{Embed, Feature};
use gateway::misbehave::{Misbehave, TokenFault};
use gateway::{Config, Gateway};
use support::evidence::evidence_folder;
use support::failure::Failure;
use support::page::Page;
use support::relay::Relay;
use support::report::Table;
use support::sound;
use support::stage::{Setting, Stage, data};

/// What is counted lasts so long.
const RUN: Duration = Duration::from_secs(12);

/// After a mute Opus' silence begins, and what was under way has come.
const SETTLE: Duration = Duration::from_secs(2);

/// A record of TLS 1.3 around a frame: a head of 5 bytes, the content's type, and a tag of 16 (RFC 8446, 5.2).
const TLS_BYTES: f64 = 22.0;

const CODINGS: [(&str, &[Feature], f64); 3] = [
    ("JSON", &[], 50.0),
    ("binary", &[Feature::Binary], 50.0),
    ("Opus", &[Feature::Binary, Feature::Opus], 50.0 / 3.0),
];

/// A microphone that says its sentence again and again, for longer than a call is measured.
pub fn setting() -> Setting {
    const SPEAKS_SECS: usize = 60;
    let make = || -> Result<PathBuf, Failure> {
        let (rate, sentence) = sound::read_wav(&data("speech/visitor-48k.wav"))?;
        let samples: Vec<_> = sentence
            .into_iter()
            .cycle()
            .take(SPEAKS_SECS * rate as usize)
            .collect();
        let file = evidence_folder()?.join("speaks-on.wav");
        sound::write_wav(&file, rate, &samples)?;
        Ok(file)
    };
    make().map_or_else(|Failure(why)| panic!("{why}"), Setting::hears)
}

pub fn table() -> Table {
    Table::new(
        "What a call's line carries, by how its sound goes (bytes a second to the server; TLS reckoned at 22 bytes a frame)",
        &["engine", "sound as"],
        &[
            "a voice",
            "with TLS",
            "silence",
            "with TLS ",
            "worker, ms/s",
            "mouth to gateway p50, ms",
        ],
    )
}

/// Measures one engine's rows.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    for (name, features, frames) in CODINGS {
        let site = stage.gateway.site_url();
        let embed = Embed::new("emb_echo", AgentKind::Echo).origins(&[&site]);
        let config = Config::default().embed(embed).features(features);
        let gateway = Gateway::start(config).await?;
        let line = through_relay(&gateway)?;

        open(stage, Page::default(), &gateway).await?;
        tokio::time::sleep(SETTLE).await;
        let voice = bytes_a_second(&line).await;
        let worker = cost::cost(stage).await?.of("worker");
        stage.run("call.mute(true)").await?;
        tokio::time::sleep(SETTLE).await;
        let silence = bytes_a_second(&line).await;
        stage.hang_up("#call").await?;

        open(stage, probe::page(stage), &gateway).await?;
        let clock = Clock::new();
        tokio::time::sleep(RUN).await;
        let seen = probe::seen(stage).await?;
        stage.hang_up("#call").await?;
        let call = gateway.record().calls.last().cloned().ok_or("no call")?;
        let (came, _) = probe::clicks(&call, &clock);
        let delay = probe::quantile(&probe::delays(&seen.spoken, &came), 0.5);

        let tls = frames * TLS_BYTES;
        let figures = [voice, voice + tls, silence, silence + tls, worker, delay];
        table.row(&[stage.engine.name, name], &figures);
    }
    Ok(())
}

/// A page whose button calls by this gateway, in a call.
async fn open(stage: &Stage, page: Page, gateway: &Gateway) -> Result<(), Failure> {
    let script = format!(
        "<script>addEventListener('load', async () => {{
           await Vocadesk.ready;
           window.call = Vocadesk.mount(document.getElementById('call'), {{
             embedId: 'emb_echo', apiUrl: {:?},
           }});
         }});</script>",
        gateway.api_url()
    );
    let button = r#"<button id="call" type="button">Talk to us</button>"#;
    stage.open(&page.body(format!("{button}{script}"))).await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await.map(drop)
}

/// Its sockets go through a relay, which counts.
fn through_relay(gateway: &Gateway) -> Result<Relay, Failure> {
    let wss_url = gateway.wss_url();
    let server = wss_url.trim_start_matches("ws://").split('/').next();
    let server: SocketAddr = server
        .unwrap_or_default()
        .parse()
        .map_err(|error| Failure(format!("{wss_url}: {error}")))?;
    let relay = Relay::to(server)?;
    let through_it = wss_url.replacen(&server.to_string(), &relay.address().to_string(), 1);
    gateway.misbehave(Misbehave {
        token: Some(TokenFault::WssUrl(through_it)),
        ..Misbehave::default()
    });
    Ok(relay)
}

async fn bytes_a_second(line: &Relay) -> f64 {
    let (before, from) = (line.sent_bytes(), Instant::now());
    tokio::time::sleep(RUN).await;
    (line.sent_bytes() - before) as f64 / from.elapsed().as_secs_f64()
}
