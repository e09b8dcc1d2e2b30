//! Which clicks on a host are presses.

use holds::holds;
use proptest::prelude::*;
use vocadesk_embed::page::press::rule::{
    Click, DOUBLE_CLICK_MS, Found, ONE_PRESS_MS, Presses, StartTold, UNSEEN_END_MS,
    UNSEEN_START_MS, WAITED_MS,
};

const IDLE: Found = Found {
    is_busy: false,
    start_told: StartTold::Not,
    ended_by_itself_ms: None,
};

const BUSY: Found = Found {
    is_busy: true,
    ..IDLE
};

fn click(at_ms: f64, count: i32) -> Click {
    Click {
        at_ms,
        count,
        by_script: false,
    }
}

/// A call is under way from the first press on; which clicks count after it?
fn counted(clicks: &[Click]) -> Vec<bool> {
    let mut presses = Presses::default();
    let mut is_busy = false;
    clicks
        .iter()
        .map(|click| {
            let counts = presses.count(*click, Found { is_busy, ..IDLE });
            is_busy ^= counts;
            counts
        })
        .collect()
}

#[test]
#[holds("1.double-click")]
fn what_a_hand_does_in_one_go_is_one_press() {
    let table = [
        ("one click", vec![click(0.0, 1)], vec![true]),
        (
            "a double click",
            vec![click(0.0, 1), click(80.0, 2)],
            vec![true, false],
        ),
        (
            "two taps, which no browser counts together",
            vec![click(0.0, 1), click(250.0, 1)],
            vec![true, false],
        ),
        (
            "a slow double click, as the browser counts it",
            vec![click(0.0, 1), click(480.0, 2)],
            vec![true, false],
        ),
        (
            "somebody who hammers on it",
            (0..9).map(|n| click(f64::from(n) * 350.0, n + 1)).collect(),
            (0..9).map(|n| n == 0).collect(),
        ),
        (
            "a key that clicks again and again",
            (0..30).map(|n| click(f64::from(n) * 33.0, 0)).collect(),
            (0..30).map(|n| n == 0).collect(),
        ),
        (
            "a call, and its end a second later",
            vec![click(0.0, 1), click(1_000.0, 1)],
            vec![true, true],
        ),
        (
            "two double clicks: a call, and its end",
            vec![
                click(0.0, 1),
                click(90.0, 2),
                click(3_000.0, 1),
                click(3_090.0, 2),
            ],
            vec![true, false, true, false],
        ),
        (
            "a click that some driver counts with one from long ago",
            vec![click(0.0, 1), click(2_000.0, 2)],
            vec![true, true],
        ),
        (
            "a clock that was set back",
            vec![click(9_000.0, 1), click(10.0, 1)],
            vec![true, true],
        ),
    ];
    for (what, clicks, expected) in table {
        assert_eq!(counted(&clicks), expected, "{what}");
    }
}

#[test]
fn a_second_half_that_waited_for_the_first_one_to_be_done_belongs_to_it() {
    let mut presses = Presses::default();
    assert!(presses.count(click(1_000.0, 1), IDLE));
    // Microphone and audio held the page's thread up.
    presses.handled(1_900.0);
    assert!(!presses.count(click(1_905.0, 1), BUSY));
    let mut slow = Presses::default();
    assert!(slow.count(click(1_000.0, 1), IDLE));
    slow.handled(1_900.0);
    assert!(slow.count(click(1_900.0 + WAITED_MS, 1), BUSY));
    // In the middle of that, by a hand that has given up hope.
    let mut impatient = Presses::default();
    assert!(impatient.count(click(1_000.0, 1), IDLE));
    impatient.handled(3_000.0);
    assert!(!impatient.count(click(1_900.0, 1), BUSY));
    // Who was told meanwhile that the call has started sees what there is to end.
    presses.handled(2_500.0);
    let told = Found {
        start_told: StartTold::Ago(1.0),
        ..BUSY
    };
    assert!(presses.count(click(2_600.0, 1), told));
}

#[test]
fn who_has_not_seen_yet_that_the_call_is_over_does_not_call_again() {
    let ended = |ms| Found {
        ended_by_itself_ms: Some(ms),
        ..IDLE
    };
    let press = |found| Presses::default().count(click(5_000.0, 1), found);
    assert!(!press(ended(0.0)));
    assert!(!press(ended(UNSEEN_END_MS - 1.0)));
    assert!(press(ended(UNSEEN_END_MS)));
    assert!(press(IDLE));
}

#[test]
fn a_page_that_calls_again_at_once_knows_what_it_does() {
    let by_script = |at_ms| Click {
        by_script: true,
        ..click(at_ms, 0)
    };
    let mut presses = Presses::default();
    assert!(presses.count(click(0.0, 1), IDLE));
    let failed = Found {
        ended_by_itself_ms: Some(0.0),
        ..IDLE
    };
    assert!(presses.count(by_script(20.0), failed));
    // But two clicks of a script are one press as well, until it was told of the start.
    assert!(!presses.count(by_script(100.0), BUSY));
    let live = |start_told| Found { start_told, ..BUSY };
    assert!(presses.count(by_script(200.0), live(StartTold::Now)));
    let ago = |ms| live(StartTold::Ago(ms));
    assert!(!presses.count(click(300.0, 1), ago(100.0)));
    // Nor by a timer that the page had set before, however soon the call has started.
    assert!(!presses.count(by_script(400.0), ago(0.0)));
    assert!(!presses.count(by_script(410.0), ago(UNSEEN_START_MS - 1.0)));
    assert!(presses.count(by_script(420.0), ago(UNSEEN_START_MS)));
}

proptest! {
    #[test]
    fn clicks_that_are_far_apart_all_count(gaps in prop::collection::vec(DOUBLE_CLICK_MS..60_000.0, 1..20)) {
        let mut at_ms = 0.0;
        let clicks: Vec<_> = gaps.iter().map(|gap| { at_ms += gap; click(at_ms, 1) }).collect();
        prop_assert!(counted(&clicks).into_iter().all(|counts| counts));
    }

    #[test]
    fn of_clicks_that_are_close_together_the_first_counts(gaps in prop::collection::vec(0.0..ONE_PRESS_MS, 1..20)) {
        let mut at_ms = 0.0;
        let clicks: Vec<_> = gaps.iter().map(|gap| { at_ms += gap; click(at_ms, 1) }).collect();
        prop_assert_eq!(counted(&clicks).into_iter().filter(|counts| *counts).count(), 1);
    }
}
