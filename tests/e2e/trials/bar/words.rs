//! The bar's texts in the page's own words, whatever those are.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use support::bar::{BarButton, OPEN_ROOTS};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::SOON;

use super::captions::{conversation, says};

pub fn trials() -> Vec<Trial> {
    vec![trial!(the_bar_holds_words_of_any_length_and_kind)]
}

/// Long without a place to break, long with many, from right to left in a page that reads from left to right, markup, an
/// emoji; and some that are no texts.
const LABELS: &str = r#"{
  mute: "m".repeat(500), volume: "v".repeat(500), microphone: "ميكروفون ".repeat(60), options: "<img src=x onerror=alert()>",
  captions_on: "😀", captions: "<b>c</b>", no_captions: "n".repeat(500), you: "y".repeat(500), agent: "أنا ".repeat(120),
  end: " \n ", bar: 7, unmute: {}, muted: null, get unmuted() { throw new Error("no words"); },
}"#;

#[holds("1.option-labels")]
async fn the_bar_holds_words_of_any_length_and_kind(stage: &mut Stage) -> Result<(), Failure> {
    let both = vec![says("assistant", "Hello!", 1), says("user", "Hi", 2)];
    stage.gateway.misbehave(conversation(both));
    let page = Page::default().head(OPEN_ROOTS);
    stage.open(&page.body(button("call", "emb_echo"))).await?;
    stage
        .run(&format!(
            "window.handle = Vocadesk.mount(call, {{ labels: {LABELS} }})"
        ))
        .await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    for opened in [BarButton::Captions, BarButton::Options] {
        stage.run(&format!("{}.click()", opened.element())).await?;
    }
    stage
        .until(
            "inBar('.captions').querySelectorAll('b').length === 2",
            SOON,
        )
        .await?;
    let held = "(() => {
        const { left, top, right, bottom } = theBar().getBoundingClientRect();
        const { clientWidth, clientHeight } = document.documentElement;
        const inside = left >= 0 && top >= 0 && right <= clientWidth + 0.5 && bottom <= clientHeight + 0.5;
        const bar = inBar('.bar');
        const targets = [...theBar().shadowRoot.querySelectorAll(':is(button, select, input):not([hidden] *)')];
        return inside && bar.scrollWidth <= bar.clientWidth
          && inBar('.captions').scrollWidth <= inBar('.captions').clientWidth
          && targets.every((it) => {
            const box = it.getBoundingClientRect();
            return box.height >= 43.9 && box.width >= 43.9 && box.left >= left && box.right <= right;
          });
      })()";
    stage.until(held, SOON).await?;
    let names =
        "return [...theBar().shadowRoot.querySelectorAll('button')].map((button) => button.title)";
    let names = stage.run(names).await?;
    let due = json!([
        "m".repeat(500),
        "Hide captions",
        "<img src=x onerror=alert()>",
        "End call"
    ]);
    ensure!(names == due, "{names}");
    let texts = "return [theBar().getAttribute('aria-label'), inBar('.captions').getAttribute('aria-label'),
        theBar().shadowRoot.querySelectorAll('img, .captions b b').length, __harness.errors.length]";
    let texts = stage.run(texts).await?;
    ensure!(texts == json!(["Call", "<b>c</b>", 0, 0]), "{texts}");
    // What is no text is English, also in the words that come later.
    stage.run("handle.mute(true)").await?;
    let said = "inBar('[role=status]').textContent === 'Microphone muted' && inBar('button').title === 'Unmute microphone'";
    stage.until(said, SOON).await?;
    stage.hang_up("#call").await.map(drop)
}
