//! What both sides say, as the visitor reads it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use gateway::misbehave::{Act, Misbehave};
use support::bar::BarButton;
use support::failure::{Failure, ensure};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(captions_stream_as_plain_text_of_both_sides),
        trial!(a_long_conversation_stays_at_its_end_and_in_bounds),
    ]
}

pub(super) fn says(role: &str, text: &str, seq: u32) -> (Duration, Act) {
    let frame = json!({ "type": "transcript", "role": role, "text": text, "seq": seq });
    (Duration::ZERO, Act::Text(frame.to_string()))
}

pub(super) fn conversation(lines: Vec<(Duration, Act)>) -> Misbehave {
    Misbehave {
        in_call: lines,
        ..Misbehave::default()
    }
}

/// Speaker and words of each line.
const LINES: &str = "[...inBar('.captions').querySelectorAll('div')].map((line) => [...line.children].map((part) => part.textContent))";

async fn call(stage: &Stage, what: Misbehave) -> Result<(), Failure> {
    stage.gateway.misbehave(what);
    stage.open(&super::page("")).await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    stage.press_in_bar(BarButton::Captions).await
}

async fn captions_stream_as_plain_text_of_both_sides(stage: &mut Stage) -> Result<(), Failure> {
    let markup = r#"<img src=x onerror="window.hurt = 1"> & <b>bold</b>"#;
    let long = "word ".repeat(300);
    call(
        stage,
        conversation(vec![
            says("assistant", "Hel", 1),
            says("user", "שלום, מה שלומך?", 2),
            says("assistant", "Hello!", 1),
            says("user", markup, 3),
            says("assistant", &long, 4),
            says("user", "One", 4),
        ]),
    )
    .await?;
    stage.until(&format!("{LINES}.length === 5"), SOON).await?;
    let lines: Value = stage.run(&format!("return {LINES}")).await?;
    let wanted = json!([
        ["Agent", "Hello!"],
        ["You", "שלום, מה שלומך?"],
        ["You", markup],
        ["Agent", long],
        ["You", "One"]
    ]);
    ensure!(lines == wanted, "{lines}");
    let hurt = stage
        .run("return window.hurt ?? inBar('.captions').querySelectorAll('img, b b, p b').length")
        .await?;
    ensure!(hurt == 0, "markup became elements: {hurt}");
    let direction = stage
        .of_bar(
            ".captions div:nth-of-type(2) p",
            "getComputedStyle(it).direction",
        )
        .await?;
    ensure!(direction == "rtl", "Hebrew reads {direction}");
    let selectable = stage
        .of_bar(
            ".captions",
            "getComputedStyle(it).webkitUserSelect ?? getComputedStyle(it).userSelect",
        )
        .await?;
    ensure!(selectable == "text", "user-select is {selectable}");
    // Read by whoever wants to, not spoken over the agent's voice.
    let live = stage
        .of_bar(
            ".captions",
            "[it.getAttribute('role'), it.ariaLive ?? null, it.tabIndex]",
        )
        .await?;
    ensure!(live == json!(["region", null, 0]), "{live}");
    let wide = stage
        .of_bar(".captions", "it.scrollWidth - it.clientWidth")
        .await?;
    ensure!(wide == 0, "{wide} pixels to scroll sideways");
    Ok(())
}

async fn a_long_conversation_stays_at_its_end_and_in_bounds(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let lines = (1..=600).map(|seq| says("user", &format!("Line {seq}"), seq));
    call(stage, conversation(lines.collect())).await?;
    stage
        .until("inBar('.captions').textContent.includes('Line 600')", SOON)
        .await?;
    let kept = stage
        .of_bar(
            ".captions",
            "[it.children.length, it.firstChild.lastChild.textContent]",
        )
        .await?;
    ensure!(kept == json!([500, "Line 101"]), "{kept}");
    let at_end = "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(inBar('.captions'))";
    stage.until(at_end, SOON).await?;
    // What came last is followed in the next frame.
    let frame = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
    stage.browser()?.run_async(frame, Vec::new()).await?;
    // Whoever has scrolled up reads on.
    stage.run("inBar('.captions').scrollTop = 40").await?;
    stage.gateway.act(says("assistant", "Last", 601).1);
    stage
        .until("inBar('.captions').textContent.includes('Last')", SOON)
        .await?;
    let top = stage.of_bar(".captions", "it.scrollTop").await?;
    // A line that is left out at the top, where the browser keeps what is read in its place.
    ensure!(
        top.as_f64().is_some_and(|top| top < 60.0),
        "scrolled to {top}"
    );
    Ok(())
}
