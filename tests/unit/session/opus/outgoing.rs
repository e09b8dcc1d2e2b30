//! The microphone's packets on their way through an encoder, held against a model: none is lost, none comes twice, and none
//! overtakes another, whenever the encoder answers and whenever it dies.

use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::VecDeque;
use vocadesk_embed::protocol::sound::Sound;
use vocadesk_embed::session::opus::outgoing::{Feed, OutgoingPackets};

/// A packet that says which it is, loud enough.
fn loud(which: usize) -> Vec<u8> {
    let samples = [20_000_i16, which as i16];
    samples.iter().flat_map(|s| s.to_le_bytes()).collect()
}

/// One sample in it is as loud as this.
fn of_peak(peak: i16) -> Vec<u8> {
    [0, peak, 0].iter().flat_map(|s| s.to_le_bytes()).collect()
}

/// The encoder's answer to it: its header says how it is coded, the rest which it is.
fn coded(pcm: &[u8]) -> Vec<u8> {
    [&[0xdb][..], pcm].concat()
}

/// Opus' packet with nothing in it, coded likewise.
const NOTHING: [u8; 1] = [0xd8];

/// What the other side hears: which packets, in which order, and how each came.
fn heard(sound: &Sound) -> Vec<(bool, Vec<u8>)> {
    match sound {
        Sound::Pcm(pcm) => vec![(false, pcm.clone())],
        Sound::Opus(packets) => packets.iter().map(|p| (true, p.to_vec())).collect(),
    }
}

#[derive(Clone, Debug)]
enum Step {
    Speak,
    Answer,
    Die,
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    #[holds("5b.features-kinds")]
    fn whenever_an_encoder_answers_or_dies_each_packet_goes_once_and_in_order(
        steps in vec(prop_oneof![8 => Just(Step::Speak), 7 => Just(Step::Answer), 1 => Just(Step::Die)], 0..120)
    ) {
        let mut packets = OutgoingPackets::default();
        let mut encoder = VecDeque::new();
        let (mut spoken, mut sent) = (0, Vec::new());
        let mut is_alive = true;
        for step in steps {
            match step {
                Step::Speak => {
                    let pcm = loud(spoken);
                    spoken += 1;
                    let feed = packets.push(pcm.clone());
                    prop_assert_eq!(feed == Feed::Encode, is_alive);
                    if feed == Feed::Encode {
                        encoder.push_back(pcm);
                    }
                }
                Step::Answer => if let Some(pcm) = encoder.pop_front().filter(|_| is_alive) {
                    packets.encoded(coded(&pcm));
                },
                Step::Die => {
                    is_alive = false;
                    packets.give_up();
                }
            }
            while let Some(sound) = packets.take() {
                // Three packets a frame, as long as there is an encoder.
                if is_alive {
                    prop_assert_eq!(sound.packets(), 3);
                }
                sent.extend(heard(&sound));
            }
        }
        packets.give_up();
        while let Some(sound) = packets.take() {
            sent.extend(heard(&sound));
        }
        let expected: Vec<_> = (0..spoken).map(loud).collect();
        let plain: Vec<_> = sent.iter().map(|(is_opus, bytes)| {
            if *is_opus { bytes[1..].to_vec() } else { bytes.clone() }
        }).collect();
        prop_assert_eq!(plain, expected);
        // Opus first, PCM after it: it is not made again.
        prop_assert!(sent.is_sorted_by_key(|(is_opus, _)| !is_opus));
    }
}

/// Speaks packets to an encoder that answers at once; says which it was given, and what was sent.
fn speak(packets: &mut OutgoingPackets, all: &[Vec<u8>]) -> (Vec<bool>, Vec<Vec<u8>>) {
    let (mut given, mut sent) = (Vec::new(), Vec::new());
    for pcm in all {
        let feed = packets.push(pcm.clone());
        given.push(feed == Feed::Encode);
        if feed == Feed::Encode {
            packets.encoded(coded(pcm));
        }
        while let Some(sound) = packets.take() {
            sent.extend(heard(&sound).into_iter().map(|(_, bytes)| bytes));
        }
    }
    (given, sent)
}

#[test]
fn silence_of_more_than_four_tenths_of_a_second_is_encoded_once_in_four_tenths() {
    let mut packets = OutgoingPackets::default();
    speak(&mut packets, &vec![loud(1); 3]);
    let (given, sent) = speak(&mut packets, &vec![of_peak(103); 120]);
    let encoded: Vec<_> = (0..120).filter(|i| given[*i]).collect();
    let expected: Vec<_> = (0..20).chain((0..120).skip(39).step_by(20)).collect();
    assert_eq!(encoded, expected);
    assert_eq!(sent.len(), 120);
    let nothing = sent.iter().filter(|bytes| **bytes == NOTHING).count();
    assert_eq!(nothing, 120 - encoded.len());
}

#[test]
#[holds("5b.change-kind")]
fn without_an_encoder_silence_goes_as_pcm_too() {
    let mut packets = OutgoingPackets::default();
    speak(&mut packets, &vec![loud(1); 3]);
    speak(&mut packets, &vec![of_peak(0); 30]);
    packets.give_up();
    for _ in 0..60 {
        packets.push(of_peak(0));
    }
    let sent: Vec<_> = std::iter::from_fn(|| packets.take()).collect();
    assert!(
        sent[sent.len() - 60..]
            .iter()
            .all(|sound| *sound == Sound::Pcm(of_peak(0)))
    );
}

#[test]
fn the_first_sound_after_silence_is_encoded_at_once() {
    let mut packets = OutgoingPackets::default();
    speak(&mut packets, &vec![of_peak(0); 50]);
    let (given, _) = speak(
        &mut packets,
        &[of_peak(0), of_peak(-104), of_peak(0), of_peak(i16::MIN)],
    );
    assert_eq!(given, [false, true, true, true]);
}

#[test]
fn silence_before_the_first_answer_is_encoded_for_there_is_no_way_of_coding_yet() {
    let mut packets = OutgoingPackets::default();
    let fed = (0..50).filter(|_| packets.push(of_peak(0)) == Feed::Encode);
    assert_eq!(fed.count(), 50);
    assert_eq!(packets.take(), None);
}

#[test]
fn an_encoder_that_owes_more_than_two_seconds_is_stuck_and_its_packets_go_as_they_are() {
    let mut packets = OutgoingPackets::default();
    for which in 0..100 {
        packets.push(loud(which));
    }
    assert!(!packets.is_stuck());
    packets.push(loud(100));
    assert!(packets.is_stuck());
    packets.give_up();
    assert!(!packets.is_stuck());
    let sent: Vec<_> = std::iter::from_fn(|| packets.take()).collect();
    let expected: Vec<_> = (0..=100).map(|which| Sound::Pcm(loud(which))).collect();
    assert_eq!(sent, expected);
}

#[test]
fn an_answer_that_nobody_waits_for_or_that_is_empty_changes_nothing() {
    let mut packets = OutgoingPackets::default();
    packets.encoded(vec![0xd8, 1]);
    assert_eq!(packets.take(), None);
    packets.push(loud(0));
    packets.encoded(Vec::new());
    packets.give_up();
    assert_eq!(packets.take(), Some(Sound::Pcm(loud(0))));
    assert_eq!(packets.take(), None);
}
