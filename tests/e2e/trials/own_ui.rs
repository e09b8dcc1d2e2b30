//! A page that draws its own controls: `start`, `end`, `mute` and `state` of the handle, and `ui: "none"`.

use holds::holds;
use serde_json::json;

use super::devices::{LONG_ENOUGH, lose_microphone};
use crate::trial::{ANYTHING, Trial, trial};
use gateway::record::MicFrame;
use gateway::{EndedBy, ListenerName, Record};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_page_starts_mutes_and_ends_calls_by_its_handle_and_draws_them_itself)
            .also_without(ANYTHING),
        trial!(a_handle_does_what_it_was_told_before_the_wasm_was_there),
        trial!(a_muted_microphone_stays_muted_when_another_takes_its_place)
            .own_browser("pulls the lane's microphone in Firefox"),
        trial!(a_host_whose_markup_says_that_the_page_draws_shows_nothing_of_ours),
        trial!(a_host_whose_markup_wants_no_controls_gets_no_call_bar),
    ]
}

/// A host that is nothing but a mark in the page, and the page's own button for its own controls.
const BODY: &str = r#"<p id="call" style="background:rgb(1, 2, 3)" data-vocadesk-api-url="{{API_URL}}">Nothing yet</p>
<button id="own">Own</button>
<script>
  window.before = call.outerHTML;
  window.muted = [];
  document.addEventListener("vocadesk:mute", ({ detail, target, composed }) => muted.push([detail, target.id, composed]));
  window.mount = (options) => (window.handle = Vocadesk.mount(call, { embedId: "emb_echo", ...options }));
  window.track = () => __harness.streams.at(-1).getAudioTracks()[0];
  window.inClick = (work) => { own.onclick = work; };
</script>"#;

/// Runs a piece of the page's code in a visitor's click on the page's own button.
async fn in_click(stage: &Stage, work: &str) -> Result<(), Failure> {
    stage.run(&format!("inClick(() => {{ {work} }})")).await?;
    stage.click("#own").await
}

async fn gives(stage: &Stage, expression: &str, wanted: serde_json::Value) -> Result<(), Failure> {
    let got = stage.run(&format!("return {expression}")).await?;
    ensure!(got == wanted, "{expression} is {got}, not {wanted}");
    Ok(())
}

fn asked_for(stage: &Stage, file: &str) -> usize {
    let path = stage.release.script_path.replace("vocadesk.min.js", file);
    let record = stage.gateway.record();
    record.requests_to(ListenerName::Cdn, &path).count()
}

/// And the colours are the page's.
async fn nothing_of_ours_is_seen_or_said(stage: &Stage) -> Result<(), Failure> {
    gives(stage, "call.innerHTML", json!("Nothing yet")).await?;
    gives(
        stage,
        "getComputedStyle(call).backgroundColor",
        json!("rgb(1, 2, 3)"),
    )
    .await?;
    gives(stage, "call.hasAttribute('aria-label')", json!(false)).await?;
    gives(
        stage,
        "document.querySelectorAll('[role=status], [role=alert], [data-vocadesk-bar]').length",
        json!(0),
    )
    .await
}

#[holds("1.option-ui", "2.mute")]
async fn a_page_starts_mutes_and_ends_calls_by_its_handle_and_draws_them_itself(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().body(BODY)).await?;
    stage.run("mount({ ui: 'none' })").await?;
    stage.state("#call", "idle").await?;
    for call in 0..2 {
        in_click(
            stage,
            "handle.start(); handle.start(); window.asked = handle.state",
        )
        .await?;
        stage.event(START, call + 1, SOON).await?;
        gives(stage, "asked", json!("asking")).await?;
        gives(stage, "handle.state", json!("live")).await?;
        nothing_of_ours_is_seen_or_said(stage).await?;
        stage.heard_at_gateway(call, 20).await?;
        gives(stage, "track().enabled", json!(true)).await?;
        stage.run("handle.mute(true); handle.mute(true)").await?;
        gives(stage, "track().enabled", json!(false)).await?;
        let told = json!([[{ "muted": true }, "call", true]]);
        gives(stage, "muted.splice(0)", told).await?;
        // Frames go on, without a sound in them; some are on their way yet. The beep comes every second, and so would
        // be in sixty of them.
        let so_far = stage.gateway.record().calls[call].mic.len();
        let silent = |r: &Record| {
            let frames = &r.calls.get(call)?.mic.get(so_far..)?;
            let loud = |frame: &MicFrame| frame.samples.iter().any(|&sample| sample != 0);
            let last = frames.iter().rposition(loud).map_or(0, |last| last + 1);
            (frames.len() - last >= 60).then_some(())
        };
        let silent = stage.gateway.wait_for("sixty silent frames", SOON, silent);
        silent.await?;
        if call == 0 {
            stage.run("handle.mute(false)").await?;
            gives(stage, "track().enabled", json!(true)).await?;
            gives(
                stage,
                "muted.splice(0)",
                json!([[{ "muted": false }, "call", true]]),
            )
            .await?;
        }
        stage.run("handle.end(); handle.end()").await?;
        stage.event(END, call + 1, SOON).await?;
        gives(stage, "handle.state", json!("ended")).await?;
        let ended = stage.ended_at_gateway(call).await?;
        ensure!(
            ended.ended_by == Some(EndedBy::Stop),
            "{:?}",
            ended.ended_by
        );
        stage.all_released().await?;
        gives(stage, "muted.splice(0)", json!([])).await?;
    }
    ensure!(
        asked_for(stage, "vocadesk.call-bar.min.js") == 0,
        "the bar was brought"
    );
    // A call's end ended its muting, and a click on the host is a start all the same.
    stage.run("handle.destroy(); mount({ ui: 'none' })").await?;
    stage.start_call("#call").await?;
    gives(stage, "track().enabled", json!(true)).await?;
    stage.run("handle.destroy()").await?;
    stage.event(END, 3, SOON).await?;
    stage.all_released().await?;
    let asked = stage.token_requests();
    in_click(stage, "handle.start(); handle.mute(true); handle.end()").await?;
    gives(stage, "handle.state", json!("idle")).await?;
    gives(
        stage,
        "[call.outerHTML === before, muted, __harness.errors]",
        json!([true, [], []]),
    )
    .await?;
    ensure!(
        stage.token_requests() == asked,
        "a destroyed handle has called"
    );
    Ok(())
}

