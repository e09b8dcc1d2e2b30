//! Calls from the preview: what the playground shows of them, and that the far end does what is chosen.

use serde_json::json;

use super::{choose, enter, leave, open, previewed, setting};
use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page_event::CODES;
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(
            a_call_in_the_playground_shows_its_events_and_what_its_policy_gives_up,
            setting()
        ),
        trial!(the_far_end_of_the_playground_does_what_is_chosen, setting()),
        trial!(the_playground_brings_about_each_error_code, setting()),
    ]
}

async fn a_call_in_the_playground_shows_its_events_and_what_its_policy_gives_up(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (policy, given_up) in [
        ("full", "Nothing is given up."),
        ("least", "script-src 'wasm-unsafe-eval'"),
        ("nonce", "script-src blob:"),
    ] {
        open(stage, &format!("far=talks&policy={policy}")).await?;
        enter(stage).await?;
        stage.start_call(".talk").await?;
        leave(stage).await?;
        stage.until("state.textContent === 'live'", SOON).await?;
        let row = |kind: &str, detail: &str| {
            format!(
                "[...document.querySelectorAll('#log [data-type={kind}]')].some((row) => row.textContent.includes({}))",
                json!(detail)
            )
        };
        stage.until(&row("start", ""), SOON).await?;
        stage
            .until(&row("transcript", "I am the parrot"), SOON)
            .await?;
        let told = format!("diagnostics.textContent.includes({})", json!(given_up));
        stage.until(&told, SOON).await?;
        // What only dresses the host leaves the call alone.
        choose(stage, "bg", "#123456").await?;
        previewed(
            stage,
            "page.defaultView.getComputedStyle(host).backgroundColor === 'rgb(18, 52, 86)'",
        )
        .await?;
        enter(stage).await?;
        stage.hang_up(".talk").await?;
        leave(stage).await?;
        stage.until(&row("end", "durationMs: "), SOON).await?;
        stage.all_released().await?;
        stage.click("#clear").await?;
        stage
            .until("!document.querySelector('#log li')", SOON)
            .await?;
    }
    Ok(())
}

async fn the_far_end_of_the_playground_does_what_is_chosen(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let types =
        "[...document.querySelectorAll('#log li')].map((row) => row.textContent).join('\\n')";
    for (far, last, within) in [
        ("hangs_up", "vocadesk:end", "vocadesk:start"),
        ("slow", "state: live", "state: connecting"),
        (
            "line_breaks",
            "state: live, previous: reconnecting",
            "state: reconnecting",
        ),
        ("line_lost", "vocadesk:end", "code: network"),
    ] {
        open(stage, &format!("far={far}")).await?;
        enter(stage).await?;
        stage.start_call(".talk").await?;
        leave(stage).await?;
        for words in [within, last] {
            let told = format!("({types}).includes({})", json!(words));
            let came = stage.until(&told, SOON).await;
            came.map_err(|Failure(why)| Failure(format!("{far}: {why}")))?;
        }
    }
    Ok(())
}

async fn the_playground_brings_about_each_error_code(stage: &mut Stage) -> Result<(), Failure> {
    for code in CODES {
        open(stage, &format!("far={code}")).await?;
        enter(stage).await?;
        stage.fail_call(".talk", code).await?;
        if code == "unknown" {
            stage.event(END, 1, SOON).await?;
        }
        let errors = stage.count(ERROR).await?;
        leave(stage).await?;
        ensure!(errors == 1, "{code}: {errors} errors");
        let shown = format!(
            "document.querySelector('#log [data-type=error]')?.textContent.includes({})",
            json!(format!("code: {code}"))
        );
        stage.until(&shown, SOON).await?;
        stage.until("state.textContent === 'error'", SOON).await?;
    }
    Ok(())
}
