//! What a socket takes, and how long it may take nothing.

use holds::holds;
use proptest::prelude::*;
use vocadesk_embed::session::line_watch::{LineWatch, NotTaken};

const PACKET_MS: f64 = 20.0;

/// Gives a socket one packet after the other, each with what it holds by then; the number of the one at which it was lost.
fn lost_at(held: impl IntoIterator<Item = u32>) -> Option<usize> {
    let mut watch = LineWatch::default();
    held.into_iter().enumerate().position(|(nth, held)| {
        let lost = watch.look(held, 1e12 + nth as f64 * PACKET_MS) == Err(NotTaken);
        watch.left(held + 1_313);
        lost
    })
}

#[test]
#[holds("3.network-not-taken")]
fn a_socket_that_takes_nothing_for_ten_seconds_is_lost() {
    let stalled = |from: usize| {
        move |nth: usize| {
            if nth < from {
                0
            } else {
                (nth - from + 1) as u32 * 1_313
            }
        }
    };
    for from in [1, 50, 3_000] {
        assert_eq!(lost_at((0..from + 499).map(stalled(from))), None);
        // From the last packet that was taken on.
        assert_eq!(lost_at((0..4_000).map(stalled(from))), Some(from + 499));
    }
}

#[test]
#[holds("3.network-not-taken")]
fn a_socket_that_takes_a_little_now_and_then_is_slow_and_not_lost() {
    // One byte less every nine seconds, and never empty.
    let slow = (0..60_000_u32).map(|nth| 2_000_000 - nth / 450);
    let mut watch = LineWatch::default();
    for (nth, held) in slow.enumerate() {
        assert_eq!(watch.look(held, nth as f64 * PACKET_MS), Ok(()));
        watch.left(held);
    }
}

#[test]
#[holds("3.network-not-taken")]
fn after_a_pause_of_the_microphone_the_line_has_its_ten_seconds_again() {
    let mut watch = LineWatch::default();
    let mut now_ms = 5e12;
    for pause_ms in [60_000.0, 28_800_000.0, -28_800_000.0] {
        for _ in 0..490 {
            now_ms += PACKET_MS;
            assert_eq!(watch.look(13_000, now_ms), Ok(()));
            watch.left(13_000);
        }
        now_ms += pause_ms;
    }
    // Or where the page stood still.
    watch.start_anew();
    for _ in 0..490 {
        now_ms += PACKET_MS;
        assert_eq!(watch.look(13_000, now_ms), Ok(()));
        watch.left(13_000);
    }
}

proptest! {
    #[test]
    fn a_socket_is_lost_only_where_it_took_nothing_in_the_last_ten_seconds(
        steps in prop::collection::vec((0_u32..3, 1_usize..700), 1..12),
    ) {
        let mut watch = LineWatch::default();
        let mut held: u32 = 0;
        let mut idle = 0_usize;
        let mut now_ms = 1e12;
        for (takes, packets) in steps {
            for _ in 0..packets {
                // Nothing, half of it, all.
                let left = match takes { 0 => held, 1 => held / 2, _ => 0 };
                idle = if left < held || left == 0 { 0 } else { idle + 1 };
                held = left;
                let lost = watch.look(held, now_ms).is_err();
                prop_assert_eq!(lost, idle >= 500);
                held += 1_313;
                watch.left(held);
                now_ms += PACKET_MS;
            }
        }
    }
}
