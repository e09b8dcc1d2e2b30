//! The checks of `scripts/test wire`: this gateway passes them, and one that does wrong does not.

use std::time::Duration;

use ::conformance::{Outcome, Problem, Target, run};

use crate::resume::resumable;
use crate::visitor::{SOON, start, with_silent};
use gateway::{Config, Gateway, Misbehave, ResumeFault};

fn target(gateway: &Gateway, slack: Duration) -> Target {
    Target {
        api: gateway.api_url(),
        socket: None,
        origin: gateway.site_url(),
        embed: "emb_echo".to_owned(),
        echoes: true,
        ca: None,
        quiet: Duration::from_millis(400),
        slack,
    }
}

/// It asks more often than a page ever would.
fn patient(config: Config) -> Config {
    let mut config = config;
    config.limits.tokens_per_address = 100_000;
    config
}

async fn outcomes(gateway: &Gateway, slack: Duration) -> Vec<Outcome> {
    run(&target(gateway, slack), |_| {}).await
}

fn failed(outcomes: &[Outcome]) -> Vec<&'static str> {
    let failed = |o: &&Outcome| matches!(o.result, Err(Problem::Failed(_)));
    outcomes.iter().filter(failed).map(|o| o.promise).collect()
}

#[tokio::test]
async fn the_gateway_passes_each_check() {
    let gateway = start(patient(resumable(|d| d.quiet_secs = 0.4))).await;
    for outcome in outcomes(&gateway, SOON).await {
        assert!(outcome.result.is_ok(), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_gateway_of_version_1_passes_what_there_is_to_pass() {
    let gateway = start(patient(with_silent())).await;
    let outcomes = outcomes(&gateway, SOON).await;
    assert_eq!(failed(&outcomes), [""; 0], "{outcomes:?}");
    assert!(outcomes.iter().filter(|o| o.result.is_ok()).count() > 10);
    assert!(
        outcomes
            .iter()
            .any(|o| matches!(o.result, Err(Problem::Skipped(_))))
    );
}

#[tokio::test]
async fn what_a_gateway_does_wrong_is_found() {
    let gateway = start(patient(resumable(|d| d.quiet_secs = 4.0))).await;
    gateway.misbehave(Misbehave {
        acks_never: true,
        cors_missing: true,
        resume: Some(ResumeFault::Ahead(3)),
        ..Misbehave::default()
    });
    let outcomes = outcomes(&gateway, Duration::from_secs(1)).await;
    let found = failed(&outcomes);
    for wrong in [
        "a_token_is_granted_to_a_page_that_can_read_the_answer",
        "a_refusal_can_be_read_and_says_why",
        "what_arrives_is_acknowledged",
        "a_ping_is_answered_and_nobody_is_silent_for_long",
        "a_lost_line_is_resumed_and_numbers_go_on",
    ] {
        assert!(found.contains(&wrong), "{wrong}: {outcomes:?}");
    }
}
