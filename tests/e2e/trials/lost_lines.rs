//! Lines that are lost while nobody says so: half open ones, and browsers without a network.

use holds::holds;
use serde_json::json;
use std::time::{Duration, Instant};

use crate::trial::{Trial, trial};
use gateway::misbehave::{Misbehave, TokenFault};
use support::engine::Without;
use support::extension::Extension;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::relay::Relay;
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_line_that_takes_nothing_any_more_is_lost_though_nobody_says_so).in_one_engine(
            "what a socket holds is the browser's to say, the rest is pure; WebKitGTK calls sent what it has only queued",
        ),
        trial!(five_seconds_without_a_network_are_the_end_of_a_call)
            .also_without(&[Without::Worker])
            .in_one_engine(
                "no driver but Chromium's takes the network from a page and leaves its sockets",
            ),
    ]
}

/// What a browser and its system take before the socket is full, and ten seconds: on a line with packets of 1,400 bytes
/// they are full in less than half of this.
const LOST: Duration = Duration::from_secs(60);

#[holds("3.network-not-taken", "2.error-then-end", "4.release-once")]
async fn a_line_that_takes_nothing_any_more_is_lost_though_nobody_says_so(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let wss_url = stage.gateway.wss_url();
    let server = wss_url
        .trim_start_matches("ws://")
        .split('/')
        .next()
        .unwrap_or_default();
    let server = server
        .parse()
        .map_err(|error| Failure(format!("{wss_url}: {error}")))?;
    let relay = Relay::to(server)?;
    let through_it = wss_url.replacen(&server.to_string(), &relay.address().to_string(), 1);
    stage.gateway.misbehave(Misbehave {
        token: Some(TokenFault::WssUrl(through_it)),
        ..Misbehave::default()
    });
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;

    relay.fall_silent();
    let silent = Instant::now();
    let error = stage.event(ERROR, 1, LOST).await?;
    let after = silent.elapsed();
    ensure!(
        error.detail["code"] == "network",
        "after {after:?}: {:?}",
        error.detail
    );
    let message = error.detail["message"].as_str().unwrap_or_default();
    ensure!(message.contains("took nothing for 10 s"), "{message}");
    ensure!(after >= Duration::from_secs(10), "already after {after:?}");
    stage.event(END, 1, SOON).await?;
    stage.microphone_is_off().await?;
    stage.released(1).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, ERROR, END], "{kinds:?}");
    Ok(())
}

/// What the driver takes from a page's network it leaves to requests that outlive the page.
const NO_NETWORK: &str = "<script>
  const request = window.fetch;
  window.fetch = (...all) => navigator.onLine ? request(...all) : Promise.reject(new TypeError('Failed to fetch'));
</script>";

#[holds("3.network-offline", "2.error-then-end", "4.release-once")]
async fn five_seconds_without_a_network_are_the_end_of_a_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(NO_NETWORK)).await?;
    stage.start_call("#call").await?;
    // A short change of network loses nothing.
    offline(stage, true).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    offline(stage, false).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START], "{kinds:?}");

    offline(stage, true).await?;
    let error = stage.event(ERROR, 1, SOON).await?;
    ensure!(error.detail["code"] == "network", "{:?}", error.detail);
    let message = error.detail["message"].as_str().unwrap_or_default();
    ensure!(message.contains("offline for 5 s"), "{message}");
    stage.event(END, 1, SOON).await?;
    stage.microphone_is_off().await?;
    // Its token is released as soon as there is a network, and the button works again.
    ensure!(
        stage.gateway.record().releases.is_empty(),
        "released without a network"
    );
    offline(stage, false).await?;
    stage.released(1).await?;
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    Ok(())
}

/// What the browser says of its network; the socket of a call is left as it is.
async fn offline(stage: &Stage, offline: bool) -> Result<(), Failure> {
    let conditions = json!({
        "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    let command = Extension::devtools_with("Network.emulateNetworkConditions", conditions);
    stage.browser()?.client().issue_cmd(command).await?;
    stage
        .until(&format!("navigator.onLine === {}", !offline), SOON)
        .await?;
    Ok(())
}
