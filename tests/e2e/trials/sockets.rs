//! Calls that get a token and no agent: the right code, the token released, and the same button makes a
//! good call at once.

use std::time::{Duration, Instant};

use serde_json::json;

use super::refusals::{Case, case, each_fails_and_the_next_click_calls, granted};
use crate::failure::{Failure, ensure};
use crate::gateway::misbehave::{Act, Misbehave, TokenFault};
use crate::gateway::token::Claims;
use crate::gateway::{Answer, ListenerName, Record};
use crate::page::{Page, button};
use crate::runner::{Trial, trial};
use crate::stage::{PageEvent, Stage};
use crate::visitor::{ERROR, SOON};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_socket_that_comes_to_no_start_is_ws_failed),
        trial!(a_socket_that_refuses_the_token_is_token_failed),
        trial!(what_never_comes_is_given_up_after_ten_seconds),
    ]
}

async fn a_socket_that_comes_to_no_start_is_ws_failed(stage: &mut Stage) -> Result<(), Failure> {
    let refused = Misbehave {
        upgrade_status: Some(503),
        ..Misbehave::default()
    };
    let before = Misbehave::before_started;
    each_fails_and_the_next_click_calls(
        stage,
        vec![
            granted(refused, "ws_failed", &["could not be opened", "Check"]),
            granted(
                before(Act::Close(1011)),
                "ws_failed",
                &["1011", "Try again"],
            ),
            granted(
                before(Act::Close(1000)),
                "ws_failed",
                &["1000", "Try again"],
            ),
            granted(before(Act::Drop), "ws_failed", &["1006", "Try again"]),
            granted(
                before(Act::error("no agent today")),
                "ws_failed",
                &["no agent today"],
            ),
        ],
    )
    .await
}

async fn a_socket_that_refuses_the_token_is_token_failed(stage: &mut Stage) -> Result<(), Failure> {
    let before = Misbehave::before_started;
    // Signed by this gateway, and void for two minutes.
    let mut claims = Claims::new(
        "emb_demo",
        "x",
        &stage.gateway.site_url(),
        "parrot",
        Duration::ZERO,
    );
    claims.exp -= 120;
    let answer = json!({ "token": stage.gateway.sign(&claims), "wssUrl": stage.gateway.wss_url() });
    let expired = Answer::new(200, "application/json", answer.to_string());
    each_fails_and_the_next_click_calls(
        stage,
        vec![
            granted(
                before(Act::Close(4401)),
                "token_failed",
                &["4401", "Try again"],
            ),
            granted(
                before(Act::Close(4403)),
                "token_failed",
                &["4403", "allowed origins"],
            ),
            Case {
                granted: true,
                ..case(TokenFault::Answer(expired), "token_failed", &["4401"])
            },
        ],
    )
    .await
}

/// Half a second either way, the contract's own.
const TOLERANCE: Duration = Duration::from_millis(500);

/// When an event of the page happened, by this process's clock: when WebDriver tells is too late.
async fn happened(stage: &Stage, event: &PageEvent) -> Result<Instant, Failure> {
    let now_ms = stage
        .run("return performance.now()")
        .await?
        .as_f64()
        .ok_or("no clock")?;
    let now = Instant::now();
    Ok(now - Duration::from_secs_f64((now_ms - event.at) / 1e3))
}

async fn what_never_comes_is_given_up_after_ten_seconds(stage: &mut Stage) -> Result<(), Failure> {
    let buttons = button("agent", "emb_demo") + &button("token", "emb_echo");
    stage.open(&Page::default().body(buttons)).await?;
    stage.gateway.misbehave(Misbehave {
        started_never: true,
        ..Misbehave::default()
    });
    stage.click("#agent").await?;
    // Its `start` came: the socket has its orders, and what is misbehaved now is for the next.
    let opened = |r: &Record| {
        let call = r.calls.first()?;
        (!call.control.is_empty()).then_some(call.opened)
    };
    let asked_agent = stage.gateway.wait_for("the socket", SOON, opened).await?;
    stage.gateway.misbehave(Misbehave {
        token: Some(TokenFault::Hangs),
        ..Misbehave::default()
    });
    stage.click("#token").await?;
    let asked = |r: &Record| {
        let asked = r.requests_to(ListenerName::Api, "/v1/tokens");
        asked.filter(|r| r.method == "POST").nth(1).map(|r| r.at)
    };
    let asked_token = stage.gateway.wait_for("the request", SOON, asked).await?;

    let deadline = Duration::from_secs(12);
    for (nth, since, target, code) in [
        (1, asked_agent, "agent", "ws_failed"),
        (2, asked_token, "token", "network"),
    ] {
        let error = stage.event(ERROR, nth, deadline).await?;
        let took = happened(stage, &error)
            .await?
            .saturating_duration_since(since);
        ensure!(error.target == target && error.code() == code, "{error:?}");
        ensure!(error.message().contains("10 s"), "{error:?}");
        let late = took.abs_diff(Duration::from_secs(10));
        ensure!(late <= TOLERANCE, "{target}: given up after {took:?}");
    }
    stage.gateway.misbehave(Misbehave::default());
    stage.released(1).await?;
    stage.good_call("#token").await?;
    stage.good_call("#agent").await
}
