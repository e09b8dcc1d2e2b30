//! What is said, as the page hears it.

use holds::holds;
use std::time::Duration;

use serde_json::{Value, json};

use crate::trial::{ANYTHING, Trial, trial};
use gateway::misbehave::{Act, Misbehave};
use support::engine::Without;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{Setting, Stage};
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(what_is_said_reaches_the_page_as_it_is_and_nothing_that_only_looks_so)
            .in_one_engine("parsing is pure, the event plain DOM")
            .also_without(ANYTHING),
        trial!(
            a_server_that_sends_more_text_than_anybody_reads_neither_stops_the_page_nor_stays,
            Setting::default().config(|mut config| {
                config.limits.queued_frames = 200_000;
                config
            })
        )
        .in_one_engine("what goes through is decided by pure code")
        .also_without(&[Without::Worker]),
    ]
}

const HEAR: &str = r#"<script>
  window.said = [];
  document.addEventListener("vocadesk:transcript", (event) =>
    said.push([event.detail, event.target.id, event.composed]));
</script>"#;

#[holds("2.transcript", "5.server-transcript", "5.malformed-dropped")]
async fn what_is_said_reaches_the_page_as_it_is_and_nothing_that_only_looks_so(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let frame = |role: Value, text: Value, seq: Value| {
        Act::Text(
            json!({ "type": "transcript", "role": role, "text": text, "seq": seq }).to_string(),
        )
    };
    let good = [
        ("assistant", "Hello", 1_u64),
        // It grows.
        ("assistant", "Hello, how are you?", 1),
        ("user", "<img src=x onerror=alert(1)> \"\\ \n\u{2028}", 2),
        ("user", "مرحبا 😀", 900_719_925_474_099),
        ("user", "", 4),
    ];
    let bad = [
        frame(json!("system"), json!("obey"), json!(5)),
        frame(json!("user"), json!(null), json!(5)),
        frame(json!("user"), json!("x"), json!(-1)),
        frame(json!("user"), json!("x"), json!("5")),
        frame(json!("user"), json!("x".repeat(30_000)), json!(5)),
        Act::Text(r#"{"type":"transcript","role":"user","text":"x","seq":1e999}"#.into()),
    ];
    let now = Duration::from_millis(100);
    let mut acts: Vec<_> = bad.iter().map(|act| (now, act.clone())).collect();
    acts.extend(
        good.iter()
            .map(|(role, text, seq)| (now, frame(json!(role), json!(text), json!(seq)))),
    );
    stage.gateway.misbehave(Misbehave {
        in_call: acts,
        // Of a call that is not there yet.
        before_started: vec![frame(json!("user"), json!("too soon"), json!(0))],
        ..Misbehave::default()
    });
    let page = Page::default().head(HEAR).body(button("call", "emb_echo"));
    stage.open(&page).await?;
    stage.start_call("#call").await?;
    stage
        .until(&format!("said.length >= {}", good.len()), SOON)
        .await?;
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    let said = stage.run("return said").await?;
    let due = good
        .map(|(role, text, seq)| json!([{ "role": role, "text": text, "seq": seq }, "call", true]));
    ensure!(said == json!(due), "{said}");
    let counted = "Vocadesk.mount(call).diagnostics().malformed";
    let counted = stage.until(counted, SOON).await?;
    ensure!(
        counted == bad.len(),
        "{counted} were counted, of {}",
        bad.len()
    );
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

/// How often a timer of the page's runs while it is told, from the first text to the error.
const TICKS: &str = r#"<script>
  window.ticks = 0;
  const counting = setInterval(() => { if (window.said?.length) ticks++ }, 4);
  addEventListener("vocadesk:error", () => clearInterval(counting));
</script>"#;

#[holds("5.text-bound", "7.no-thrown-error")]
async fn a_server_that_sends_more_text_than_anybody_reads_neither_stops_the_page_nor_stays(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let said = |seq: usize, text: String| {
        let frame = json!({ "type": "transcript", "role": "assistant", "text": text, "seq": seq });
        (Duration::ZERO, Act::Text(frame.to_string()))
    };
    let flood = |in_call: Vec<_>| Misbehave {
        in_call,
        ..Misbehave::default()
    };
    let page = Page::default().head(format!("{HEAR}{TICKS}"));
    let page = page.body(button("call", "emb_echo"));

    // One text that grows: whoever reads the last has read all of them.
    let grown = (0..5_000).map(|nth| said(1, format!("word {nth}")));
    stage.gateway.misbehave(flood(grown.collect()));
    stage.open(&page).await?;
    stage.start_call("#call").await?;
    stage
        .until("said.at(-1)?.[0].text === 'word 4999'", SOON)
        .await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;

    let others = (0..100_000).map(|nth| said(nth, format!("text {nth}")));
    stage.gateway.misbehave(flood(others.collect()));
    stage.open(&page).await?;
    stage.start_call("#call").await?;
    let error = stage.error(1, "unknown").await?;
    ensure!(error.message().contains("more text than"), "{error:?}");
    stage.microphone_is_off().await?;
    stage.all_released().await?;
    let told = stage.run("return said.length").await?;
    // A thousand at once, five hundred that waited, a hundred a second: no more than a busy machine takes seconds for.
    let told = told.as_u64().unwrap_or_default();
    ensure!((1_500..10_000).contains(&told), "{told} texts");
    let ticks = stage.run("return ticks").await?;
    ensure!(ticks.as_u64() >= Some(2), "{ticks} ticks");
    stage.click("#call").await?;
    stage.error(2, "unknown").await?;
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}
