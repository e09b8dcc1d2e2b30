//! Every kind of host by keyboard alone.

use fantoccini::key::Key;
use holds::holds;

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![trial!(enter_and_space_start_and_end_a_call_on_any_element)]
}

#[holds("1.any-element", "1.form-not-submitted")]
async fn enter_and_space_start_and_end_a_call_on_any_element(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let marks = r#"data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}""#;
    let body = button("button", "emb_echo")
        + &format!(
            r#"<div id="div" {marks}>Talk</div><a id="link" href="/followed" {marks}>Talk</a>
               <div style="height: 3000px"></div>"#
        );
    stage.open(&Page::default().body(body)).await?;
    stage.state("#link", "idle").await?;
    let mut calls = 0;
    for id in ["button", "div", "link"] {
        for (begin, end) in [(' ', char::from(Key::Enter)), (char::from(Key::Enter), ' ')] {
            calls += 1;
            stage
                .run(&format!("document.getElementById('{id}').focus()"))
                .await?;
            stage.browser()?.press(begin).await?;
            stage.event(START, calls, SOON).await?;
            stage.browser()?.press(end).await?;
            stage.event(END, calls, SOON).await?;
            stage.released(calls).await?;
        }
    }
    let scrolled = stage.run("return scrollY").await?;
    ensure!(scrolled == 0, "Space scrolled the page by {scrolled}");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds.len() == 2 * calls, "{kinds:?}");
    Ok(())
}
