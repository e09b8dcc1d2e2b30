//! Every way for a call to end, each with all that the page hears of it.

use super::scene::{Scene, closed, grant, refusal};
use holds::holds;
use vocadesk_embed::error::ErrorCode;
use vocadesk_embed::protocol::frames::{STOP, ServerFrame};
use vocadesk_embed::session::event::{Deadline, Effect, Event};

/// A way to end: from where, by which events, what the page hears from the beginning, whether the
/// server is told `stop`, and how many releases there are.
pub type Ending = (fn() -> Scene, Vec<Event>, &'static str, bool, usize);

pub fn check(endings: Vec<Ending>) {
    for (from, events, reports, stop, releases) in endings {
        let mut scene = from();
        let name = format!("{events:?} after {:?}", scene.words());
        for event in events {
            scene.send(event);
        }
        if scene.release_awaited {
            scene.send(Event::Released);
        }
        assert_eq!(scene.words().join(" "), reports, "{name}");
        assert_eq!(scene.releases(), releases, "{name}");
        assert_eq!(
            scene.count(&Effect::Send(STOP.to_owned())),
            usize::from(stop),
            "{name}"
        );
        assert!(!scene.socket_open, "{name}");
        assert_eq!(scene.armed, None, "{name}");
    }
}

/// A line that is lost by these events, while both talk and while the agent says goodbye.
pub fn check_lost(lost: impl Fn() -> Vec<Event>) {
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

pub fn frame(frame: ServerFrame) -> Event {
    Event::Frame(frame)
}

pub fn late(deadline: Deadline) -> Event {
    Event::Late(deadline)
}

pub fn error() -> Event {
    frame(ServerFrame::Error("no model".into()))
}

#[test]
#[holds("2.cancel-silent", "5.client-stop")]
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
            "releasing closed",
            false,
            1,
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
#[holds("4.release-pagehide")]
fn a_page_that_is_left_releases_by_itself_once_it_knows_of_a_token() {
    let leave = || vec![Event::Leave { released: true }];
    check(vec![
        (Scene::new, leave(), "closed", false, 0),
        (
            Scene::asked,
            vec![Event::Leave { released: false }, grant()],
            "granted releasing-itself closed",
            false,
            1,
        ),
        (
            Scene::unwanted,
            vec![Event::Leave { released: false }, grant()],
            "granted releasing-itself closed",
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
#[holds("5.server-end-call")]
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
#[holds("4.release-once")]
fn a_token_that_comes_after_the_page_was_told_closed_is_still_released() {
    for mut scene in [Scene::unwanted(), Scene::asked()] {
        while scene.fire() {}
        assert_eq!(scene.words().last(), Some(&"closed"));
        assert!(scene.session().awaits_unwanted_token());
        let before = scene.words().len();
        scene.send(grant());
        scene.send(Event::Released);
        assert_eq!(
            scene.words()[before..],
            ["granted", "releasing-itself", "closed"]
        );
        assert_eq!(scene.releases(), 1);
        assert!(!scene.session().awaits_unwanted_token());
    }
}

#[test]
#[holds("3.deadlines", "4.release-silent")]
fn a_release_that_is_not_answered_does_not_keep_the_page_waiting() {
    let mut scene = Scene::releasing();
    assert!(scene.fire());
    assert_eq!(scene.words().join(" "), "granted started releasing closed");
    assert_eq!(scene.send(Event::Released), []);
}
