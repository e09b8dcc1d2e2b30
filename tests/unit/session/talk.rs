//! What happens between the click and the end: order, deadlines, who is heard when.

use super::scene::{Scene, TOKEN, closed, grant, started};
use holds::holds;
use vocadesk_embed::protocol::frames::{START, STOP, ServerFrame};
use vocadesk_embed::protocol::session::{Role, SessionUpdate, Transcript};
use vocadesk_embed::session::event::{Deadline, Effect, Event};

#[test]
#[holds(
    "3.ws-failed-10s",
    "3.network-10s",
    "5.token-in-query",
    "5.client-start",
    "5.server-started",
    "5b.without-field"
)]
fn a_call_asks_for_a_token_opens_the_socket_and_starts() {
    let mut scene = Scene::new();
    assert_eq!(
        scene.send(Event::Connect),
        [Effect::RequestToken, Effect::Arm(Deadline::Token, 10_050.0)]
    );
    assert_eq!(scene.send(Event::Joined), []);
    assert_eq!(
        scene.send(grant()),
        [
            Effect::Disarm,
            Effect::Report(SessionUpdate::Granted),
            Effect::OpenSocket(format!("wss://voice.example/call?token={TOKEN}")),
            Effect::Arm(Deadline::Start, 10_050.0),
        ]
    );
    assert_eq!(
        scene.send(Event::SocketOpened),
        [Effect::Send(START.to_owned())]
    );
    assert_eq!(
        scene.send(Event::Frame(started())),
        [Effect::Disarm, Effect::Report(SessionUpdate::Started)]
    );
}

#[test]
fn a_token_that_is_here_before_the_microphone_waits_for_it_and_is_released_where_none_comes() {
    let granted = || {
        let mut scene = Scene::new();
        scene.send(Event::Connect);
        let effects = scene.send(grant());
        assert_eq!(
            effects,
            [Effect::Disarm, Effect::Report(SessionUpdate::Granted)]
        );
        // A visitor may take as long as they like.
        assert!(!scene.fire());
        scene
    };
    let mut scene = granted();
    let effects = scene.send(Event::Joined);
    assert!(matches!(effects[0], Effect::OpenSocket(_)), "{effects:?}");
    assert_eq!(effects[1], Effect::Arm(Deadline::Start, 10_050.0));
    assert_eq!(scene.send(Event::Joined), [], "told twice");
    let mut scene = granted();
    scene.send(Event::HangUp);
    scene.send(Event::Released);
    assert_eq!(scene.words(), ["granted", "releasing", "closed"]);
    assert_eq!(scene.releases(), 1);
    assert_eq!(scene.send(Event::Joined), [], "too late");
}

#[test]
#[holds("3.ws-failed-10s")]
fn the_deadline_of_the_start_runs_from_the_moment_the_socket_is_asked_for() {
    let mut scene = Scene::opening();
    let due = scene.armed;
    scene.now_ms += 9_000.0;
    scene.send(Event::SocketOpened);
    assert_eq!(scene.armed, due);
}

#[test]
fn a_second_connect_token_or_start_changes_nothing() {
    let mut scene = Scene::live();
    for event in [
        Event::Connect,
        Event::Joined,
        grant(),
        Event::SocketOpened,
        Event::Frame(started()),
        Event::TokenUnreachable("late".into()),
        Event::Drained,
        Event::Released,
    ] {
        assert_eq!(scene.send(event.clone()), [], "{event:?}");
    }
    assert!(scene.session().sends_audio());
}

#[test]
fn a_deadline_that_was_meant_for_an_earlier_phase_changes_nothing() {
    for deadline in [
        Deadline::Token,
        Deadline::Start,
        Deadline::Drain,
        Deadline::Release,
        Deadline::GoneAway,
    ] {
        let mut scene = Scene::live();
        assert_eq!(scene.send(Event::Late(deadline)), []);
        assert!(scene.session().sends_audio());
    }
}

#[test]
#[holds("5.client-audio", "5.server-agent-ending")]
fn microphone_is_sent_while_live_and_the_agent_is_heard_into_the_goodbye() {
    for (scene, speaks, hears) in [
        (Scene::new(), false, false),
        (Scene::asked(), false, false),
        (Scene::opening(), false, false),
        (Scene::starting(), false, false),
        (Scene::live(), true, true),
        (Scene::goodbye(), false, true),
        (Scene::draining(), false, false),
        (Scene::unwanted(), false, false),
        (Scene::releasing(), false, false),
        (Scene::over(), false, false),
    ] {
        let session = scene.session();
        assert_eq!(
            (session.sends_audio(), session.plays_audio()),
            (speaks, hears),
            "{session:?}"
        );
    }
}

