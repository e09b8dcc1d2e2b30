//! The queue of what the agent said.

use super::signal::bytes;
use holds::holds;
use proptest::prelude::*;
use std::collections::VecDeque;
use vocadesk_embed::audio::sample_queue::SampleQueue;

#[test]
#[holds("5.burst-played")]
fn an_hour_of_speech_takes_what_the_documentation_says() {
    let mut queue = SampleQueue::new();
    let second = vec![1; 48_000];
    for _ in 0..3_600 {
        queue.push(&second);
    }
    assert_eq!(queue.len(), 3_600 * 24_000);
    // 173 MB, and at most one chunk that is not full.
    assert!((172_800_000..=172_824_000).contains(&queue.memory_bytes()));
    queue.clear();
    assert!(queue.is_empty());
}

#[test]
fn an_hour_in_real_time_takes_no_more_than_what_stands_queued() {
    let mut queue = SampleQueue::new();
    for _ in 0..3_600 * 50 {
        queue.push(&[0; 960]);
        queue.push(&[0; 960]);
        queue.skip(480);
        if queue.len() > 24_000 {
            queue.skip(24_000);
        }
    }
    // A second queued: two chunks, one half read and one half filled.
    assert!(
        queue.memory_bytes() <= 4 * 24_000,
        "{}",
        queue.memory_bytes()
    );
}

#[derive(Debug, Clone)]
enum Step {
    Push(Vec<i16>, bool),
    Read(usize),
    Skip(usize),
    Clear,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (prop::collection::vec(any::<i16>(), 0..9_000), any::<bool>()).prop_map(|(s, odd)| Step::Push(s, odd)),
        4 => (0usize..9_000).prop_map(Step::Read),
        1 => (0usize..9_000).prop_map(Step::Skip),
        1 => Just(Step::Clear),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_goes_in_comes_out_once_and_in_order(steps in prop::collection::vec(any_step(), 1..40)) {
        let (mut queue, mut model) = (SampleQueue::new(), VecDeque::new());
        for step in steps {
            match step {
                Step::Push(samples, odd) => {
                    let mut message = bytes(&samples);
                    message.extend(odd.then_some(0x55));
                    queue.push(&message);
                    model.extend(samples);
                }
                Step::Read(count) => {
                    let mut got = Vec::new();
                    let taken = queue.read(count, |s| got.push(s));
                    prop_assert_eq!(taken, got.len());
                    let expected: Vec<i16> = model.drain(..count.min(model.len())).collect();
                    prop_assert_eq!(got, expected);
                }
                Step::Skip(count) => {
                    queue.skip(count);
                    model.drain(..count.min(model.len()));
                }
                Step::Clear => {
                    queue.clear();
                    model.clear();
                }
            }
            prop_assert_eq!(queue.len(), model.len());
            prop_assert_eq!(queue.front().is_empty(), model.is_empty());
            prop_assert_eq!(queue.front().first(), model.front());
        }
    }
}
