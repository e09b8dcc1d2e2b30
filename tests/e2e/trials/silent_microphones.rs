//! A microphone that the browser calls live and that gives nothing: said on host and bar, and taken back.

use crate::trial::{Trial, trial};
use support::bar::{BarButton, OPEN_ROOTS};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{Setting, Stage, speaks_after};
use support::visitor::SOON;

/// As long as a machine that does much else may take from the microphone to what is said of it: four seconds at best.
const SILENT_S: f64 = 20.0;

/// Longer than the trial.
const NEVER_S: f64 = 90.0;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(
            a_microphone_that_gives_nothing_is_said_until_it_speaks,
            Setting::microphone(speaks_after(SILENT_S))
        )
        .alone("what it hears comes at a certain time"),
        trial!(
            a_visitor_who_is_muted_is_not_said_to_be_unheard,
            Setting::microphone(speaks_after(NEVER_S))
        ),
        trial!(a_microphone_that_is_heard_now_and_then_is_not_said_to_give_nothing),
    ]
}

const IN_NAME: &str = "call.getAttribute('aria-label').includes('hear nothing')";
const IN_BAR: &str = "(!inBar('.note').hidden && inBar('.note').offsetHeight > 0 && inBar('.note').textContent.includes('hear nothing'))";
const ALOUD: &str = "[...document.querySelectorAll('[role=status]')].some((region) => region.textContent.includes('hear nothing'))";

async fn said(stage: &Stage) -> Result<(), Failure> {
    for told in [IN_NAME, IN_BAR, ALOUD] {
        stage.until(told, SOON).await?;
    }
    Ok(())
}

async fn taken_back(stage: &Stage) -> Result<(), Failure> {
    for told in [IN_NAME, IN_BAR, ALOUD] {
        stage.until(&format!("!{told}"), SOON).await?;
    }
    Ok(())
}

async fn call(stage: &Stage) -> Result<(), Failure> {
    let body = button("call", "emb_echo");
    let page = Page::default().head(OPEN_ROOTS).body(body);
    stage.open(&page).await?;
    stage.start_call("#call").await?;
    stage.bar().await
}

async fn a_microphone_that_gives_nothing_is_said_until_it_speaks(
    stage: &mut Stage,
) -> Result<(), Failure> {
    call(stage).await?;
    said(stage).await?;
    let state = stage.run("return call.dataset.vocadeskState").await?;
    ensure!(state == "live", "{state}");
    taken_back(stage).await?;
    stage.hang_up("#call").await.map(drop)
}

async fn a_visitor_who_is_muted_is_not_said_to_be_unheard(
    stage: &mut Stage,
) -> Result<(), Failure> {
    call(stage).await?;
    said(stage).await?;
    stage.press_in_bar(BarButton::Mute).await?;
    taken_back(stage).await?;
    // Longer than it takes to be said of one who is not muted.
    let heard = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, heard + 250).await?;
    let still = stage.run(&format!("return {IN_NAME} || {IN_BAR}")).await?;
    ensure!(still == false, "said of a muted visitor");
    stage.press_in_bar(BarButton::Mute).await?;
    said(stage).await?;
    // Nor of the next call before its time.
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    stage.start_call("#call").await?;
    let again = stage.run(&format!("return {IN_NAME}")).await?;
    ensure!(again == false, "a new call is said to be silent");
    stage.hang_up("#call").await.map(drop)
}

/// The default microphone beeps once a second, and gives nothing in between.
async fn a_microphone_that_is_heard_now_and_then_is_not_said_to_give_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    call(stage).await?;
    let watch =
        format!("window.wasSaid = false; setInterval(() => {{ wasSaid ||= {IN_NAME}; }}, 20)");
    stage.run(&watch).await?;
    stage.heard_at_gateway(0, 350).await?;
    let was_said = stage.run("return wasSaid").await?;
    ensure!(was_said == false, "said of a microphone that beeps");
    stage.hang_up("#call").await.map(drop)
}
