//! A lost line is taken up again, or the call ends as `network` when its budget is used up: contract §5b.

use super::endings::frame;
use super::scene::{RESUME_TOKEN, Scene, closed};
use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use vocadesk_embed::error::ErrorCode;
use vocadesk_embed::protocol::frames::{STOP, ServerFrame};
use vocadesk_embed::protocol::sound::Sound;
use vocadesk_embed::session::event::{Deadline, Effect, Event};

const GRACE_MS: u64 = 30_000;

fn resumed(received: u32) -> Event {
    frame(ServerFrame::Resumed(Some(received)))
}

/// The addresses of all sockets after the call's own.
fn tries(scene: &Scene) -> Vec<&str> {
    let urls = scene.effects.iter().filter_map(|effect| match effect {
        Effect::OpenSocket(url) => Some(url.as_str()),
        _ => None,
    });
    urls.skip(1).collect()
}

/// Speaks so many packets, and lets the socket have them.
fn speak(scene: &mut Scene, packets: usize) {
    let now_ms = scene.now_ms;
    for _ in 0..packets {
        scene.line().sent.push(now_ms, Sound::Pcm(vec![0; 960]));
    }
    while scene.line().next_to_send(0, now_ms).is_some() {}
}

/// Lets all deadlines pass until the call is over.
fn wait_for_the_end(scene: &mut Scene) {
    for _ in 0..100 {
        if scene.words().contains(&"network") || !scene.fire() {
            return;
        }
        // No try comes to anything.
        if scene.socket_open && (scene.now_ms as u64).is_multiple_of(2) {
            scene.send(closed(1006));
        }
    }
    panic!("it tries for ever: {:?}", scene.words());
}

#[test]
#[holds("5b.resume-url", "5b.resumed", "5b.resume-goes-on")]
fn a_lost_line_is_taken_up_at_once_after_the_last_number_that_arrived() {
    for code in [1005, 1006, 1011, 1012, 4999] {
        let mut scene = Scene::resumable(GRACE_MS);
        speak(&mut scene, 3);
        scene.send(closed(code));
        let expected = format!("wss://voice.example/call?resume={RESUME_TOKEN}&received=0");
        assert_eq!(tries(&scene), [expected], "{code}");
        // Nothing is sent before the server has said where it goes on.
        scene.send(Event::SocketOpened);
        assert_eq!(scene.line().next_to_send(0, 0.0), None);
        scene.send(resumed(2));
        let now_ms = scene.now_ms;
        let next = scene
            .line()
            .next_to_send(0, now_ms)
            .map(|(number, _)| number);
        assert_eq!(next, Some(3));
        assert_eq!(scene.line().next_to_send(0, now_ms), None);
        assert_eq!(scene.armed, None);
        // Who was back at once has not been away.
        assert_eq!(scene.words(), ["granted", "started"]);
    }
}

#[test]
#[holds("5b.line-lost")]
fn a_line_without_a_sign_of_life_is_lost_and_shown_as_such_until_it_is_back() {
    let mut scene = Scene::resumable(GRACE_MS);
    scene.now_ms += 10_000.0;
    scene.send(Event::Silent);
    assert_eq!(tries(&scene).len(), 1);
    assert!(!scene.words().contains(&"reconnecting"));
    scene.fire();
    scene.send(Event::SocketOpened);
    scene.send(resumed(0));
    assert_eq!(
        scene.words(),
        ["granted", "started", "reconnecting", "reconnected"]
    );
}

#[test]
#[holds("3.network-no-life", "3.deadlines")]
fn a_line_that_does_not_come_back_ends_the_call_when_its_budget_is_used_up() {
    for (grace_ms, budget_ms) in [(GRACE_MS, 30_000.0), (5_000, 5_000.0), (0, 0.0)] {
        let mut scene = Scene::resumable(grace_ms);
        let lost_ms = scene.now_ms;
        scene.send(closed(1006));
        wait_for_the_end(&mut scene);
        assert_eq!(scene.failure().code, ErrorCode::Network);
        assert!(
            (scene.now_ms - lost_ms - budget_ms).abs() < 1.0,
            "{grace_ms}"
        );
        let message = &scene.failure().message;
        let tried = format!("tried to come back for {} s", budget_ms as u32 / 1_000);
        assert!(message.contains(&tried), "{message}");
        assert_eq!(scene.releases(), 1);
        // At once, and then never more than four in a second.
        let most = 2 + (budget_ms / 250.0) as usize;
        assert!(tries(&scene).len() <= most, "{:?}", tries(&scene).len());
        assert!(!scene.socket_open);
    }
}

