//! Calls that fail before they start: the right code, advice in the message, the place given back, and
//! the same button makes a good call at once.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::engine::Microphone;
use crate::failure::{Failure, ensure};
use crate::gateway::misbehave::{Act, Misbehave, TokenFault};
use crate::gateway::token::Claims;
use crate::gateway::{Answer, ListenerName, Record};
use crate::page::{Page, button};
use crate::runner::{Trial, trial};
use crate::stage::{Setting, Stage};
use crate::visitor::{END, ERROR, SOON, START};

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
        trial!(a_token_that_is_refused_or_useless_is_token_failed),
        trial!(an_embed_of_another_origin_or_of_nobody_says_what_to_set_right),
        trial!(a_visitor_who_is_in_a_call_elsewhere_is_told_so),
        trial!(an_api_out_of_reach_is_network),
        trial!(a_socket_that_comes_to_no_start_is_ws_failed),
        trial!(a_socket_that_refuses_the_token_is_token_failed),
        trial!(what_never_comes_is_given_up_after_ten_seconds),
    ]
}

/// One way to fail before the start.
struct Case {
    misbehave: Misbehave,
    code: &'static str,
    /// What the message must tell the developer: server's words, and something to do.
    says: &'static [&'static str],
    /// A token was granted, so it must be released.
    granted: bool,
}

fn case(token: TokenFault, code: &'static str, says: &'static [&'static str]) -> Case {
    let misbehave = Misbehave {
        token: Some(token),
        ..Misbehave::default()
    };
    Case {
        misbehave,
        code,
        says,
        granted: false,
    }
}

fn granted(misbehave: Misbehave, code: &'static str, says: &'static [&'static str]) -> Case {
    Case {
        misbehave,
        code,
        says,
        granted: true,
    }
}

/// Lets each case fail on one page, and makes a good call after each.
async fn each_fails_and_the_next_click_calls(
    stage: &Stage,
    cases: Vec<Case>,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    for (number, case) in cases.into_iter().enumerate() {
        fails_then_calls(stage, case)
            .await
            .map_err(|Failure(why)| Failure(format!("case {number}: {why}")))?;
    }
    Ok(())
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
    stage.good_call("#call").await?;
    // The good call's own events came after: nothing of the failure is still on its way.
    let came = stage.kinds_since(events).await?;
    ensure!(came == [ERROR, START, END], "{came:?}");
    stage
        .released(released + 1 + usize::from(case.granted))
        .await
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

async fn a_token_that_is_refused_or_useless_is_token_failed(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let server_error = Answer::new(500, "text/plain", "boom");
    each_fails_and_the_next_click_calls(
        stage,
        vec![
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
            case(
                TokenFault::Answer(server_error),
                "token_failed",
                &["500", "Check"],
            ),
            Case {
                granted: true,
                ..case(
                    TokenFault::DispatchHttps,
                    "token_failed",
                    &["https://dispatch.example.com", "wss://"],
                )
            },
        ],
    )
    .await
}

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

async fn a_visitor_who_is_in_a_call_elsewhere_is_told_so(stage: &mut Stage) -> Result<(), Failure> {
    let code = "concurrent_call_active";
    each_fails_and_the_next_click_calls(
        stage,
        vec![
            Case {
                misbehave: Misbehave::token_status(409, code),
                code,
                says: &["End it"],
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

async fn an_api_out_of_reach_is_network(stage: &mut Stage) -> Result<(), Failure> {
    let no_cors = Misbehave {
        cors_missing: true,
        ..Misbehave::default()
    };
    let unreadable = Case {
        misbehave: no_cors,
        code: "network",
        says: &["Check apiUrl"],
        granted: false,
    };
    each_fails_and_the_next_click_calls(
        stage,
        vec![
            // First: a preflight that was answered once is not asked again for ten minutes.
            unreadable,
            case(TokenFault::Disconnect, "network", &["Check apiUrl"]),
            case(TokenFault::CutOff, "network", &["Check apiUrl"]),
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

/// Half a second either way: the page's clock starts at the click, ours after WebDriver's answer to it.
const TOLERANCE: Duration = Duration::from_millis(500);

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
        let took: Duration = Instant::now() - since;
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
