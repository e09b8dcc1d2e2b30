//! Pages whose clocks are not what they seem: set back for a test, frozen, or behind after a laptop has slept.

use holds::holds;

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![trial!(
        a_call_is_as_long_as_it_was_whatever_the_pages_clock_says
    )]
}

/// Each in the page's head, before our script; or in mid-call.
const CLOCKS: [(&str, &str, &str); 5] = [
    (
        "eight hours behind, as after a night's sleep",
        "const now = performance.now; performance.now = () => now.call(performance) - 8 * 3600e3;",
        "",
    ),
    (
        "ahead",
        "const now = performance.now; performance.now = () => now.call(performance) + 8 * 3600e3;",
        "",
    ),
    (
        "frozen",
        "performance.now = () => 1234; Date.now = () => 5678;",
        "",
    ),
    (
        "set back in mid-call",
        "",
        "performance.now = () => -8 * 3600e3;",
    ),
    (
        "one that throws in mid-call",
        "",
        "performance.now = () => { throw new Error('no clock'); };",
    ),
];

#[holds("3.one-clock")]
async fn a_call_is_as_long_as_it_was_whatever_the_pages_clock_says(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (what, before, in_call) in CLOCKS {
        // WebKit's driver (2.50) asks the page's own clock, in whatever it does there.
        if stage.engine.name == "webkit" && in_call.contains("throw") {
            continue;
        }
        let head = format!("<script>{before}</script>");
        stage
            .open(&Page::default().head(head).body(button("call", "emb_echo")))
            .await?;
        let tried = async || -> Result<(), Failure> {
            stage.start_call("#call").await?;
            let from = std::time::Instant::now();
            stage.run(in_call).await?;
            // The bar's and the host's clocks go on.
            tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
            let end = stage.hang_up("#call").await?;
            let most = from.elapsed().as_secs_f64() * 1_000.0 + 1_000.0;
            let took = end.detail["durationMs"].as_f64().ok_or("no duration")?;
            // The start was told a little before we knew of it.
            ensure!(
                (2_400.0..most).contains(&took),
                "it took {took} ms, of {most}"
            );
            stage.microphone_is_off().await?;
            stage.all_released().await?;
            let kinds = stage.kinds_since(0).await?;
            ensure!(kinds == [START, END], "{kinds:?}");
            let errors = stage.run("return __harness.errors").await?;
            ensure!(errors == serde_json::json!([]), "the page saw {errors}");
            stage
                .until("call.dataset.vocadeskState === 'ended'", SOON)
                .await
                .map(drop)
        };
        tried()
            .await
            .map_err(|Failure(why)| Failure(format!("{what}: {why}")))?;
    }
    Ok(())
}
