//! Calls that get a token and no agent: the right code, the token released, and the same button makes a
//! good call at once.

use holds::holds;

use super::refusals::{Case, case, each_fails_and_the_next_click_calls, granted};
use crate::trial::{Trial, trial};
use gateway::misbehave::{Act, Misbehave, TokenFault};
use support::failure::Failure;
use support::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_socket_that_does_not_open_or_breaks_off_is_ws_failed),
        trial!(a_socket_that_comes_to_no_start_is_ws_failed)
            .in_one_engine("frames and close codes are judged by pure code; what browsers make of them is the one before"),
        trial!(a_socket_that_refuses_the_token_is_token_failed)
            .in_one_engine("a close code is a number; its meaning is pure"),
    ]
}

/// What each browser makes of it in its own way.
#[holds("3.ws-failed", "4.release-once")]
async fn a_socket_that_does_not_open_or_breaks_off_is_ws_failed(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let refused = Misbehave {
        upgrade_status: Some(503),
        ..Misbehave::default()
    };
    let dropped = Misbehave::before_started(Act::Drop);
    each_fails_and_the_next_click_calls(
        stage,
        vec![
            granted(refused, "ws_failed", &["could not be opened", "Check"]),
            granted(dropped, "ws_failed", &["1006", "Try again"]),
        ],
    )
    .await
}

#[holds("2.error-alone", "3.ws-failed", "3.message-advice", "4.release-once")]
async fn a_socket_that_comes_to_no_start_is_ws_failed(stage: &mut Stage) -> Result<(), Failure> {
    let before = Misbehave::before_started;
    each_fails_and_the_next_click_calls(
        stage,
        vec![
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
            granted(
                before(Act::error("no agent today")),
                "ws_failed",
                &["no agent today"],
            ),
            granted(
                before(Act::Text(r#"{"type":"end_call"}"#.to_owned())),
                "ws_failed",
                &["before it started", "Try again"],
            ),
        ],
    )
    .await
}

#[holds("3.token-failed-socket")]
async fn a_socket_that_refuses_the_token_is_token_failed(stage: &mut Stage) -> Result<(), Failure> {
    let before = Misbehave::before_started;
    let expired = stage.expired_token();
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
