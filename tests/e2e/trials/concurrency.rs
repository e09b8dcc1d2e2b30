//! One call for each visitor and embed: the second is refused here, at once, and without a request.

use crate::failure::{Failure, ensure};
use crate::page::{Page, button};
use crate::runner::{Trial, trial};
use crate::stage::Stage;
use crate::visitor::{END, ERROR, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_second_button_of_one_embed_is_refused_while_the_first_calls),
        trial!(a_second_tab_is_refused_while_the_first_calls),
    ]
}

const CODE: &str = "concurrent_call_active";

async fn a_second_button_of_one_embed_is_refused_while_the_first_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let buttons =
        button("call", "emb_demo") + &button("same", "emb_demo") + &button("other", "emb_echo");
    stage.open(&Page::default().body(buttons)).await?;
    stage.start_call("#call").await?;
    for _ in 0..2 {
        let error = stage.fail_call("#same", CODE).await?;
        ensure!(
            error.target == "same" && error.message().contains("End it"),
            "{error:?}"
        );
    }
    ensure!(
        stage.token_requests() == 1,
        "the second button asked for a token"
    );
    // Another embed is another matter.
    stage.start_call("#other").await?;
    let before = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, before + 25).await?;
    stage.hang_up("#other").await?;
    stage.hang_up("#call").await?;
    stage.released(2).await?;
    stage.good_call("#same").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(
        kinds == [START, ERROR, ERROR, START, END, END, START, END],
        "{kinds:?}"
    );
    Ok(())
}

async fn a_second_tab_is_refused_while_the_first_calls(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    let first = stage.browser()?.open_tab().await?;
    stage.open(&Page::default()).await?;
    let error = stage.fail_call("#call", CODE).await?;
    ensure!(error.message().contains("tab"), "{error:?}");
    ensure!(
        stage.token_requests() == 1,
        "the second tab asked for a token"
    );
    let second = stage.browser()?.client().window().await?;
    stage.browser()?.to_tab(first).await?;
    let before = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, before + 25).await?;
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "the first tab heard {kinds:?}");
    stage.browser()?.to_tab(second).await?;
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(
        kinds == [ERROR, START, END],
        "the second tab heard {kinds:?}"
    );
    Ok(())
}
