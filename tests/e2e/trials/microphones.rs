//! No microphone, by the visitor's will or for want of one.

use crate::engine::Microphone;
use crate::failure::{Failure, ensure};
use crate::gateway::ListenerName;
use crate::page::Page;
use crate::runner::{Trial, trial};
use crate::stage::{Setting, Stage};
use crate::visitor::ERROR;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(
            a_denied_microphone_asks_the_gateway_for_nothing,
            Setting::microphone(Microphone::Denied)
        ),
        trial!(
            a_missing_microphone_asks_the_gateway_for_nothing,
            Setting::microphone(Microphone::Missing)
        ),
    ]
}

/// A microphone cannot be granted or plugged in afterwards: the second click must fail alike.
async fn fails_twice_without_the_gateway(
    stage: &Stage,
    code: &str,
    says: &str,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    for nth in 1..=2 {
        let error = stage.fail_call("#call", code).await?;
        ensure!(error.message().contains(says), "click {nth}: {error:?}");
        stage.state("#call", "error").await?;
    }
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [ERROR, ERROR], "{kinds:?}");
    let record = stage.gateway.record();
    let asked = record
        .requests
        .iter()
        .filter(|r| r.listener == ListenerName::Api);
    ensure!(asked.count() == 0, "the gateway was asked for something");
    Ok(())
}

async fn a_denied_microphone_asks_the_gateway_for_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    fails_twice_without_the_gateway(stage, "mic_denied", "can allow it").await
}

async fn a_missing_microphone_asks_the_gateway_for_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    fails_twice_without_the_gateway(stage, "mic_unavailable", "Connect one").await
}
