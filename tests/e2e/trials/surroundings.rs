//! What a page stands in, beside its Content-Security-Policy: frames, sandboxes, isolation from other origins.

use serde_json::json;

use super::policies::MISSING;
use crate::trial::{Trial, trial};
use support::engine::Microphone;
use support::failure::{Failure, ensure};
use support::page::{Page, Placement};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_call_works_in_a_sandbox_that_leaves_the_page_its_origin),
        trial!(a_call_works_in_a_page_isolated_from_other_origins),
    ]
}

/// Some of the visitor at the gateway, and the agent heard; one start, one end.
pub(super) async fn conversation(stage: &Stage) -> Result<(), Failure> {
    let (events, calls) = (
        stage.kinds_since(0).await?.len(),
        stage.gateway.record().calls.len(),
    );
    stage.start_call("#call").await?;
    stage.until("__harness.sounds()", SOON).await?;
    stage.heard_at_gateway(calls, 15).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    let kinds = stage.kinds_since(events).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    stage.microphone_is_off().await
}

/// The site's own page in a frame with these attributes.
async fn open_in_frame(stage: &Stage, attributes: &str) -> Result<(), Failure> {
    let page = Page::default();
    let url = stage
        .gateway
        .site_page("/frame", &page.html(&stage.release), &[]);
    let body = format!(r#"<iframe id="frame" src="{url}" {attributes}></iframe>"#);
    let around = Page::default().script(Placement::Absent).body(body);
    stage.open(&around).await?;
    stage.browser()?.enter_frame("#frame").await?;
    stage.state("#call", "idle").await
}

async fn a_call_works_in_a_sandbox_that_leaves_the_page_its_origin(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let sandbox = r#"allow="microphone" sandbox="allow-scripts allow-same-origin""#;
    open_in_frame(stage, sandbox).await?;
    conversation(stage).await?;
    let tokens = stage.token_requests();

    // An origin of nobody's: no engine gives it a microphone, whatever the frame allows.
    open_in_frame(stage, r#"allow="microphone *" sandbox="allow-scripts""#).await?;
    let origin = stage.run("return self.origin").await?;
    ensure!(origin == "null", "the sandbox is of {origin}");
    // An engine that asks nobody grants it here too; no token is given to nobody's origin.
    let denies = (stage.engine.lacks)(&Microphone::Denied).is_none();
    let (code, says) = match denies {
        true => ("mic_denied", "allow-same-origin"),
        false => ("token_failed", "origin_not_allowed"),
    };
    let error = stage.fail_call("#call", code).await?;
    ensure!(error.message().contains(says), "{error:?}");
    let asked = stage.token_requests() - tokens;
    ensure!(
        asked == usize::from(!denies),
        "{asked} tokens were asked for"
    );
    Ok(())
}

async fn a_call_works_in_a_page_isolated_from_other_origins(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let isolated = Page::default()
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-embedder-policy", "require-corp");
    stage.open(&isolated).await?;
    let is = stage.run("return crossOriginIsolated").await?;
    ensure!(is == json!(true), "crossOriginIsolated is {is}");
    conversation(stage).await?;
    let missing = stage.run(MISSING).await?;
    ensure!(missing == json!([]), "{missing} is missing");
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}
