//! `vocadesk:state`: each change of a host's state is told, once and in order.

use holds::holds;
use serde_json::{Value, json};

use crate::trial::{ANYTHING, Trial, trial};
use gateway::misbehave::{Act, Misbehave};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::prompt::PROMPT;
use support::stage::Stage;
use support::visitor::{ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(each_change_of_state_is_told_once_and_before_what_comes_of_it)
            .also_without(ANYTHING),
        trial!(a_page_that_draws_itself_hears_of_each_state_until_it_destroys_the_host),
    ]
}

/// What was told on the document, in order: of states also what the attribute said by then.
const HEARD: &str = r#"<script>
  window.heard = [];
  document.addEventListener("vocadesk:state", ({ target, detail, bubbles, composed, cancelable }) =>
    heard.push([detail.previous, detail.state, target.dataset.vocadeskState, bubbles && composed && !cancelable]));
  for (const kind of ["start", "end", "error"]) document.addEventListener("vocadesk:" + kind, () => heard.push(kind));
</script>"#;

/// What was heard since it was last asked: `previous > state` of changes, the names of the other events. Of changes that
/// follow one another, told while the attribute said the same.
async fn heard(stage: &Stage) -> Result<Vec<String>, Failure> {
    let told = stage.run("return heard.splice(0)").await?;
    let told = told.as_array().cloned().unwrap_or_default();
    let mut words = Vec::new();
    for entry in told {
        match &entry {
            Value::String(kind) => words.push(kind.clone()),
            change => {
                let [previous, state, attribute] =
                    [0, 1, 2].map(|place| change[place].as_str().unwrap_or("?").to_owned());
                ensure!(
                    state == attribute && change[3] == json!(true),
                    "told {change}"
                );
                words.push(format!("{previous} > {state}"));
            }
        }
    }
    Ok(words)
}

#[holds("2.state", "2.cancel-silent")]
async fn each_change_of_state_is_told_once_and_before_what_comes_of_it(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = button("call", "emb_echo") + HEARD;
    stage.open(&Page::default().head(PROMPT).body(body)).await?;
    stage.state("#call", "idle").await?;
    ensure!(heard(stage).await?.is_empty(), "told of a host that is new");

    // Who changes their mind while the browser asks.
    stage.click("#call").await?;
    stage.state("#call", "asking").await?;
    stage.call_off("#call").await?;
    stage.allow().await?;
    let told = heard(stage).await?;
    ensure!(told == ["idle > asking", "asking > idle"], "{told:?}");

    stage.click("#call").await?;
    stage.state("#call", "asking").await?;
    stage.allow().await?;
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    // What has ended is idle in the end.
    stage.state("#call", "idle").await?;
    let told = heard(stage).await?;
    let wanted = [
        "idle > asking",
        "asking > connecting",
        "connecting > live",
        "start",
        "live > ended",
        "end",
        "ended > idle",
    ];
    ensure!(told == wanted, "{told:?}");

    stage
        .gateway
        .misbehave(Misbehave::before_started(Act::Close(1011)));
    stage.click("#call").await?;
    stage.state("#call", "asking").await?;
    stage.allow().await?;
    stage.event(ERROR, 1, SOON).await?;
    let told = heard(stage).await?;
    let wanted = [
        "idle > asking",
        "asking > connecting",
        "connecting > error",
        "error",
    ];
    ensure!(told == wanted, "{told:?}");
    Ok(())
}

#[holds("2.state")]
async fn a_page_that_draws_itself_hears_of_each_state_until_it_destroys_the_host(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = r#"<p id="call" data-vocadesk-api-url="{{API_URL}}">Talk</p>"#.to_owned() + HEARD;
    stage.open(&Page::default().body(body)).await?;
    stage
        .run("window.handle = Vocadesk.mount(call, { embedId: 'emb_echo', ui: 'none' })")
        .await?;
    stage.state("#call", "idle").await?;
    stage.click("#call").await?;
    stage.event(START, 1, SOON).await?;
    // It hears of the end before that returns, and of nothing more.
    let told = stage
        .run("handle.destroy(); const told = heard.at(-2); handle.destroy(); return [told, heard.at(-1)]")
        .await?;
    let told_of = |place: usize| told[0][place].as_str().unwrap_or_default();
    ensure!(
        told_of(0) == "live" && told_of(1) == "ended" && told[1] == "end",
        "{told}"
    );
    Ok(())
}
