//! Firefox lets a socket wait where others to its server have failed: a lost line is tried less often there, so that a server
//! which is back can be reached before the budget is used up.

use super::endings::frame;
use super::scene::{Scene, closed};
use holds::holds;
use proptest::prelude::*;
use vocadesk_embed::protocol::frames::ServerFrame;
use vocadesk_embed::session::event::{Effect, Event};

const GRACE_MS: u64 = 30_000;

/// What Firefox's `FailDelayManager` does, as measured in 153: see `Pauses::FEW`.
struct Firefox {
    first_delay_ms: f64,
    failed: Option<(f64, f64)>,
}

impl Firefox {
    /// When a socket leaves that is asked for at this time.
    fn leaves_ms(&self, now_ms: f64) -> f64 {
        self.failed.map_or(now_ms, |(failed_ms, delay_ms)| {
            now_ms.max(failed_ms + delay_ms)
        })
    }

    fn fail(&mut self, now_ms: f64) {
        let delay_ms = self
            .failed
            .map_or(self.first_delay_ms, |(_, delay_ms)| delay_ms * 1.5);
        self.failed = Some((now_ms, delay_ms));
    }
}

/// How long after the last sign of life the line is taken up again, from a server that refuses all until it is back. The loss
/// is noticed later than that.
fn taken_up_after_ms(
    token: &str,
    first_delay_ms: f64,
    back_after_ms: f64,
    answers_in_ms: f64,
    noticed_after_ms: f64,
) -> Option<f64> {
    let mut firefox = Firefox {
        first_delay_ms,
        failed: None,
    };
    let mut scene = Scene::resumable_by(token, GRACE_MS);
    scene.send(Event::DelaysSockets);
    let alive_ms = scene.now_ms;
    scene.now_ms += noticed_after_ms;
    let lost_ms = scene.now_ms;
    let mut opened = scene.send(closed(1006));
    loop {
        let is_asked_for = |effect: &Effect| matches!(effect, Effect::OpenSocket(_));
        if opened.iter().any(is_asked_for) {
            let leaves_ms = firefox.leaves_ms(scene.now_ms);
            let answered_ms = leaves_ms + answers_in_ms;
            let (_, due_ms) = scene.armed?;
            // The page is told meanwhile that the line is lost, which is no deadline of the try.
            if due_ms < answered_ms && due_ms - lost_ms < 501.0 {
                scene.fire();
            }
            let (_, due_ms) = scene.armed?;
            if answered_ms < due_ms {
                scene.now_ms = answered_ms;
                if leaves_ms >= alive_ms + back_after_ms {
                    scene.send(Event::SocketOpened);
                    scene.send(frame(ServerFrame::Resumed(Some(0))));
                    return Some(scene.now_ms - alive_ms);
                }
                firefox.fail(scene.now_ms);
                opened = scene.send(closed(1006));
                continue;
            }
        }
        if scene.words().contains(&"network") {
            return None;
        }
        let (deadline, due_ms) = scene.armed.take()?;
        scene.now_ms = scene.now_ms.max(due_ms);
        opened = scene.send(Event::Late(deadline));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn a_server_that_is_back_within_25_s_is_reached_in_firefox_before_the_budget_is_used_up(
        token in "[a-z0-9]{8}",
        first_delay_ms in 200.0..400.0,
        back_after_ms in 0.0..25_000.0,
        answers_in_ms in 1.0..200.0,
        noticed_after_ms in 0.0..10_000.0,
    ) {
        let after_ms = taken_up_after_ms(&token, first_delay_ms, back_after_ms, answers_in_ms, noticed_after_ms);
        prop_assert!(after_ms.is_some());
        // A try that has just failed, the longest pause with its jitter, and what Firefox adds to it.
        prop_assert!(after_ms <= Some(back_after_ms + 10_000.0), "{after_ms:?}");
    }
}

#[test]
#[holds("5b.kept")]
fn a_browser_without_a_network_is_not_made_to_wait_for_tries_that_cannot_succeed() {
    let mut scene = Scene::resumable(GRACE_MS);
    scene.send(Event::DelaysSockets);
    let lost_ms = scene.now_ms;
    scene.send(Event::Offline(true));
    scene.send(closed(1006));
    let first = scene.effects.len();
    scene.send(closed(1006));
    let mut tries = Vec::new();
    while !scene.words().contains(&"network") && scene.fire() {
        let opened = scene.socket_open && !tries.contains(&(scene.now_ms - lost_ms));
        if opened {
            tries.push(scene.now_ms - lost_ms);
            scene.send(closed(1006));
        }
    }
    assert!(scene.effects.len() > first);
    // One more before the end, for a browser that is wrong about it.
    assert_eq!(tries.first(), Some(&27_500.0), "{tries:?}");

    let mut scene = Scene::resumable(GRACE_MS);
    scene.send(Event::DelaysSockets);
    scene.send(Event::Offline(true));
    scene.send(closed(1006));
    scene.send(closed(1006));
    assert!(!scene.socket_open);
    scene.send(Event::Offline(false));
    assert!(scene.socket_open);
}