#[test]
#[holds("5.server-agent-ending")]
fn a_goodbye_hushes_the_microphone_and_is_told_once() {
    let mut scene = Scene::live();
    let ending = || Event::Frame(ServerFrame::AgentEnding);
    assert_eq!(
        scene.send(ending()),
        [
            Effect::HushAudio,
            Effect::Report(SessionUpdate::Ending),
            Effect::Arm(Deadline::Goodbye, 10_000.0)
        ]
    );
    assert_eq!(scene.send(ending()), []);
    scene.send(Event::Frame(ServerFrame::EndCall));
    assert_eq!(
        scene
            .words()
            .iter()
            .filter(|word| **word == "ending")
            .count(),
        1
    );
}

/// The line is half open, or the server has forgotten the call: no microphone is sent any more that could tell.
#[test]
#[holds("3.deadlines")]
fn a_goodbye_that_nobody_ends_is_over_ten_seconds_after_its_last_sound() {
    let mut scene = Scene::live();
    scene.send(sound(3_000));
    scene.send(Event::Frame(ServerFrame::AgentEnding));
    let from_ms = scene.now_ms;
    scene.now_ms += 6_000.0;
    scene.send(sound(2_000));
    assert!(scene.fire(), "at the first deadline");
    assert_eq!(scene.now_ms - from_ms, 13_000.0);
    assert_eq!(scene.words().last(), Some(&"ending"));
    assert!(scene.fire(), "at the one that the new sound has set");
    assert_eq!(scene.now_ms - from_ms, 18_000.0);
    scene.send(Event::Drained);
    scene.send(Event::Released);
    assert_eq!(
        scene.words()[2..],
        ["ending", "ended", "releasing", "closed"]
    );
}

#[test]
fn a_goodbye_without_a_network_waits_for_that_first() {
    let mut scene = Scene::live();
    scene.send(Event::Offline(true));
    scene.send(Event::Frame(ServerFrame::AgentEnding));
    assert!(matches!(scene.armed, Some((Deadline::Offline, _))));
    scene.send(Event::Offline(false));
    assert!(matches!(scene.armed, Some((Deadline::Goodbye, _))));
    scene.send(Event::Offline(true));
    scene.fire();
    assert_eq!(scene.failure().code.as_str(), "network");
}

#[test]
#[holds("5.server-clear")]
fn clear_drops_what_is_queued_for_as_long_as_anything_is_played() {
    for (mut scene, effects) in [
        (Scene::starting(), vec![]),
        (Scene::live(), vec![Effect::ClearAudio]),
        (Scene::goodbye(), vec![Effect::ClearAudio]),
        (Scene::releasing(), vec![]),
    ] {
        scene.send(sound(100));
        assert_eq!(scene.send(Event::Frame(ServerFrame::Clear)), effects);
        // There is nothing more to drop: however many come, the audio worklet hears of none.
        assert_eq!(scene.send(Event::Frame(ServerFrame::Clear)), []);
    }
    let mut scene = Scene::live();
    assert_eq!(scene.send(Event::Frame(ServerFrame::Clear)), []);
    scene.send(sound(100));
    scene.send(Event::Frame(ServerFrame::EndCall));
    assert_eq!(
        scene.send(Event::Frame(ServerFrame::Clear)),
        [Effect::ClearAudio]
    );
}

#[test]
#[holds("5.unknown-ignored")]
fn frames_that_mean_nothing_to_us_change_nothing_in_any_phase() {
    for mut scene in [
        Scene::new(),
        Scene::asked(),
        Scene::starting(),
        Scene::live(),
        Scene::draining(),
        Scene::over(),
    ] {
        assert_eq!(scene.send(Event::Frame(ServerFrame::Ignored)), []);
    }
}

/// Bytes of this many milliseconds of sound on the wire: 24 kHz, two bytes a sample.
fn sound(length_ms: usize) -> Event {
    Event::Audio {
        bytes: length_ms * 48,
    }
}

