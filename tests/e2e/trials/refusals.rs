//! Calls that get no token: the right code, advice in the message, the place given back, and
//! the same button makes a good call at once.

use holds::holds;
use std::net::{Ipv4Addr, TcpListener};

use serde_json::json;

use crate::trial::{ANYTHING, Trial, trial};
use gateway::Answer;
use gateway::misbehave::{Act, Misbehave, TokenFault};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, ERROR, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_token_that_is_refused_or_useless_is_token_failed)
            .in_one_engine("status and body of an answer are judged by pure code"),
        trial!(an_embed_of_another_origin_or_of_nobody_says_what_to_set_right)
            .also_without(ANYTHING),
        trial!(a_visitor_who_is_in_a_call_elsewhere_is_told_so)
            .in_one_engine("409 and 4409 are judged by pure code"),
        trial!(an_api_out_of_reach_is_network),
    ]
}

/// One way to fail before the start.
pub(super) struct Case {
    pub(super) misbehave: Misbehave,
    pub(super) code: &'static str,
    /// What the message must tell the developer: server's words, and something to do.
    pub(super) says: &'static [&'static str],
    /// A token was granted, or may have been: it must be released.
    pub(super) granted: bool,
}

pub(super) fn case(token: TokenFault, code: &'static str, says: &'static [&'static str]) -> Case {
    let misbehave = Misbehave {
        token: Some(token),
        ..Misbehave::default()
    };
    Case {
        misbehave,
        code,
        says,
        granted: true,
    }
}

/// The server said no: there is nothing to release.
fn refused(case: Case) -> Case {
    Case {
        granted: false,
        ..case
    }
}

pub(super) fn granted(
    misbehave: Misbehave,
    code: &'static str,
    says: &'static [&'static str],
) -> Case {
    Case {
        misbehave,
        code,
        says,
        granted: true,
    }
}

/// Lets each case fail on one page, and makes a call after each; the last one is looked at from end to end.
pub(super) async fn each_fails_and_the_next_click_calls(
    stage: &Stage,
    cases: Vec<Case>,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    for (number, case) in cases.into_iter().enumerate() {
        fails_then_calls(stage, case)
            .await
            .map_err(|Failure(why)| Failure(format!("case {number}: {why}")))?;
    }
    stage.good_call("#call").await
}

async fn fails_then_calls(stage: &Stage, case: Case) -> Result<(), Failure> {
    let events = stage.events().await?.len();
    let released = stage.gateway.record().releases.len();
    stage.gateway.misbehave(case.misbehave);
    let error = stage.fail_call("#call", case.code).await?;
    for words in case.says {
        ensure!(
            error.message().contains(words),
            "{words:?} is not in {error:?}"
        );
    }
    stage.state("#call", "error").await?;
    stage.microphone_is_off().await?;
    stage.gateway.misbehave(Misbehave::default());
    if case.granted {
        stage.released(released + 1).await?;
    }
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    stage
        .released(released + 1 + usize::from(case.granted))
        .await?;
    // The call's own events came after: nothing of the failure is still on its way.
    let came = stage.kinds_since(events).await?;
    ensure!(came == [ERROR, START, END], "{came:?}");
    Ok(())
}

#[holds(
    "2.error-alone",
    "3.token-failed-status",
    "3.token-failed-answer",
    "3.message-advice",
    "4.other-transport"
)]
async fn a_token_that_is_refused_or_useless_is_token_failed(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let server_error = Answer::new(500, "text/plain", "boom");
    let status = |status, code| Case {
        misbehave: Misbehave::token_status(status, code),
        code: "token_failed",
        says: &["the test asked for", "Check the embed's settings"],
        granted: false,
    };
    each_fails_and_the_next_click_calls(
        stage,
        vec![
            status(400, "bad_request"),
            status(401, "unauthorized"),
            status(404, "not_found"),
            status(429, "too_many"),
            status(503, "overloaded"),
            case(
                TokenFault::Answer(Answer::new(204, "text/plain", "")),
                "token_failed",
                &["not a JSON"],
            ),
            case(
                TokenFault::NotJson,
                "token_failed",
                &["not a JSON", "Check apiUrl"],
            ),
            case(
                TokenFault::LacksFields,
                "token_failed",
                &["no token", "Check apiUrl"],
            ),
            refused(case(
                TokenFault::Answer(server_error),
                "token_failed",
                &["500", "Check"],
            )),
            case(
                TokenFault::DispatchHttps,
                "token_failed",
                &["another transport", "wss://"],
            ),
        ],
    )
    .await
}

