//! Threads that stood still and clocks that jumped: what came meanwhile is taken first, and every state still has its end.

use super::endings::frame;
use super::scene::{Scene, closed, started};
use holds::holds;
use vocadesk_embed::session::alarm::Alarm;
use vocadesk_embed::session::event::{Deadline, Event};
use vocadesk_embed::session::line::{LOOK_EVERY_MS, Line};

const HOURS_8_MS: f64 = 8.0 * 3_600_000.0;

#[test]
#[holds("3.deadlines")]
fn a_deadline_that_rings_in_time_has_passed() {
    for late_ms in [-1.0, 0.0, 250.0, 2_000.0] {
        let alarm = Alarm::after(Deadline::Token, 10_050.0, 1e12);
        assert_eq!(alarm.rest_ms(1e12), 10_050.0);
        assert_eq!(
            alarm.ring(1e12 + 10_050.0 + late_ms),
            Ok(Deadline::Token),
            "{late_ms}"
        );
    }
}

#[test]
#[holds("3.deadlines")]
fn a_deadline_that_rings_after_a_sleep_leaves_half_a_second_for_what_lies_waiting_and_then_has_passed()
 {
    for slept_ms in [2_001.0, 60_000.0, HOURS_8_MS] {
        let rang_ms = 1e12 + 10_050.0 + slept_ms;
        let alarm = Alarm::after(Deadline::Start, 10_050.0, 1e12);
        let again = alarm.ring(rang_ms).expect_err("put off");
        assert_eq!(again.rest_ms(rang_ms), 500.0);
        assert!(!again.is_due(rang_ms + 499.0));
        // Once: a page whose timers are all held back must not wait for ever.
        assert_eq!(again.ring(rang_ms + 60_000.0), Ok(Deadline::Start));
    }
}

#[test]
fn who_looks_at_the_clock_sees_what_is_due() {
    let alarm = Alarm::after(Deadline::Line, 250.0, 1e12);
    assert!(!alarm.is_due(1e12 + 249.0));
    assert!(alarm.is_due(1e12 + 250.0));
    assert_eq!(alarm.rest_ms(1e12 + 300.0), 0.0);
}

#[test]
#[holds("5b.ping", "5b.line-lost")]
fn a_line_that_no_timer_looks_after_is_seen_to_be_overlooked() {
    let mut line = Line::new(0.0);
    line.due(1_000.0);
    assert!(!line.is_overlooked(1_000.0 + 2.0 * LOOK_EVERY_MS));
    assert!(line.is_overlooked(1_001.0 + 2.0 * LOOK_EVERY_MS));
    // One that is lost is the deadlines' to look after.
    line.lose();
    assert!(!line.is_overlooked(60_000.0));
}

/// A line that is lost, and can be taken up again.
fn lost() -> Scene {
    let mut scene = Scene::resumable(30_000);
    scene.send(closed(1006));
    scene
}

#[test]
#[holds("3.deadlines", "3.one-clock")]
fn a_clock_that_jumps_ahead_leaves_no_state_without_an_end() {
    for (from, says) in [
        (Scene::asked as fn() -> Scene, "network"),
        (Scene::opening, "ws_failed"),
        (Scene::starting, "ws_failed"),
        (Scene::goodbye, "ended"),
        (Scene::draining, "ended"),
        (Scene::gone_away, "network"),
        (lost, "network"),
    ] {
        let mut scene = from();
        scene.now_ms += HOURS_8_MS;
        for _ in 0..5 {
            if scene.release_awaited {
                scene.send(Event::Released);
            } else {
                scene.fire();
            }
        }
        let words = scene.words();
        assert!(words.contains(&says), "{says}: {words:?}");
        assert_eq!(words.last(), Some(&"closed"), "{says}: {words:?}");
        assert_eq!(scene.armed, None, "{says}");
    }
}

#[test]
#[holds("3.one-clock")]
fn a_clock_that_jumps_ahead_in_a_call_ends_nothing() {
    for from in [Scene::live as fn() -> Scene, || Scene::resumable(30_000)] {
        let mut scene = from();
        scene.now_ms += HOURS_8_MS;
        for event in [
            Event::Tick,
            Event::Audio { bytes: 960 },
            Event::Offline(false),
            Event::TryNow,
        ] {
            scene.send(event);
        }
        assert_eq!(scene.words(), ["granted", "started"]);
        assert_eq!(scene.armed, None);
    }
}

#[test]
#[holds("3.deadlines")]
fn what_came_in_a_sleep_is_what_the_deadline_was_for() {
    let mut scene = Scene::starting();
    scene.now_ms += HOURS_8_MS;
    // The deadline is put off, and the agent's answer is read before it rings again.
    scene.send(frame(started()));
    assert_eq!(scene.armed, None);
    assert_eq!(scene.words(), ["granted", "started"]);
}
