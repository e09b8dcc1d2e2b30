//! Both directions together, as the worklet drives them.

use super::signal::{bytes, pcm_tone, tone};
use holds::holds;
use proptest::prelude::*;
use vocadesk_embed::audio::processor::{MOST_FRAMES, Processor};
use vocadesk_embed::protocol::audio_port::{self, Levels};

fn speak(processor: &mut Processor, signal: &[f32]) -> Vec<i16> {
    let mut sent = Vec::new();
    for block in signal.chunks(128) {
        processor.input()[..block.len()].copy_from_slice(block);
        let ready = processor.capture(block.len());
        for packet in processor.capture_path().packets().take(ready) {
            sent.extend_from_slice(packet);
        }
    }
    sent
}

#[test]
#[holds("5.server-agent-ending")]
fn a_hushed_microphone_sends_nothing_more() {
    let mut processor = Processor::new(48_000).unwrap();
    let second = tone(440.0, 48_000, 0.5, 48_000);
    assert!(!speak(&mut processor, &second).is_empty());
    assert!(processor.control(audio_port::HUSH));
    assert!(speak(&mut processor, &second).is_empty());
}

#[test]
fn close_ends_it_and_an_unknown_word_does_nothing() {
    let mut processor = Processor::new(48_000).unwrap();
    assert!(
        processor.control(0) && processor.control(audio_port::READY) && processor.control(u32::MAX)
    );
    assert!(!processor.control(audio_port::CLOSE));
}

#[test]
fn the_word_clear_drops_what_is_queued() {
    let mut processor = Processor::new(24_000).unwrap();
    processor.receive(&bytes(&pcm_tone(440.0, 0.5, 24_000)));
    processor.play(1_024);
    processor.control(audio_port::CLEAR);
    // The fade is over within the first block.
    processor.play(1_024);
    assert!(processor.play(1_024).iter().all(|sample| *sample == 0.0));
}

#[test]
fn drain_is_answered_with_the_word_drained_once() {
    let mut processor = Processor::new(48_000).unwrap();
    processor.receive(&bytes(&pcm_tone(440.0, 0.5, 4_800)));
    processor.control(audio_port::DRAIN);
    let answers: Vec<u32> = (0..375)
        .map(|_| {
            processor.play(128);
            processor.answer()
        })
        .filter(|answer| *answer != 0)
        .collect();
    assert_eq!(answers, [audio_port::DRAINED]);
}

