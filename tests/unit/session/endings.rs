//! Every way for a call to end, each with all that the page hears of it.

use super::scene::{Scene, closed, grant, refusal};
use vocadesk_embed::call::session::{Deadline, Effect, Event};
use vocadesk_embed::call::wire::{STOP, ServerFrame};
use vocadesk_embed::shared::error::ErrorCode;

/// A way to end: from where, by which events, what the page hears from the beginning, whether the
/// server is told `stop`, and how many releases there are.
type Ending = (fn() -> Scene, Vec<Event>, &'static str, bool, usize);

fn check(endings: Vec<Ending>) {
    for (from, events, reports, stop, releases) in endings {
        let mut scene = from();
        let name = format!("{events:?} after {:?}", scene.words());
        for event in events {
            scene.tell(event);
        }
        if scene.release_awaited {
            scene.tell(Event::Released);
        }
        assert_eq!(scene.words().join(" "), reports, "{name}");
        assert_eq!(scene.count(&Effect::Release), releases, "{name}");
        assert_eq!(
            scene.count(&Effect::Send(STOP)),
            usize::from(stop),
            "{name}"
        );
        assert!(!scene.socket_open, "{name}");
        assert_eq!(scene.armed, None, "{name}");
    }
}

fn frame(frame: ServerFrame) -> Event {
    Event::Frame(frame)
}

fn late(deadline: Deadline) -> Event {
    Event::Late(deadline)
}

fn error() -> Event {
    frame(ServerFrame::Error("no model".into()))
}

#[test]
fn a_visitor_who_hangs_up_hears_of_no_failure_in_any_phase() {
    let hang_up = || vec![Event::HangUp];
    check(vec![
        (Scene::new, hang_up(), "closed", false, 0),
        (
            Scene::asked,
            vec![Event::HangUp, grant()],
            "granted releasing closed",
            false,
            1,
        ),
        (
            Scene::asked,
            vec![Event::HangUp, refusal(ErrorCode::TokenFailed, true)],
            "granted releasing closed",
            false,
            1,
        ),
        (
            Scene::asked,
            vec![Event::HangUp, refusal(ErrorCode::TokenFailed, false)],
            "closed",
            false,
            0,
        ),
        (
            Scene::asked,
            vec![Event::HangUp, Event::TokenUnreachable("x".into())],
            "closed",
            false,
            0,
        ),
        (
            Scene::opening,
            hang_up(),
            "granted releasing closed",
            false,
            1,
        ),
        (
            Scene::starting,
            hang_up(),
            "granted releasing closed",
            true,
            1,
        ),
        (
            Scene::live,
            hang_up(),
            "granted started releasing closed",
            true,
            1,
        ),
        (
            Scene::goodbye,
            hang_up(),
            "granted started ending releasing closed",
            true,
            1,
        ),
        (
            Scene::draining,
            hang_up(),
            "granted started ending releasing closed",
            true,
            1,
        ),
        (
            Scene::releasing,
            hang_up(),
            "granted started releasing closed",
            true,
            1,
        ),
        (
            Scene::over,
            hang_up(),
            "granted started releasing closed",
            true,
            1,
        ),
    ]);
}

#[test]
fn a_page_that_is_left_releases_by_itself_once_it_knows_of_a_token() {
    let leave = || vec![Event::Leave];
    check(vec![
        (Scene::new, leave(), "closed", false, 0),
        (
            Scene::asked,
            vec![Event::Leave, grant()],
            "granted releasing closed",
            false,
            1,
        ),
        (
            Scene::unwanted,
            vec![Event::Leave, grant()],
            "granted releasing closed",
            false,
            1,
        ),
        (Scene::opening, leave(), "granted closed", false, 0),
        (Scene::starting, leave(), "granted closed", true, 0),
        (Scene::live, leave(), "granted started closed", true, 0),
        (
            Scene::goodbye,
            leave(),
            "granted started ending closed",
            true,
            0,
        ),
        (
            Scene::draining,
            leave(),
            "granted started ending closed",
            true,
            0,
        ),
        (
            Scene::releasing,
            leave(),
            "granted started releasing closed",
            true,
            1,
        ),
        (
            Scene::over,
            leave(),
            "granted started releasing closed",
            true,
            1,
        ),
    ]);
}

#[test]
fn an_agent_that_ends_or_transfers_is_heard_out() {
    let end = || vec![frame(ServerFrame::EndCall), Event::Drained];
    let whole = "granted started ending ended releasing closed";
    check(vec![
        (Scene::live, end(), whole, false, 1),
        (Scene::goodbye, end(), whole, false, 1),
        (
            Scene::draining,
            vec![late(Deadline::Drain)],
            whole,
            false,
            1,
        ),
        (
            Scene::draining,
            vec![closed(1000), Event::Drained],
            whole,
            false,
            1,
        ),
        (
            Scene::draining,
            vec![closed(1006), Event::Drained],
            whole,
            false,
            1,
        ),
        (
            Scene::draining,
            vec![error(), frame(ServerFrame::EndCall), Event::Drained],
            whole,
            false,
            1,
        ),
        (
            Scene::live,
            vec![closed(1000), Event::Drained],
            whole,
            false,
            1,
        ),
        (
            Scene::goodbye,
            vec![closed(1000), Event::Drained],
            whole,
            false,
            1,
        ),
        (
            Scene::goodbye,
            vec![closed(1000), late(Deadline::Drain)],
            whole,
            false,
            1,
        ),
    ]);
}

#[test]
fn a_connection_that_is_lost_in_a_call_is_a_network_error() {
    for code in [1001, 1005, 1006, 1011, 1012, 4401, 4403, 4999] {
        let lost = || vec![closed(code)];
        check(vec![
            (
                Scene::live,
                lost(),
                "granted started network releasing closed",
                false,
                1,
            ),
            (
                Scene::goodbye,
                lost(),
                "granted started ending network releasing closed",
                false,
                1,
            ),
        ]);
    }
}

#[test]
fn a_socket_that_closes_before_the_start_is_ws_failed() {
    for code in [1000, 1001, 1005, 1006, 1008, 1011, 1013, 4000] {
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
            "network closed",
            false,
            0,
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
fn a_token_that_comes_after_the_page_was_told_closed_is_still_released() {
    for mut scene in [Scene::unwanted(), Scene::asked()] {
        while scene.fire() {}
        assert_eq!(scene.words().last(), Some(&"closed"));
        assert!(scene.session().awaits_unwanted_token());
        let before = scene.words().len();
        scene.tell(grant());
        scene.tell(Event::Released);
        assert_eq!(scene.words()[before..], ["granted", "releasing", "closed"]);
        assert_eq!(scene.count(&Effect::Release), 1);
        assert!(!scene.session().awaits_unwanted_token());
    }
}

#[test]
fn a_release_that_is_not_answered_does_not_keep_the_page_waiting() {
    let mut scene = Scene::releasing();
    assert!(scene.fire());
    assert_eq!(scene.words().join(" "), "granted started releasing closed");
    assert_eq!(scene.tell(Event::Released), []);
}

#[test]
fn the_page_hears_of_the_end_before_the_work_of_closing_begins() {
    for (mut scene, event) in [
        (Scene::live(), closed(1006)),
        (Scene::starting(), error()),
        (Scene::draining(), Event::Drained),
        (Scene::asked(), refusal(ErrorCode::TokenFailed, true)),
    ] {
        let effects = scene.tell(event);
        let at = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
        let close = at(|effect| *effect == Effect::CloseSocket);
        let told = at(|effect| {
            use vocadesk_embed::shared::message::CallToPage as Said;
            matches!(
                effect,
                Effect::Report(Said::Ended { .. } | Said::Failed { .. })
            )
        });
        assert!(
            told < close && close < at(|effect| *effect == Effect::Release),
            "{effects:?}"
        );
    }
}
