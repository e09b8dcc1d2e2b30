//! Every way for a call to fail, each with its code and all that the page hears of it.

use super::endings::{check, check_lost, error, frame, late};
use super::scene::{Scene, closed, grant, refusal, started};
use holds::holds;
use vocadesk_embed::error::ErrorCode;
use vocadesk_embed::protocol::frames::ServerFrame;
use vocadesk_embed::session::event::{Deadline, Effect, Event, Releaser};

#[test]
#[holds("3.network-lost")]
fn a_connection_that_is_lost_in_a_call_is_a_network_error() {
    for code in [1005, 1006, 1011, 1012, 4401, 4403, 4999] {
        check_lost(|| vec![closed(code)]);
    }
}

#[test]
#[holds("3.ws-failed")]
fn a_socket_that_closes_before_the_start_is_ws_failed() {
    for code in [1000, 1005, 1006, 1008, 1011, 1013, 4000] {
        let failed = || vec![closed(code)];
        check(vec![
            (
                Scene::opening,
                failed(),
                "granted ws_failed releasing closed",
                false,
                1,
            ),
            (
                Scene::starting,
                failed(),
                "granted ws_failed releasing closed",
                false,
                1,
            ),
        ]);
    }
}

#[test]
#[holds("3.network-lost")]
fn a_socket_that_goes_away_has_failed_once_the_page_has_not_gone_too() {
    let stays = || vec![closed(1001), late(Deadline::GoneAway)];
    let leaves = |event: Event| vec![closed(1001), frame(started()), event];
    check(vec![
        (
            Scene::opening,
            stays(),
            "granted ws_failed releasing closed",
            false,
            1,
        ),
        (
            Scene::starting,
            stays(),
            "granted ws_failed releasing closed",
            false,
            1,
        ),
        (
            Scene::live,
            stays(),
            "granted started network releasing closed",
            false,
            1,
        ),
        (
            Scene::goodbye,
            stays(),
            "granted started ending network releasing closed",
            false,
            1,
        ),
        (
            Scene::opening,
            leaves(Event::Leave { released: true }),
            "granted closed",
            false,
            0,
        ),
        // What was still read of the socket does not start a call.
        (
            Scene::starting,
            leaves(Event::Leave { released: true }),
            "granted closed",
            true,
            0,
        ),
        (
            Scene::live,
            leaves(Event::Leave { released: true }),
            "granted started closed",
            true,
            0,
        ),
        (
            Scene::live,
            leaves(Event::HangUp),
            "granted started releasing closed",
            true,
            1,
        ),
    ]);
}

#[test]
#[holds("3.token-failed-socket")]
fn a_socket_that_refuses_the_token_is_token_failed() {
    for code in [4401, 4403] {
        let refused = || vec![closed(code)];
        check(vec![
            (
                Scene::opening,
                refused(),
                "granted token_failed releasing closed",
                false,
                1,
            ),
            (
                Scene::starting,
                refused(),
                "granted token_failed releasing closed",
                false,
                1,
            ),
        ]);
    }
}

#[test]
#[holds("3.concurrent-4409")]
fn a_socket_that_says_4409_is_concurrent_call_active_at_any_time() {
    let refused = || vec![closed(4409)];
    check(vec![
        (
            Scene::opening,
            refused(),
            "granted concurrent_call_active releasing closed",
            false,
            1,
        ),
        (
            Scene::starting,
            refused(),
            "granted concurrent_call_active releasing closed",
            false,
            1,
        ),
        (
            Scene::live,
            refused(),
            "granted started concurrent_call_active releasing closed",
            false,
            1,
        ),
        (
            Scene::goodbye,
            refused(),
            "granted started ending concurrent_call_active releasing closed",
            false,
            1,
        ),
    ]);
}

#[test]
#[holds("3.ws-failed", "3.unknown-error-frame")]
fn an_error_frame_is_ws_failed_before_the_start_and_unknown_after_it() {
    check(vec![
        (
            Scene::starting,
            vec![error()],
            "granted ws_failed releasing closed",
            false,
            1,
        ),
        (
            Scene::live,
            vec![error()],
            "granted started unknown releasing closed",
            false,
            1,
        ),
        (
            Scene::goodbye,
            vec![error()],
            "granted started ending unknown releasing closed",
            false,
            1,
        ),
        (
            Scene::starting,
            vec![frame(ServerFrame::EndCall)],
            "granted ws_failed releasing closed",
            false,
            1,
        ),
    ]);
}

#[test]
#[holds("3.network-request", "3.network-10s")]
fn a_token_that_is_refused_late_or_out_of_reach_fails_before_any_socket() {
    let answer = |code, granted| vec![refusal(code, granted)];
    check(vec![
        (
            Scene::asked,
            answer(ErrorCode::TokenFailed, false),
            "token_failed closed",
            false,
            0,
        ),
        (
            Scene::asked,
            answer(ErrorCode::ConcurrentCallActive, false),
            "concurrent_call_active closed",
            false,
            0,
        ),
        (
            Scene::asked,
            answer(ErrorCode::TokenFailed, true),
            "granted token_failed releasing closed",
            false,
            1,
        ),
        (
            Scene::asked,
            vec![Event::TokenUnreachable("Failed to fetch".into())],
            "network releasing closed",
            false,
            1,
        ),
        (
            Scene::asked,
            vec![late(Deadline::Token), grant()],
            "network granted releasing closed",
            false,
            1,
        ),
        (
            Scene::asked,
            vec![
                late(Deadline::Token),
                refusal(ErrorCode::TokenFailed, false),
            ],
            "network closed",
            false,
            0,
        ),
    ]);
}

#[test]
#[holds("3.ws-failed-10s")]
fn an_agent_that_does_not_start_in_time_is_ws_failed() {
    let start = || vec![late(Deadline::Start)];
    check(vec![
        (
            Scene::opening,
            start(),
            "granted ws_failed releasing closed",
            false,
            1,
        ),
        (
            Scene::starting,
            start(),
            "granted ws_failed releasing closed",
            false,
            1,
        ),
    ]);
}

#[test]
fn the_page_hears_of_the_end_before_the_work_of_closing_begins() {
    for (mut scene, event) in [
        (Scene::live(), closed(1006)),
        (Scene::starting(), error()),
        (Scene::draining(), Event::Drained),
        (Scene::asked(), refusal(ErrorCode::TokenFailed, true)),
    ] {
        let effects = scene.send(event);
        let at = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
        let close = at(|effect| *effect == Effect::CloseSocket);
        let told = at(|effect| {
            use vocadesk_embed::protocol::session::SessionUpdate as Said;
            matches!(effect, Effect::Report(Said::Ended | Said::Failed(_)))
        });
        assert!(
            told < close && close < at(|effect| *effect == Effect::Release(Releaser::Page)),
            "{effects:?}"
        );
    }
}
