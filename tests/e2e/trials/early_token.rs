//! A visitor who has allowed the microphone before: the token is asked for while it starts.

use crate::trial::{Trial, trial};
use gateway::Record;
use gateway::misbehave::{Misbehave, TokenFault};
use holds::holds;
use std::time::Duration;
use support::engine::Without;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::{Setting, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_visitor_who_allowed_the_microphone_gets_a_token_while_it_starts).in_one_engine(
            "permission and microphone are stand-ins of the page; order of steps is pure",
        ),
        trial!(a_visitor_who_is_still_asked_for_the_microphone_gets_no_token_before_it_runs)
            .in_one_engine("same stand-ins, pure order"),
        trial!(
            a_token_that_expires_before_the_microphone_starts_is_asked_for_anew_once,
            Setting::default().config(|mut config| {
                config.token_secs = 2;
                config
            })
        )
        .also_without(&[Without::Worker])
        .in_one_engine("same stand-ins; what is to be done is pure"),
    ]
}

/// A microphone that takes as long to start as the trial wants, of a visitor who has allowed it or not.
/// Drivers cannot grant a permission in every engine; what the page is told is what counts.
fn slow_microphone(permission: &str) -> String {
    format!(
        r"<script>
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) => new Promise((start, refuse) => {{
    window.start = () => start(getUserMedia(wanted));
    window.refuse = () => refuse(new DOMException('gone', 'NotFoundError'));
  }});
  Permissions.prototype.query = async ({{ name }}) => ({{ state: name === 'microphone' ? '{permission}' : 'denied' }});
</script>"
    )
}

async fn token_granted(stage: &Stage, nth: usize) -> Result<(), Failure> {
    let granted = |r: &Record| (r.tokens.len() == nth).then_some(());
    let what = "a token before the microphone";
    Ok(stage.gateway.wait_for(what, SOON, granted).await?)
}

#[holds("4.release-once")]
async fn a_visitor_who_allowed_the_microphone_gets_a_token_while_it_starts(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default().head(slow_microphone("granted"));
    stage.open(&page).await?;
    stage.click("#call").await?;
    token_granted(stage, 1).await?;
    stage.state("#call", "connecting").await?;
    let calls = stage.gateway.record().calls.len();
    ensure!(
        calls == 0,
        "the agent was called before there was a microphone"
    );
    stage.run("start()").await?;
    stage.event(START, 1, SOON).await?;
    stage.heard_at_gateway(0, 10).await?;
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    // Granted in vain: the microphone does not start after all, or the visitor thinks better of it.
    stage.click("#call").await?;
    token_granted(stage, 2).await?;
    stage.run("refuse()").await?;
    stage.error(1, "mic_unavailable").await?;
    stage.released(2).await?;
    stage.click("#call").await?;
    token_granted(stage, 3).await?;
    stage.call_off("#call").await?;
    stage.released(3).await?;
    let calls = stage.gateway.record().calls.len();
    ensure!(calls == 1, "{calls} sockets");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END, ERROR], "{kinds:?}");
    // It starts too late: off is what has been on.
    let before = stage.run("return __harness.streams.length").await?;
    stage.run("start()").await?;
    let started = format!("__harness.streams.length > {before}");
    stage.until(&started, SOON).await?;
    stage.microphone_is_off().await
}

async fn a_visitor_who_is_still_asked_for_the_microphone_gets_no_token_before_it_runs(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for permission in ["prompt", "denied"] {
        stage
            .open(&Page::default().head(slow_microphone(permission)))
            .await?;
        let asked = stage.token_requests();
        stage.click("#call").await?;
        stage.state("#call", "asking").await?;
        // The question to the browser was asked before this one, and answered.
        stage
            .run("return navigator.permissions.query({ name: 'x' }).then(() => null)")
            .await?;
        ensure!(stage.token_requests() == asked, "asked for a token");
        stage.run("start()").await?;
        stage.event(START, 1, SOON).await?;
        stage.hang_up("#call").await?;
        stage.all_released().await?;
    }
    Ok(())
}

/// As where the system itself asks, and not the browser.
#[holds("4.token-renewed", "4.release-once", "3.token-failed-socket")]
async fn a_token_that_expires_before_the_microphone_starts_is_asked_for_anew_once(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default().head(slow_microphone("granted"));
    stage.open(&page).await?;
    stage.click("#call").await?;
    token_granted(stage, 1).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    stage.run("start()").await?;
    stage.event(START, 1, SOON).await?;
    stage.heard_at_gateway(0, 10).await?;
    stage.released(1).await?;
    stage.hang_up("#call").await?;
    stage.released(2).await?;
    ensure!(stage.token_requests() == 2, "not two tokens");

    // One that is void however often it is asked for.
    stage.gateway.misbehave(Misbehave {
        token: Some(TokenFault::Answer(stage.expired_token())),
        ..Misbehave::default()
    });
    stage.click("#call").await?;
    stage.state("#call", "connecting").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    stage.run("start()").await?;
    let error = stage.error(1, "token_failed").await?;
    ensure!(error.message().contains("4401"), "{error:?}");
    stage.microphone_is_off().await?;
    stage.released(4).await?;
    ensure!(stage.token_requests() == 4, "not two tokens more");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END, ERROR], "{kinds:?}");
    stage.gateway.misbehave(Misbehave::default());
    stage.lock_is_free().await
}
