//! A token that has expired before it was used is released, and another asked for, once.

use super::endings::{frame, late};
use super::scene::{Scene, closed, grant, refusal, started};
use holds::holds;
use vocadesk_embed::error::ErrorCode;
use vocadesk_embed::protocol::http::Grant;
use vocadesk_embed::session::event::{Deadline, Effect, Event, Releaser};

const SECOND_TOKEN: &str = "second.token.indeed";

fn second_grant() -> Event {
    Event::TokenAnswered(Ok(Grant {
        token: SECOND_TOKEN.into(),
        wss_url: "wss://voice.example/call".into(),
    }))
}

/// The token is here, and for so long the microphone is not.
fn granted_for(waits_ms: f64) -> Scene {
    let mut scene = Scene::new();
    scene.send(Event::Connect);
    scene.send(grant());
    scene.now_ms += waits_ms;
    scene
}

/// The first token is being released.
fn renewing() -> Scene {
    let mut scene = granted_for(60_000.0);
    scene.send(Event::Joined);
    scene
}

fn sockets(scene: &Scene) -> Vec<&str> {
    let urls = scene.effects.iter().filter_map(|effect| match effect {
        Effect::OpenSocket(url) => url.split_once("token=").map(|(_, token)| token),
        _ => None,
    });
    urls.collect()
}

#[test]
#[holds("4.token-renewed", "4.release-once")]
fn a_token_that_expires_before_there_is_a_microphone_is_released_and_another_asked_for() {
    let mut scene = granted_for(60_000.0);
    let effects = scene.send(Event::Joined);
    let release = Effect::Release(Releaser::Session);
    assert!(effects.contains(&release), "{effects:?}");
    assert!(sockets(&scene).is_empty(), "{:?}", scene.effects);
    // Until the release is answered the old one may hold the visitor's place.
    assert_eq!(scene.count(&Effect::RequestToken), 1);
    scene.send(Event::Released);
    assert_eq!(scene.count(&Effect::RequestToken), 2);
    assert_eq!(
        scene.armed,
        Some((Deadline::Token, scene.now_ms + 10_050.0))
    );
    scene.send(second_grant());
    assert_eq!(sockets(&scene), [SECOND_TOKEN]);
    scene.send(Event::SocketOpened);
    scene.send(frame(started()));
    scene.send(Event::HangUp);
    scene.send(Event::Released);
    let words = "releasing-itself granted started releasing closed";
    assert_eq!(scene.words().join(" "), format!("granted {words}"));
    assert_eq!(scene.armed, None);
}

#[test]
#[holds("4.token-renewed")]
fn a_token_that_is_used_in_time_is_used() {
    for waits_ms in [0.0, 10_000.0, 55_000.0] {
        let mut scene = granted_for(waits_ms);
        scene.send(Event::Joined);
        assert_eq!(sockets(&scene).len(), 1, "{waits_ms}");
        assert_eq!(scene.releases(), 0, "{waits_ms}");
    }
}

#[test]
#[holds("4.token-renewed")]
fn an_answer_that_a_page_which_slept_reads_too_late_is_not_used_either() {
    let mut scene = Scene::asked();
    scene.now_ms += 8.0 * 3_600_000.0;
    scene.send(grant());
    assert!(sockets(&scene).is_empty(), "{:?}", scene.effects);
    scene.send(Event::Released);
    scene.send(second_grant());
    assert_eq!(sockets(&scene), [SECOND_TOKEN]);
}

#[test]
#[holds("4.token-renewed")]
fn a_token_that_has_waited_and_is_refused_may_have_expired_while_the_clock_stood_still() {
    // The clock of a machine that slept says nothing.
    let mut scene = granted_for(3_000.0);
    for event in [Event::Joined, Event::SocketOpened, closed(4401)] {
        scene.send(event);
    }
    assert!(!scene.socket_open);
    for event in [Event::Released, second_grant(), Event::SocketOpened] {
        scene.send(event);
    }
    scene.send(frame(started()));
    assert_eq!(scene.words().last(), Some(&"started"));
    assert_eq!(sockets(&scene).len(), 2);
}

