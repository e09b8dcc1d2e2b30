//! How long a visitor waits for a call.

use super::client::{self, ALL, Client};
use super::probe::{self, Clock};
use support::failure::Failure;
use support::page::{Page, button};
use support::report::Table;
use support::stage::Stage;

/// Calls whose start is timed; the middle one counts.
const STARTS: usize = 11;

/// Notes when the visitor clicks, and when our call has started. And a room is never wholly silent, as an
/// engine's fake microphone is between two beeps: some recorders wait for a first sample that is not zero.
const MARKS: &str = "<script>
  addEventListener('click', () => { window.clicked = Date.now(); }, true);
  addEventListener('vocadesk:start', () => { window.began = Date.now(); });
  const { createMediaStreamSource } = AudioContext.prototype;
  AudioContext.prototype.createMediaStreamSource = function (mediaStream) {
    const room = Object.assign(new GainNode(this), { mediaStream });
    createMediaStreamSource.call(this, mediaStream).connect(room);
    const hum = new OscillatorNode(this, { frequency: 100 });
    hum.connect(new GainNode(this, { gain: 0.01 })).connect(room);
    hum.start();
    return room;
  };
</script>";

pub fn table() -> Table {
    Table::new(
        "How long a visitor who has allowed the microphone waits (ms, the middle one of 11 calls)",
        &["engine", "client"],
        &[
            "click to start",
            "click to first frame at the gateway",
            "to a call's",
        ],
    )
}

/// Measures one engine's rows.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    super::without_tap(stage);
    let clock = Clock::new();
    let mut a_call = None;
    for client in ALL {
        let page = Page::default().head(MARKS);
        if let Some(client) = client {
            client.open(stage, page, "emb_echo").await?;
        } else {
            stage.open(&page.body(button("call", "emb_echo"))).await?;
            stage.state("#call", "idle").await?;
        }
        let mut waits = [Vec::new(), Vec::new()];
        for _ in 0..STARTS {
            let (started, sent) = start(stage, client, &clock).await?;
            waits[0].push(started);
            waits[1].push(sent);
        }
        let [started, sent] = waits.map(|waits| probe::quantile(&waits, 0.5));
        let ratio = sent / *a_call.get_or_insert(sent);
        let words = [stage.engine.name, &client::name(client)];
        table.row(&words, &[started, sent, ratio]);
    }
    Ok(())
}

/// From the click to the call's start, and to the first frame at the gateway.
async fn start(
    stage: &Stage,
    client: Option<Client>,
    clock: &Clock,
) -> Result<(f64, f64), Failure> {
    let calls = stage.gateway.record().calls.len();
    let started = match client {
        Some(client) => client.talk(stage).await?,
        None => {
            stage.start_call("#call").await?;
            serde_json::from_value(stage.run("return began").await?)?
        }
    };
    let clicked: f64 = serde_json::from_value(stage.run("return clicked").await?)?;
    stage.heard_at_gateway(calls, 1).await?;
    let call = probe::end(stage, client).await?;
    if client.is_none() {
        stage.all_released().await?;
    }
    let first = clock.epoch_ms(call.mic[0].at);
    Ok((started - clicked, first - clicked))
}
