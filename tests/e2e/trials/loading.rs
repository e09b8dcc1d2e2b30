//! The files that the script brings, and never get there.

use crate::trial::{Trial, trial};
use gateway::{Answer, Gate};
use holds::holds;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;
use support::visitor::{END, ERROR, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(
            a_release_that_does_not_come_in_half_a_minute_is_unknown_and_the_next_click_tries_again
        )
        .in_one_engine("deadline of 30 s: the launcher's own timer, and a page that swallows tags"),
    ]
}

/// Half a minute that passes in one second; and what an extension does that swallows tags of scripts.
const HASTE: &str = r"<script>
  const later = window.setTimeout;
  window.setTimeout = (work, ms, ...rest) => later(work, ms === 30_000 && !window.patient ? 1_000 : ms, ...rest);
  const { append } = Element.prototype;
  Element.prototype.append = function (...nodes) {
    const swallowed = window.swallows && nodes.some((node) => node instanceof HTMLScriptElement);
    return swallowed ? undefined : append.apply(this, nodes);
  };
</script>";

#[holds("3.unknown-rest", "3.deadlines")]
async fn a_release_that_does_not_come_in_half_a_minute_is_unknown_and_the_next_click_tries_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (path, wasm) = stage.release.file("vocadesk.wasm")?;
    let gate = Gate::shut();
    let never = Answer::new(200, "application/wasm", wasm).held(&gate);
    stage.gateway.cdn_override(&path, Some(never));
    gives_up(stage, &Page::default().head(HASTE)).await?;
    stage.gateway.cdn_override(&path, None);
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [ERROR, START, END], "{kinds:?}");

    // The same without wasm.
    let (cdn, api, wss) = (
        stage.gateway.cdn_url(),
        stage.gateway.api_url(),
        stage.gateway.wss_url(),
    );
    let policy = format!("script-src 'self' 'unsafe-inline' {cdn}; connect-src {api} {wss}");
    let swallows = HASTE.replace("<script>", "<script>window.swallows = true;");
    let page = Page::default()
        .head(swallows)
        .header("content-security-policy", &policy);
    gives_up(stage, &page).await?;
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [ERROR, START, END], "{kinds:?}");
    Ok(())
}

async fn gives_up(stage: &Stage, page: &Page) -> Result<(), Failure> {
    stage.open(page).await?;
    let error = stage.fail_call("#call", "unknown").await?;
    let says = error.message().contains("did not come within 30 s");
    ensure!(says, "{error:?}");
    // A busy machine may need longer than a second for what does come.
    stage
        .run("window.patient = true; window.swallows = false")
        .await
        .map(drop)
}