#[test]
#[holds("4.token-renewed", "3.token-failed-socket")]
fn a_second_token_that_is_refused_is_an_error() {
    let mut scene = renewing();
    for event in [Event::Released, second_grant(), Event::SocketOpened] {
        scene.send(event);
    }
    scene.send(closed(4401));
    assert_eq!(scene.failure().code, ErrorCode::TokenFailed);
    scene.send(Event::Released);
    assert_eq!(scene.releases(), 2);
    assert_eq!(scene.count(&Effect::RequestToken), 2);
    assert_eq!(scene.words().last(), Some(&"closed"));
}

#[test]
#[holds("4.token-renewed")]
fn a_second_token_that_has_to_wait_as_long_is_the_servers_to_refuse() {
    let mut scene = Scene::asked();
    scene.now_ms += 60_000.0;
    scene.send(grant());
    scene.send(Event::Released);
    scene.now_ms += 60_000.0;
    scene.send(second_grant());
    assert_eq!(sockets(&scene), [SECOND_TOKEN]);
    scene.send(closed(4401));
    assert_eq!(scene.failure().code, ErrorCode::TokenFailed);
}

#[test]
#[holds("4.token-renewed", "3.token-failed-socket")]
fn what_is_refused_for_another_reason_is_not_asked_for_anew() {
    let waited = || {
        let mut scene = granted_for(3_000.0);
        scene.send(Event::Joined);
        scene
    };
    let started_at_once = || {
        let mut scene = granted_for(900.0);
        scene.send(Event::Joined);
        scene
    };
    // Used as soon as it came; of another origin; by a visitor who is in a call; a line that is bad.
    for (mut scene, code, says) in [
        (Scene::opening(), 4401, ErrorCode::TokenFailed),
        (waited(), 4403, ErrorCode::TokenFailed),
        (waited(), 4409, ErrorCode::ConcurrentCallActive),
        (waited(), 1006, ErrorCode::WsFailed),
        (started_at_once(), 4401, ErrorCode::TokenFailed),
    ] {
        scene.send(closed(code));
        assert_eq!(scene.failure().code, says);
        assert_eq!(scene.count(&Effect::RequestToken), 1, "{code}");
    }
}

#[test]
#[holds("4.token-renewed", "3.deadlines")]
fn a_second_request_has_the_deadlines_and_codes_of_the_first() {
    for (event, code, releases) in [
        (
            refusal(ErrorCode::TokenFailed, false),
            ErrorCode::TokenFailed,
            1,
        ),
        (
            refusal(ErrorCode::ConcurrentCallActive, false),
            ErrorCode::ConcurrentCallActive,
            1,
        ),
        (
            Event::TokenUnreachable("Failed to fetch".into()),
            ErrorCode::Network,
            2,
        ),
    ] {
        let mut scene = renewing();
        // A release that nobody answers holds nothing up for long.
        assert_eq!(
            scene.armed,
            Some((Deadline::Release, scene.now_ms + 2_000.0))
        );
        assert!(scene.fire());
        scene.send(event);
        assert_eq!(scene.failure().code, code);
        if releases == 2 {
            // The first one's release is answered late: that says nothing of the second's.
            scene.send(Event::Released);
            assert_ne!(scene.words().last(), Some(&"closed"));
            scene.send(Event::Released);
        }
        assert_eq!(scene.releases(), releases, "{code:?}");
        assert_eq!(scene.words().last(), Some(&"closed"), "{code:?}");
    }
    let mut scene = renewing();
    scene.send(Event::Released);
    scene.send(late(Deadline::Token));
    assert_eq!(scene.failure().code, ErrorCode::Network);
}

#[test]
#[holds("4.token-renewed", "2.cancel-silent", "4.release-once")]
fn a_visitor_who_cancels_or_leaves_meanwhile_hears_nothing_and_both_tokens_are_released() {
    for event in [Event::HangUp, Event::Leave { released: true }] {
        let mut scene = renewing();
        scene.send(event.clone());
        scene.send(Event::Released);
        assert_eq!(scene.releases(), 1, "{event:?}");
        assert_eq!(scene.count(&Effect::RequestToken), 1, "{event:?}");
        assert_eq!(scene.words().last(), Some(&"closed"), "{event:?}");

        let mut scene = renewing();
        scene.send(Event::Released);
        scene.send(event.clone());
        scene.send(second_grant());
        // The page has released the first, at most.
        assert_eq!(scene.releases(), 2, "{event:?}");
        scene.send(Event::Released);
        assert_eq!(scene.words().last(), Some(&"closed"), "{event:?}");
        assert_eq!(scene.armed, None, "{event:?}");
    }
}