#[test]
fn the_pauses_between_tries_grow_up_to_three_seconds() {
    let mut scene = Scene::resumable(GRACE_MS);
    let lost_ms = scene.now_ms;
    scene.send(closed(1006));
    let mut pauses = Vec::new();
    let mut failed_ms = scene.now_ms;
    scene.send(closed(1006));
    while !scene.words().contains(&"network") && scene.fire() {
        if scene.socket_open {
            pauses.push(scene.now_ms - failed_ms);
            scene.now_ms += 10.0;
            failed_ms = scene.now_ms;
            scene.send(closed(1006));
        }
    }
    assert!(pauses.len() > 8, "{pauses:?}");
    // The last one is as long as it leaves the last try some time.
    assert!((failed_ms - lost_ms - 27_510.0).abs() < 1.0, "{pauses:?}");
    pauses.pop();
    let mut expected_ms = 250.0;
    for pause in &pauses {
        // The jitter is a quarter; a shown state may fall into a pause, and changes nothing about it.
        assert!((0.99..=1.26).contains(&(pause / expected_ms)), "{pauses:?}");
        expected_ms = f64::min(expected_ms * 1.6, 3_000.0);
    }
}

#[test]
#[holds("5b.close-4404", "5b.close-4409")]
fn a_server_that_knows_nothing_of_the_call_ends_it_and_another_place_has_it() {
    for (code, expected) in [
        (4404, ErrorCode::Network),
        (4401, ErrorCode::Network),
        (4403, ErrorCode::Network),
        (4409, ErrorCode::ConcurrentCallActive),
    ] {
        let mut scene = Scene::resumable(GRACE_MS);
        scene.send(closed(1006));
        scene.send(closed(code));
        assert_eq!(scene.failure().code, expected, "{code}");
        assert_eq!(scene.releases(), 1);
    }
}

#[test]
fn a_page_that_is_seen_again_or_a_network_that_is_back_means_a_try_at_once() {
    for event in [Event::TryNow, Event::Offline(false)] {
        let mut scene = Scene::resumable(GRACE_MS);
        scene.send(Event::Offline(true));
        scene.send(closed(1006));
        scene.send(closed(1006));
        assert_eq!(tries(&scene).len(), 1);
        scene.send(event.clone());
        assert_eq!(tries(&scene).len(), 2, "{event:?}");
        // And one that was begun before that, and waits in vain, is begun anew.
        scene.send(Event::TryNow);
        assert_eq!(tries(&scene).len(), 3);
    }
}

#[test]
fn a_hang_up_while_the_line_is_lost_is_said_by_the_release() {
    let mut scene = Scene::resumable(GRACE_MS);
    scene.send(closed(1006));
    scene.send(Event::SocketOpened);
    scene.send(Event::HangUp);
    assert_eq!(scene.count(&Effect::Send(STOP.to_owned())), 0);
    assert!(
        !scene
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Send(text) if text.contains("stop")))
    );
    assert_eq!(scene.releases(), 1);
    assert!(!scene.socket_open);
    // What is still said of the network brings nothing back.
    scene.send(Event::TryNow);
    scene.send(Event::Silent);
    assert_eq!(tries(&scene).len(), 1);
}

#[test]
#[holds("5b.numbers", "5b.number-place")]
fn a_hang_up_has_the_number_after_the_last_packet_that_a_socket_has_had() {
    let mut scene = Scene::resumable(GRACE_MS);
    speak(&mut scene, 3);
    let now_ms = scene.now_ms;
    scene.line().sent.push(now_ms, Sound::Pcm(vec![0; 960]));
    scene.send(Event::HangUp);
    let stop = r#"{"type":"stop","n":4}"#.to_owned();
    assert_eq!(scene.count(&Effect::Send(stop)), 1);
}

