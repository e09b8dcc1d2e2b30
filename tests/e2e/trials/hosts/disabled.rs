//! Buttons that cannot be clicked: no call, until they can.

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![trial!(a_disabled_button_calls_nobody_until_it_is_enabled)]
}

async fn a_disabled_button_calls_nobody_until_it_is_enabled(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let marks = r#"data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}""#;
    let body = format!(
        r#"<p><button id="button" {marks} disabled>Talk <b>to us</b></button>
           <p><input type="button" id="input" {marks} disabled value="Talk to us">
           <fieldset id="fieldset" disabled><button id="within" {marks}><b>Talk to us</b></button>
           </fieldset>"#
    );
    // Clicked before the wasm is there, when the script keeps clicks for it, and afterwards.
    let wasm = stage.hold_page_module()?;
    stage.open(&Page::default().body(body)).await?;
    click_all(stage).await?;
    let bound = stage
        .run("return 'vocadeskState' in within.dataset")
        .await?;
    ensure!(bound == false, "the wasm was there before the clicks");
    wasm.open();
    stage.state("#within", "idle").await?;
    click_all(stage).await?;
    for id in ["button", "input", "within"] {
        stage.run(&format!("{id}.click()")).await?;
        let state = stage
            .run(&format!("return {id}.dataset.vocadeskState"))
            .await?;
        ensure!(state == "idle", "#{id} is disabled, and {state}");
    }
    stage
        .run("button.disabled = input.disabled = fieldset.disabled = false")
        .await?;
    for id in ["button", "input", "within"] {
        stage
            .good_call(&format!("#{id}"))
            .await
            .map_err(|Failure(why)| Failure(format!("{id}: {why}")))?;
    }
    let (kinds, asked) = (stage.kinds_since(0).await?, stage.token_requests());
    ensure!(kinds.len() == 6 && asked == 3, "{kinds:?}, {asked} tokens");
    Ok(())
}

/// A click on the words is one on an element inside the button, which is not disabled.
async fn click_all(stage: &Stage) -> Result<(), Failure> {
    for place in ["#button", "#button b", "#input", "#within", "#within b"] {
        let place = format!("document.querySelector('{place}')");
        stage.click_at_middle(&place).await?;
    }
    Ok(())
}
