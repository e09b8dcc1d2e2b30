//! What is kept until it is acknowledged, and what is acknowledged when: held against naive twins.

use std::time::Duration;

use proptest::prelude::{Strategy, prop_assert_eq, prop_oneof, proptest};
use tokio::time::Instant;

use gateway::numbers::received::{Arrival, Received};
use gateway::numbers::sent_ring::SentRing;

#[derive(Clone, Debug)]
enum Step {
    Push,
    Ack(u32),
    After(u32),
    Newest(usize),
    Skip(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => proptest::strategy::Just(Step::Push),
        3 => (0..30_u32).prop_map(Step::Ack),
        3 => (0..30_u32).prop_map(Step::After),
        1 => (0..9_usize).prop_map(Step::Newest),
        1 => (0..3_u32).prop_map(Step::Skip),
    ]
}

/// Remembers everything, and looks through all of it.
#[derive(Default)]
struct Twin {
    /// Number, what was sent, and whether it was acknowledged.
    all: Vec<(u32, usize, bool)>,
    last: u32,
    acked: u32,
    full: bool,
}

impl Twin {
    fn kept(&self) -> Vec<(u32, usize)> {
        let kept = self.all.iter().filter(|(_, _, acked)| !acked);
        kept.map(|(number, what, _)| (*number, *what)).collect()
    }
}

proptest! {
    #[test]
    fn what_is_not_acknowledged_is_kept_in_order_and_nothing_else(
        most in 1..20_usize,
        steps in proptest::collection::vec(step(), 0..120),
    ) {
        let mut ring = SentRing::new(most);
        let mut twin = Twin::default();
        for (what, step) in steps.into_iter().enumerate() {
            match step {
                Step::Push => {
                    twin.full |= twin.kept().len() >= most;
                    let expected = (!twin.full).then(|| {
                        twin.last += 1;
                        twin.all.push((twin.last, what, false));
                        twin.last
                    });
                    prop_assert_eq!(ring.push(what), expected);
                    prop_assert_eq!(ring.overflowed(), twin.full);
                }
                Step::Ack(number) => {
                    let known = number <= twin.last;
                    if known {
                        twin.acked = twin.acked.max(number);
                        for sent in &mut twin.all {
                            sent.2 |= sent.0 <= number;
                        }
                    }
                    prop_assert_eq!(ring.ack(number), known);
                }
                Step::After(number) => {
                    let known = number <= twin.last && number >= twin.acked && !twin.full;
                    let mut after = twin.kept();
                    after.retain(|(kept, _)| *kept > number);
                    prop_assert_eq!(ring.after(number), known.then_some(after));
                }
                Step::Newest(count) => {
                    let kept = twin.kept();
                    let newest = kept[kept.len().saturating_sub(count)..].to_vec();
                    prop_assert_eq!(ring.newest(count), newest);
                }
                Step::Skip(count) => {
                    ring.skip(count);
                    twin.last += count;
                }
            }
        }
    }

    #[test]
    fn each_number_is_taken_once_and_told_within_a_second_or_after_fifty(
        arrivals in proptest::collection::vec((1..400_u32, 0..400_u64), 0..200),
    ) {
        let mut received = Received::default();
        let mut now = Instant::now();
        let (mut last, mut told, mut since) = (0, 0, None);
        for (number, millis) in arrivals {
            now += Duration::from_millis(millis);
            let expected = match number {
                n if n <= last => Arrival::Again,
                n if n == last + 1 => Arrival::Next,
                _ => Arrival::Jump,
            };
            prop_assert_eq!(received.take(number, now), expected);
            if expected != Arrival::Again {
                last = number;
                since = since.or(Some(now));
            }
            let at_once = last - told >= 50;
            let wait = Duration::from_secs(u64::from(!at_once));
            let due = since.map(|since| since + wait);
            prop_assert_eq!(received.due(), due);
            if due.is_some_and(|due| due <= now) {
                prop_assert_eq!(received.tell(), last);
                (told, since) = (last, None);
            }
        }
    }
}

#[test]
fn numbers_end_where_the_wire_ends_them() {
    let mut ring = SentRing::new(10);
    ring.skip(u32::MAX - 1);
    assert_eq!(ring.push('a'), Some(u32::MAX));
    assert_eq!(ring.push('b'), None);
    assert!(ring.overflowed());
    assert_eq!(ring.after(u32::MAX - 1), None);
}