/// How long a call that ends now waits for the last word.
fn drain_deadline(scene: &mut Scene) -> f64 {
    let effects = scene.send(Event::Frame(ServerFrame::EndCall));
    assert_eq!(effects[..2], [Effect::HushAudio, Effect::DrainAudio]);
    match effects.last() {
        Some(Effect::Arm(Deadline::Drain, delay_ms)) => *delay_ms,
        other => panic!("{other:?}"),
    }
}

#[test]
#[holds("3.deadlines", "5.server-end-call")]
fn an_ended_call_waits_for_all_that_was_received_and_five_seconds_more() {
    let mut scene = Scene::live();
    assert_eq!(drain_deadline(&mut scene), 5_000.0);

    // A whole answer in one burst, some of which has been played since.
    let mut scene = Scene::live();
    for _ in 0..1_500 {
        scene.send(sound(20));
    }
    scene.now_ms += 4_000.0;
    assert_eq!(drain_deadline(&mut scene), 26_000.0 + 5_000.0);
}

#[test]
fn silence_before_a_burst_does_not_shorten_the_wait() {
    let mut scene = Scene::live();
    scene.send(sound(1_000));
    scene.now_ms += 60_000.0;
    scene.send(sound(3_000));
    scene.send(Event::Frame(ServerFrame::AgentEnding));
    scene.send(sound(500));
    assert_eq!(drain_deadline(&mut scene), 3_500.0 + 5_000.0);
}

#[test]
fn what_was_cleared_is_not_waited_for() {
    let mut scene = Scene::live();
    scene.send(sound(30_000));
    scene.now_ms += 100.0;
    scene.send(Event::Frame(ServerFrame::Clear));
    scene.send(sound(200));
    assert_eq!(drain_deadline(&mut scene), 200.0 + 5_000.0);
}

#[test]
fn a_server_that_closes_in_order_has_its_last_words_played_too() {
    let mut scene = Scene::live();
    scene.send(sound(2_000));
    let effects = scene.send(closed(1000));
    assert!(effects.contains(&Effect::DrainAudio));
    assert!(
        effects.contains(&Effect::Arm(Deadline::Drain, 7_000.0)),
        "{effects:?}"
    );
}

#[test]
fn a_call_that_is_off_gives_the_release_two_seconds() {
    for mut scene in [Scene::live(), Scene::opening(), Scene::asked()] {
        let effects = scene.send(Event::HangUp);
        assert!(
            effects.contains(&Effect::Arm(Deadline::Release, 2_000.0)),
            "{effects:?}"
        );
    }
}

#[test]
#[holds("5.client-stop")]
fn stop_is_sent_before_the_socket_is_closed() {
    let effects = Scene::live().send(Event::HangUp);
    assert_eq!(
        effects[..2],
        [Effect::Send(STOP.to_owned()), Effect::CloseSocket]
    );
}

#[test]
#[holds("5.server-transcript")]
fn what_is_said_is_told_from_the_start_of_a_call_until_its_last_words_are_played() {
    let words = || Transcript {
        role: Role::User,
        text: "hi".to_owned(),
        seq: 1,
    };
    let said = || Event::Frame(ServerFrame::Transcript(words()));
    let told = [Effect::Report(SessionUpdate::Transcript(words()))];
    assert_eq!(Scene::opening().send(said()), [], "before the start");
    let mut scene = Scene::live();
    assert_eq!(scene.send(said()), told);
    scene.send(Event::Frame(ServerFrame::AgentEnding));
    assert_eq!(scene.send(said()), told);
    scene.send(Event::Frame(ServerFrame::EndCall));
    assert_eq!(scene.send(said()), told);
    scene.send(Event::Drained);
    assert_eq!(scene.send(said()), [], "after the end");
}

#[test]
#[holds("5.two-hours")]
fn two_hours_of_sound_may_wait_and_not_a_packet_more() {
    let mut scene = Scene::live();
    // 48 bytes are a millisecond: 24 kHz, two bytes a sample.
    let minute = || Event::Audio { bytes: 48 * 60_000 };
    for _ in 0..120 {
        assert_eq!(scene.send(minute()), []);
    }
    // What has been played makes room for as much.
    scene.now_ms += 60_000.0;
    assert_eq!(scene.send(minute()), []);
    scene.send(Event::Audio { bytes: 960 });
    assert_eq!(scene.words().join(" "), "granted started unknown releasing");
    assert!(scene.failure().message.contains("two hours"));
    assert!(!scene.socket_open);
}
