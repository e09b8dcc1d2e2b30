//! What is said, as the page hears it.

use holds::holds;
use std::time::Duration;

use serde_json::{Value, json};

use crate::trial::{ANYTHING, Trial, trial};
use gateway::misbehave::{Act, Misbehave};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(what_is_said_reaches_the_page_as_it_is_and_nothing_that_only_looks_so)
            .in_one_engine("parsing is pure, the event plain DOM")
            .also_without(ANYTHING),
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