#[test]
fn levels_are_told_ten_times_a_second_and_not_at_all_while_they_stay() {
    let mut processor = Processor::new(48_000).unwrap();
    let told = |processor: &mut Processor, amplitude: f64| {
        let mut times = 0;
        for block in tone(440.0, 48_000, amplitude, 48_000).chunks(128) {
            processor.input()[..128].copy_from_slice(block);
            processor.capture(128);
            processor.play(128);
            times += u32::from(processor.levels() != 0);
        }
        times
    };
    assert_eq!(told(&mut processor, 0.0), 0);
    assert!((1..=10).contains(&told(&mut processor, 0.5)));
    assert_eq!(told(&mut processor, 0.5), 0);
    assert_eq!(processor.microphone().steps(), audio_port::STEPS);
    assert!((1..=5).contains(&told(&mut processor, 0.0)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_rise_of_either_is_told_within_a_tenth_of_a_second_and_a_fall_within_eight(
        loudness in prop::collection::vec(
            (prop::sample::select(vec![0.0, 0.01, 0.05, 0.9]), prop::sample::select(vec![0.0, 0.01, 0.05, 0.9]), 1..15_usize),
            1..10,
        ),
    ) {
        let mut processor = Processor::new(24_000).unwrap();
        let (mut told, mut looks_since_told, mut looks_behind) = (Levels::default(), 0, 0);
        let tenths = loudness.into_iter().flat_map(|(microphone, agent, tenths)| vec![(microphone, agent); tenths]);
        for (microphone, agent) in tenths {
            let said = pcm_tone(440.0, agent, 480);
            let spoken = tone(440.0, 24_000, microphone, 480);
            // A tenth of a second in packets of 20 ms; the fifth brings the look.
            for packet in 1..=5 {
                processor.receive(&bytes(&said));
                processor.input()[..480].copy_from_slice(&spoken);
                processor.capture(480);
                processor.play(480);
                let number = processor.levels();
                if packet < 5 {
                    prop_assert_eq!(number, 0);
                    continue;
                }
                looks_since_told += 1;
                let are = Levels {
                    microphone: processor.microphone().steps(),
                    agent: processor.playback_path().meter().steps(),
                    ..Levels::default()
                };
                let rose = are.microphone > told.microphone || are.agent > told.agent;
                prop_assert!(!rose || number != 0, "{:?} is not told", are);
                if number != 0 {
                    prop_assert_eq!(Levels::read(number), Some(are));
                    prop_assert!(are != told && (rose || looks_since_told >= 8));
                    (told, looks_since_told) = (are, 0);
                }
                looks_behind = if are == told { 0 } else { looks_behind + 1 };
                prop_assert!(looks_behind <= 8);
            }
        }
    }
}

#[test]
fn a_fall_is_told_at_the_eighth_look_after_what_was_told_before() {
    let mut processor = Processor::new(24_000).unwrap();
    let mut look = |amplitude: f64| {
        let mut number = 0;
        for block in tone(440.0, 24_000, amplitude, 2_400).chunks(480) {
            processor.input()[..480].copy_from_slice(block);
            processor.capture(480);
            processor.play(480);
            number = processor.levels();
        }
        number
    };
    assert_ne!(look(0.01), 0);
    let told: Vec<bool> = (0..8).map(|_| look(0.0) != 0).collect();
    assert_eq!(told, [[false; 7].as_slice(), &[true]].concat());
}

#[test]
fn one_number_tells_packets_answer_and_levels() {
    let mut processor = Processor::new(24_000).unwrap();
    let mut told = Vec::new();
    for block in tone(440.0, 24_000, 0.9, 2_400).chunks(480) {
        processor.input()[..480].copy_from_slice(block);
        told.push(processor.render(480));
    }
    let levels = Levels {
        microphone: audio_port::STEPS,
        ..Levels::default()
    };
    assert_eq!(told, [1, 1, 1, 1, 1 | levels.to_number() << 16]);
    processor.control(audio_port::DRAIN);
    processor.control(audio_port::HUSH);
    assert_eq!(processor.render(1), audio_port::DRAINED << 8);
}

#[test]
fn sound_that_came_late_is_told_with_the_levels() {
    let mut processor = Processor::new(24_000).unwrap();
    let pcm: Vec<u8> = [8_000i16; 480]
        .iter()
        .flat_map(|s| s.to_le_bytes())
        .collect();
    let mut told = 0;
    for block in 0..100 {
        // 200 ms without a packet in a spurt.
        if !(20..30).contains(&block) {
            processor.receive(&pcm);
        }
        let levels = processor.render(480) >> 16;
        told = Levels::read(levels).map_or(told, |levels| levels.underruns);
    }
    assert_eq!(told, 1);
}

#[test]
fn levels_cross_as_one_number_that_is_no_word() {
    for microphone in 0..=audio_port::STEPS {
        for agent in 0..=audio_port::STEPS {
            for underruns in [0, 1, audio_port::MOST_UNDERRUNS] {
                for unheard in [false, true] {
                    let levels = Levels {
                        microphone,
                        agent,
                        underruns,
                        unheard,
                    };
                    let number = levels.to_number();
                    assert!(number <= u32::from(u16::MAX));
                    assert_eq!(Levels::read(number), Some(levels));
                }
            }
        }
    }
    assert_eq!(Levels::read(audio_port::DIED), None);
}

#[test]
fn more_frames_than_fit_are_cut_to_what_fits() {
    let mut processor = Processor::new(48_000).unwrap();
    processor.capture(usize::MAX);
    assert_eq!(processor.play(usize::MAX).len(), MOST_FRAMES);
}

#[test]
fn a_rate_that_no_device_has_gives_no_processor() {
    assert!(
        Processor::new(0).is_none()
            && Processor::new(4_000).is_none()
            && Processor::new(400_000).is_none()
    );
}

#[test]
fn the_shim_means_the_same_by_its_numbers() {
    let shim = include_str!("../../../js-shim/audio-worklet.js");
    assert!(shim.contains(&format!("const READY = {};", audio_port::READY)));
    assert!(shim.contains(&format!("const DIED = {};", audio_port::DIED)));
    assert!(shim.contains(&format!(
        "const PACKET_BYTES = {};",
        audio_port::PACKET_BYTES
    )));
}

#[derive(Debug, Clone)]
enum Step {
    Microphone(Vec<u32>),
    Play(usize),
    Receive(Vec<u8>),
    Word(u32),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        // Bit patterns: every NaN, infinity and subnormal number among them.
        prop::collection::vec(any::<u32>(), 0..=MOST_FRAMES).prop_map(Step::Microphone),
        (0usize..2_000).prop_map(Step::Play),
        prop::collection::vec(any::<u8>(), 0..4_000).prop_map(Step::Receive),
        (0u32..10).prop_map(Step::Word),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_that_comes_can_make_it_panic_or_sound_like_anything_but_sound(
        device in 8_000u32..=192_000,
        steps in prop::collection::vec(any_step(), 1..60),
    ) {
        let mut processor = Processor::new(device).unwrap();
        for step in steps {
            match step {
                Step::Microphone(bits) => {
                    for (slot, bits) in processor.input().iter_mut().zip(&bits) {
                        *slot = f32::from_bits(*bits);
                    }
                    let ready = processor.capture(bits.len());
                    prop_assert!(ready <= processor.capture_path().packets().count());
                }
                Step::Play(frames) => {
                    // Noise at full scale may overshoot in the filter, by the sum of its taps at most.
                    prop_assert!(processor.play(frames).iter().all(|s| s.abs() < 4.0));
                }
                Step::Receive(message) => processor.receive(&message),
                Step::Word(word) => {
                    processor.control(word);
                }
            }
            processor.answer();
            processor.levels();
            prop_assert!(processor.microphone().rms_dbfs().is_finite());
        }
    }
}
