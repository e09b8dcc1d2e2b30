//! Lines that are lost while nobody says so.

use super::endings::{check, check_lost, frame, late};
use super::scene::{Scene, started};
use holds::holds;
use vocadesk_embed::session::event::{Deadline, Event};

#[test]
#[holds("3.network-offline")]
fn five_seconds_without_a_network_are_the_end_of_a_call() {
    check_lost(|| vec![Event::Offline(true), late(Deadline::Offline)]);
    let mut scene = Scene::live();
    scene.send(Event::Offline(true));
    assert_eq!(
        scene.armed,
        Some((Deadline::Offline, scene.now_ms + 5_000.0))
    );
    assert!(scene.fire());
    assert!(scene.failure().message.contains("offline for 5 s"));
}

#[test]
#[holds("3.network-offline")]
fn a_network_that_comes_back_in_time_has_lost_nothing() {
    let mut scene = Scene::live();
    scene.send(Event::Offline(true));
    scene.send(Event::Offline(false));
    assert_eq!(scene.armed, None);
    assert_eq!(scene.words(), ["granted", "started"]);
}

#[test]
#[holds("3.network-offline")]
fn a_call_that_starts_without_a_network_has_five_seconds_for_it_to_come_back() {
    let mut scene = Scene::starting();
    let answer = scene.armed;
    scene.send(Event::Offline(true));
    // Until then it is the agent that is waited for.
    assert_eq!(scene.armed, answer);
    scene.send(frame(started()));
    assert_eq!(
        scene.armed.map(|(deadline, _)| deadline),
        Some(Deadline::Offline)
    );
}

#[test]
#[holds("3.network-offline")]
fn no_change_of_the_network_keeps_a_call_from_its_other_ends() {
    // Played out, gone away and released as if nothing had changed.
    for (scene, deadline) in [
        (Scene::draining(), Deadline::Drain),
        (Scene::gone_away(), Deadline::GoneAway),
        (Scene::releasing(), Deadline::Release),
    ] {
        let mut scene = scene;
        for offline in [true, false, false] {
            scene.send(Event::Offline(offline));
            assert_eq!(scene.armed.map(|(armed, _)| armed), Some(deadline));
        }
    }
}

#[test]
#[holds("3.network-not-taken")]
fn a_line_that_takes_nothing_any_more_is_a_network_error() {
    let lost = || vec![Event::NotTaken];
    check(vec![(
        Scene::live,
        lost(),
        "granted started network releasing closed",
        false,
        1,
    )]);
    let mut scene = Scene::live();
    scene.send(Event::NotTaken);
    let message = &scene.failure().message;
    assert!(message.contains("took nothing for 10 s"), "{message}");
}
