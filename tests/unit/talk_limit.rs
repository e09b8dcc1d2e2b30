//! Texts of a server that sends more than anybody reads.

use proptest::prelude::*;
use vocadesk_embed::protocol::session::{Role, Transcript};
use vocadesk_embed::session::talk_limit::{TalkLimit, TooMuchText};

const NOW_MS: f64 = 1_900_000_000_000.0;

fn said(seq: u64, text: impl Into<String>) -> Transcript {
    Transcript {
        role: Role::Assistant,
        text: text.into(),
        seq,
    }
}

fn told(limit: &mut TalkLimit, now_ms: f64) -> Vec<Transcript> {
    std::iter::from_fn(|| limit.next(now_ms)).collect()
}

#[test]
fn a_thousand_texts_go_through_at_once_and_a_hundred_a_second_after_them() {
    let mut limit = TalkLimit::default();
    for seq in 0..1_000 {
        limit.push(said(seq, "hi")).unwrap();
        assert_eq!(limit.next(NOW_MS), Some(said(seq, "hi")));
    }
    for seq in 1_000..1_400 {
        limit.push(said(seq, "hi")).unwrap();
    }
    assert_eq!(limit.next(NOW_MS), None);
    assert_eq!(told(&mut limit, NOW_MS + 2_000.0).len(), 200);
    // A clock that is set back gives nothing and takes nothing.
    assert_eq!(limit.next(NOW_MS - 9_000.0), None);
    assert!(limit.has_waiting());
    let rest: Vec<_> = std::iter::from_fn(|| limit.take()).collect();
    assert_eq!((rest[0].seq, rest.len()), (1_200, 200));
}

#[test]
fn long_texts_wait_too() {
    let mut limit = TalkLimit::default();
    let long = "x".repeat(20_000);
    for seq in 0..100 {
        limit.push(said(seq, long.clone())).unwrap();
    }
    assert_eq!(told(&mut limit, NOW_MS).len(), 100);
    for seq in 100..120 {
        limit.push(said(seq, long.clone())).unwrap();
    }
    assert_eq!(told(&mut limit, NOW_MS), []);
    assert_eq!(told(&mut limit, NOW_MS + 1_000.0).len(), 12);
}

#[test]
fn a_text_that_grows_while_it_waits_is_told_once_as_the_last_that_it_was() {
    let mut limit = TalkLimit::default();
    for length in 0..5_000 {
        limit.push(said(1, "x".repeat(length))).unwrap();
    }
    limit.push(said(2, "next")).unwrap();
    // Of another speaker it is another text.
    let mine = Transcript {
        role: Role::User,
        ..said(1, "mine")
    };
    limit.push(mine.clone()).unwrap();
    let all = [said(1, "x".repeat(4_999)), said(2, "next"), mine];
    assert_eq!(told(&mut limit, NOW_MS), all);
}

#[test]
fn five_hundred_numbers_may_wait_or_two_megabytes_and_not_one_more() {
    let mut limit = TalkLimit::default();
    for seq in 0..500 {
        limit.push(said(seq, "hi")).unwrap();
    }
    assert_eq!(limit.push(said(3, "grown")), Ok(()));
    assert_eq!(limit.push(said(500, "hi")), Err(TooMuchText));
    let mut limit = TalkLimit::default();
    let long = "x".repeat(20_000);
    for seq in 0..100 {
        limit.push(said(seq, long.clone())).unwrap();
    }
    assert_eq!(limit.push(said(100, "x")), Err(TooMuchText));
}

proptest! {
    #[test]
    fn no_text_is_lost_none_comes_before_its_turn_and_none_faster_than_it_may(
        steps in prop::collection::vec((0_u64..40, 0_u32..30), 1..3_000),
    ) {
        let mut limit = TalkLimit::default();
        let (mut now_ms, mut all, mut latest) = (NOW_MS, Vec::new(), [None; 40]);
        for (nth, (seq, pause_ms)) in steps.into_iter().enumerate() {
            now_ms += f64::from(pause_ms) / 10.0;
            limit.push(said(seq, nth.to_string())).unwrap();
            latest[seq as usize] = Some(nth);
            all.extend(told(&mut limit, now_ms));
            let may = 1_000.0 + (now_ms - NOW_MS) / 10.0;
            prop_assert!(all.len() as f64 <= may + 0.001, "{} of {may}", all.len());
        }
        all.extend(std::iter::from_fn(|| limit.take()));
        for (seq, nth) in latest.iter().enumerate() {
            let last = all.iter().rfind(|said| said.seq == seq as u64);
            prop_assert_eq!(last.map(|said| said.text.clone()), nth.map(|nth| nth.to_string()));
        }
        // Of one number they come in their order.
        let mut seen = [0; 40];
        for said in &all {
            let nth: usize = said.text.parse().unwrap();
            prop_assert!(nth >= seen[said.seq as usize]);
            seen[said.seq as usize] = nth;
        }
    }
}
