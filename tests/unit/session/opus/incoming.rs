//! What arrives, on its way through a decoder, held against a model: all is played and told in the order in which it came.

use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{HashSet, VecDeque};
use vocadesk_embed::session::opus::incoming::{Incoming, Next};

#[derive(Clone, Debug)]
enum Step {
    Packet,
    Sound,
    Event,
    /// The decoder answers.
    Answer,
    /// It dies, and the next is given all that it owes, but for a packet that another has died of before.
    Die,
    /// It does not answer any more, and the next is given all.
    Stuck,
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => Just(Step::Packet),
        2 => Just(Step::Sound),
        2 => Just(Step::Event),
        6 => Just(Step::Answer),
        1 => Just(Step::Die),
        1 => Just(Step::Stuck),
        1 => Just(Step::Clear),
    ];
    vec(step, 0..120)
}

/// What is to come out: a thing's number, and whether it is an event.
type Thing = (u8, bool);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    #[holds("5b.features-kinds")]
    fn whatever_a_decoder_does_all_that_it_reads_is_played_in_its_order(steps in steps()) {
        let mut incoming = Incoming::default();
        let mut decoder: VecDeque<u8> = VecDeque::new();
        // All that has come and was neither dropped nor taken out yet, in order.
        let mut expected: VecDeque<Thing> = VecDeque::new();
        let mut died_of = HashSet::new();
        let mut which = 0;
        for step in steps {
            which += 1;
            match step {
                Step::Packet => {
                    incoming.decoding(vec![which], 0.0);
                    decoder.push_back(which);
                    expected.push_back((which, false));
                }
                Step::Sound => {
                    incoming.sound(vec![which]);
                    expected.push_back((which, false));
                }
                Step::Event => {
                    incoming.event(which);
                    expected.push_back((which, true));
                }
                Step::Answer => if let Some(packet) = decoder.pop_front() {
                    incoming.decoded(vec![packet], 0.0);
                },
                Step::Die => if let Some(packet) = decoder.front().copied() {
                    incoming.failed(0.0);
                    if !died_of.insert(packet) {
                        // Silence of its length stands for it.
                        for thing in &mut expected {
                            if *thing == (packet, false) {
                                thing.0 = 0;
                            }
                        }
                    }
                    decoder = incoming.owed_anew(0.0).into_iter().flatten().collect();
                },
                Step::Stuck => decoder = incoming.owed_anew(0.0).into_iter().flatten().collect(),
                Step::Clear => {
                    incoming.clear();
                    expected.retain(|(_, is_event)| *is_event);
                }
            }
            while let Some(next) = incoming.take() {
                match next {
                    Next::Sound(sound) if sound.is_empty() => {}
                    Next::Sound(sound) if sound[0] == 0 => {
                        prop_assert_eq!(sound.len(), 960);
                        prop_assert_eq!(expected.pop_front(), Some((0, false)));
                    }
                    Next::Sound(sound) => prop_assert_eq!(expected.pop_front(), Some((sound[0], false))),
                    Next::Event(event) => prop_assert_eq!(expected.pop_front(), Some((event, true))),
                }
            }
            // Nothing waits but for the decoder.
            prop_assert!(incoming.is_owed() || expected.is_empty());
        }
        incoming.give_up();
        let mut left = Vec::new();
        while let Some(next) = incoming.take() {
            if let Next::Event(event) = next {
                left.push(event);
            }
        }
        let events: Vec<_> = expected.iter().filter(|(_, is_event)| *is_event).map(|(which, _)| *which).collect();
        prop_assert_eq!(left, events, "an event is lost with a decoder");
    }
}

#[test]
fn a_decoder_that_owes_and_says_nothing_for_two_seconds_is_stuck_and_a_slow_one_is_not() {
    let mut incoming: Incoming<u8> = Incoming::default();
    assert!(!incoming.is_stuck(1e9), "it owes nothing");
    for packet in 0..100 {
        incoming.decoding(vec![packet], 10_000.0);
    }
    assert!(!incoming.is_stuck(12_000.0));
    assert!(incoming.is_stuck(12_001.0));
    incoming.decoded(vec![0], 12_001.0);
    assert!(!incoming.is_stuck(14_001.0));
    assert_eq!(incoming.owed_anew(14_002.0).len(), 99);
    assert!(!incoming.is_stuck(16_002.0));
}

#[test]
fn an_answer_that_nobody_waits_for_is_not_played() {
    let mut incoming: Incoming<u8> = Incoming::default();
    incoming.decoded(vec![1, 2], 0.0);
    assert_eq!(incoming.take(), None);
}