#[test]
#[holds("5b.late")]
fn voice_that_is_older_than_a_second_is_said_to_be_late() {
    for (waited_ms, late) in [
        (900.0, None),
        (2_500.0, Some(r#"{"type":"late","ms":2500}"#)),
    ] {
        let mut scene = Scene::resumable(GRACE_MS);
        scene.send(closed(1006));
        speak(&mut scene, 1);
        scene.now_ms += waited_ms;
        scene.send(resumed(0));
        let said = scene.effects.iter().find_map(|effect| match effect {
            Effect::Send(text) if text.contains("late") => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(said, late);
    }
}

#[test]
fn a_server_that_goes_on_after_what_was_never_sent_has_lost_the_call() {
    for received in [Some(4), Some(u32::MAX), None] {
        let mut scene = Scene::resumable(GRACE_MS);
        speak(&mut scene, 3);
        scene.send(closed(1006));
        scene.send(frame(ServerFrame::Resumed(received)));
        assert_eq!(scene.failure().code, ErrorCode::Network);
        assert_eq!(scene.releases(), 1);
    }
}

#[test]
fn the_agents_goodbye_goes_on_after_a_lost_line_and_still_has_its_deadline() {
    let mut scene = Scene::resumable(GRACE_MS);
    scene.send(frame(ServerFrame::AgentEnding));
    scene.send(closed(1006));
    scene.fire();
    assert_eq!(
        scene.armed.map(|(deadline, _)| deadline),
        Some(Deadline::Line)
    );
    scene.send(resumed(0));
    assert_eq!(
        scene.armed.map(|(deadline, _)| deadline),
        Some(Deadline::Goodbye)
    );
    let words = scene.words();
    assert_eq!(words.last(), Some(&"ending"), "{words:?}");
}

#[test]
fn the_token_for_resuming_stands_in_no_message() {
    let mut scene = Scene::resumable(GRACE_MS);
    scene.send(Event::SocketClosed {
        code: 4404,
        reason: format!("unknown {RESUME_TOKEN}"),
    });
    let message = &scene.failure().message;
    assert!(!message.contains(RESUME_TOKEN), "{message}");
    assert!(message.contains("unknown …"), "{message}");
}

#[test]
fn a_socket_that_another_takes_the_place_of_is_not_closed_as_the_end_of_the_call() {
    let mut scene = Scene::resumable(GRACE_MS);
    scene.now_ms += 10_000.0;
    scene.send(Event::Silent);
    scene.send(closed(1006));
    scene.send(Event::TryNow);
    // However late it arrives, 1000 would say that the call is over.
    assert_eq!(scene.count(&Effect::CloseSocket), 0);
    assert!(scene.count(&Effect::GiveUpSocket) >= 2);
    scene.send(Event::HangUp);
    assert_eq!(scene.count(&Effect::CloseSocket), 1);
}

fn any_event() -> impl Strategy<Value = Event> {
    let codes = prop::sample::select(vec![1000, 1001, 1006, 1006, 1006, 1011, 4401, 4404, 4409]);
    prop_oneof![
        4 => codes.prop_map(closed),
        4 => (0..4u32).prop_map(resumed),
        2 => Just(Event::SocketOpened),
        1 => Just(Event::Silent),
        1 => Just(Event::TryNow),
        1 => any::<bool>().prop_map(Event::Offline),
        1 => Just(frame(ServerFrame::AgentEnding)),
        1 => Just(frame(ServerFrame::EndCall)),
        1 => Just(Event::NotTaken),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2_000)
    })]

    #[test]
    #[holds("3.deadlines", "2.one-end")]
    fn whatever_happens_to_a_line_the_call_is_over_within_its_budget_or_goes_on(
        events in vec((any_event(), 0.0..4_000.0_f64), 0..40)
    ) {
        let mut scene = Scene::resumable(GRACE_MS);
        for (event, span_ms) in events {
            // Deadlines are punctual, and a browser tells nothing of a socket that is not there.
            let due_ms = scene.now_ms + span_ms;
            while scene.armed.is_some_and(|(_, at_ms)| at_ms <= due_ms) {
                scene.fire();
            }
            scene.now_ms = due_ms;
            let is_of_socket = !matches!(event, Event::TryNow | Event::Offline(_) | Event::Silent);
            if !is_of_socket || scene.socket_open {
                scene.send(event);
            }
        }
        // What is lost comes back no more: then the call ends by itself. What is not, goes on.
        let mut fired = 0;
        while scene.fire() {
            fired += 1;
            prop_assert!(fired < 60, "{:?}", scene.words());
        }
        let words = scene.words();
        let is_over = words.iter().filter(|word| ["network", "ended", "concurrent_call_active"].contains(word)).count();
        prop_assert!(is_over <= 1, "{:?}", words);
        prop_assert_eq!(is_over, scene.releases());
        let pairs = |word| words.iter().filter(|said| **said == word).count();
        let (lost, back) = (pairs("reconnecting"), pairs("reconnected"));
        prop_assert!(lost == back || lost == back + 1, "{:?}", words);
        prop_assert!(is_over == 1 || scene.socket_open && lost == back, "{:?}", words);
    }
}