#[holds("3.token-failed-message")]
async fn an_embed_of_another_origin_or_of_nobody_says_what_to_set_right(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default().body(button("call", "emb_elsewhere"));
    stage.open(&page).await?;
    let error = stage.fail_call("#call", "token_failed").await?;
    for words in [
        "origin_not_allowed",
        &stage.gateway.site_url(),
        "allowed origins",
    ] {
        ensure!(
            error.message().contains(words),
            "{words:?} is not in {error:?}"
        );
    }
    // Another id on the same element is another binding of it.
    stage
        .run("call.dataset.vocadeskEmbed = 'emb_nobody'")
        .await?;
    stage.state("#call", "idle").await?;
    let error = stage.fail_call("#call", "token_failed").await?;
    for words in ["embed_not_found", "emb_nobody", "Check the embed id"] {
        ensure!(
            error.message().contains(words),
            "{words:?} is not in {error:?}"
        );
    }
    stage.run("call.dataset.vocadeskEmbed = 'emb_echo'").await?;
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [ERROR, ERROR, START, END], "{kinds:?}");
    Ok(())
}

#[holds("3.concurrent-409", "3.concurrent-4409")]
async fn a_visitor_who_is_in_a_call_elsewhere_is_told_so(stage: &mut Stage) -> Result<(), Failure> {
    let code = "concurrent_call_active";
    each_fails_and_the_next_click_calls(
        stage,
        vec![
            Case {
                misbehave: Misbehave::token_status(409, code),
                code,
                says: &["end that first"],
                granted: false,
            },
            granted(
                Misbehave::before_started(Act::Close(4409)),
                code,
                &["End it"],
            ),
        ],
    )
    .await
}

#[holds("1.attributes-at-click", "3.network-request", "4.trailing-slashes")]
async fn an_api_out_of_reach_is_network(stage: &mut Stage) -> Result<(), Failure> {
    let torn = if stage.engine.takes_torn_answers {
        "token_failed"
    } else {
        "network"
    };
    let no_cors = Misbehave {
        cors_missing: true,
        ..Misbehave::default()
    };
    // First: a preflight that was answered once is not asked again for ten minutes. Whether a release comes
    // through depends on when the gateway is its old self again.
    stage.open(&Page::default()).await?;
    stage.gateway.misbehave(no_cors);
    let error = stage.fail_call("#call", "network").await?;
    ensure!(error.message().contains("Check apiUrl"), "{error:?}");
    stage.lock_is_free().await?;
    stage.gateway.misbehave(Misbehave::default());
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    stage.lock_is_free().await?;
    let found_elsewhere = Answer::new(302, "text/plain", "").header("location", "/v1/elsewhere");
    each_fails_and_the_next_click_calls(
        stage,
        vec![
            case(TokenFault::Disconnect, "network", &["Check apiUrl"]),
            case(TokenFault::CutOff, torn, &["Check apiUrl"]),
            // Not followed to where nothing is.
            refused(case(
                TokenFault::Answer(found_elsewhere),
                "token_failed",
                &["redirect", "Check apiUrl"],
            )),
        ],
    )
    .await?;
    // Nothing listens there: the port was free a moment ago.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port();
    let point_at = async |url: String| {
        let script = format!("call.dataset.vocadeskApiUrl = {}", json!(url));
        stage.run(&script).await
    };
    point_at(format!("http://127.0.0.1:{port}")).await?;
    let error = stage.fail_call("#call", "network").await?;
    ensure!(error.message().contains("Check apiUrl"), "{error:?}");
    // A trailing slash is the same address.
    point_at(format!("{}/", stage.gateway.api_url())).await?;
    stage.good_call("#call").await
}