#[holds("1.mount-at-once")]
async fn a_handle_does_what_it_was_told_before_the_wasm_was_there(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let early = "window.early = () => !('vocadeskState' in call.dataset)";
    for (work, calls) in [
        (
            "handle.mute(true); handle.start(); window.asked = [handle.state, early()]",
            true,
        ),
        (
            "handle.start(); handle.end(); window.asked = [handle.state, early()]",
            false,
        ),
        (
            "handle.start(); handle.destroy(); handle.start(); window.asked = [handle.state, early()]",
            false,
        ),
    ] {
        let wasm = stage.hold_page_module()?;
        stage.open(&Page::default().body(BODY)).await?;
        stage.run(early).await?;
        stage.run("mount({})").await?;
        let tokens = stage.token_requests();
        in_click(stage, work).await?;
        gives(stage, "asked", json!(["idle", true])).await?;
        wasm.open();
        if calls {
            stage.event(START, 1, SOON).await?;
            gives(
                stage,
                "[track().enabled, muted[0][0].muted]",
                json!([false, true]),
            )
            .await?;
            stage.run("handle.end()").await?;
            stage.event(END, 1, SOON).await?;
            stage.all_released().await?;
        } else {
            // Another host of the same page is bound once the wasm is there.
            stage.run("const b = document.createElement('b'); b.id = 'late'; b.dataset.vocadeskEmbed = 'emb_echo'; document.body.append(b)").await?;
            stage.state("#late", "idle").await?;
            gives(stage, "handle.state", json!("idle")).await?;
            ensure!(stage.token_requests() == tokens, "{work}: it has called");
        }
        gives(stage, "__harness.errors", json!([])).await?;
    }
    Ok(())
}

#[holds("1.option-controls", "3.mic-recovered")]
async fn a_muted_microphone_stays_muted_when_another_takes_its_place(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().body(BODY)).await?;
    stage.run("mount({ controls: 'none' })").await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, LONG_ENOUGH).await?;
    stage.run("handle.mute(true)").await?;
    lose_microphone(stage).await?;
    stage
        .until(
            "__harness.streams.length === 2 && track().readyState === 'live'",
            SOON,
        )
        .await?;
    stage.until("!track().enabled", SOON).await?;
    stage.run("handle.mute(false)").await?;
    gives(stage, "track().enabled", json!(true)).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    ensure!(
        asked_for(stage, "vocadesk.call-bar.min.js") == 0,
        "the bar was brought"
    );
    gives(stage, "__harness.errors", json!([])).await
}

#[holds("1.attribute-ui")]
async fn a_host_whose_markup_says_that_the_page_draws_shows_nothing_of_ours(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let marks = r#"<p id="call" data-vocadesk-embed="emb_echo" data-vocadesk-ui="none""#;
    let body = BODY.replace(r#"<p id="call""#, marks);
    stage.open(&Page::default().body(body)).await?;
    stage.state("#call", "idle").await?;
    nothing_of_ours_is_seen_or_said(stage).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    stage.state("#call", "live").await?;
    nothing_of_ours_is_seen_or_said(stage).await?;
    stage.hang_up("#call").await?;
    nothing_of_ours_is_seen_or_said(stage).await?;
    stage.all_released().await?;
    ensure!(
        asked_for(stage, "vocadesk.call-bar.min.js") == 0,
        "the bar was brought"
    );
    gives(stage, "__harness.errors", json!([])).await
}

#[holds("1.attribute-controls")]
async fn a_host_whose_markup_wants_no_controls_gets_no_call_bar(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let without =
        button("call", "emb_echo").replace("<button", "<button data-vocadesk-controls='none'");
    let body = without + &button("barred", "emb_echo");
    stage.open(&Page::default().body(body)).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    // All the rest is as ever: the overlay on the host, and what is said aloud.
    let shown =
        "[__harness.coverOf(call) !== null, document.querySelectorAll('[role=status]').length > 0]";
    gives(stage, shown, json!([true, true])).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    let bars = "document.querySelectorAll('[data-vocadesk-bar]').length";
    gives(stage, bars, json!(0)).await?;
    ensure!(
        asked_for(stage, "vocadesk.call-bar.min.js") == 0,
        "the bar was brought"
    );
    // Its neighbour gets one.
    stage.start_call("#barred").await?;
    stage.bar().await?;
    stage.hang_up("#barred").await?;
    stage.all_released().await
}
