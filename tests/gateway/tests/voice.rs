//! The parrot's ear: pure, so these tests hear hours in milliseconds.

use proptest::prelude::*;

use gateway::agent::speech;
use gateway::agent::voice::{FRAME_MS, Found, Utterance, Voice};

const FRAME: usize = 480;
const PAUSE_MS: u32 = 700;

/// Everything that was found, in frames.
fn hear(samples: &[i16]) -> Vec<Found> {
    let mut voice = Voice::new(PAUSE_MS);
    let mut found: Vec<_> = samples
        .chunks(FRAME)
        .filter_map(|f| voice.push(f))
        .collect();
    found.extend(voice.finish());
    found
}

fn utterances(samples: &[i16]) -> Vec<Utterance> {
    let found = hear(samples).into_iter().filter_map(|found| match found {
        Found::Ended(words) => Some(words),
        _ => None,
    });
    found.collect()
}

/// White noise whose power is this many dB re full scale; the seed makes it repeatable.
fn noise(len: usize, db: f64, seed: u64) -> Vec<f64> {
    // A uniform distribution of half-width a has the power a²/3.
    let half_width = 10f64.powf(db / 20.0) * 3f64.sqrt() * 32_767.0;
    let mut state = seed | 1;
    (0..len)
        .map(|_| {
            // xorshift64: good enough to be white over 20 ms.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state as f64 / u64::MAX as f64 * 2.0 - 1.0) * half_width
        })
        .collect()
}

fn to_i16(samples: &[f64]) -> Vec<i16> {
    samples
        .iter()
        .map(|&s| s.clamp(-32_768.0, 32_767.0) as i16)
        .collect()
}

/// The visitor's sentence with silence around it and noise under it; gives the true borders in frames.
fn scene(lead: usize, gain_db: f64, noise_db: f64, seed: u64) -> (Vec<i16>, f64, f64) {
    let words = speech::visitor();
    let tail = 24_000 * 3 / 2;
    let gain = 10f64.powf(gain_db / 20.0);
    let mut mixed = noise(lead + words.len() + tail, noise_db, seed);
    for (at, &sample) in mixed.iter_mut().skip(lead).zip(&words) {
        *at += f64::from(sample) * gain;
    }
    let frames = |samples: usize| samples as f64 / FRAME as f64;
    (to_i16(&mixed), frames(lead), frames(lead + words.len()))
}

fn check_one_utterance(samples: &[i16], from: f64, to: f64) -> Result<(), TestCaseError> {
    let found = utterances(samples);
    prop_assert_eq!(found.len(), 1, "one utterance in {:?}", found);
    // 200 ms: the pre-roll that is said back makes up for as much.
    let tolerance = f64::from(200 / FRAME_MS);
    let (began, ended) = (found[0].from as f64, found[0].to as f64);
    prop_assert!(
        (began - from).abs() <= tolerance,
        "began at {began}, truly {from}"
    );
    prop_assert!(
        (ended - to).abs() <= tolerance,
        "ended at {ended}, truly {to}"
    );
    Ok(())
}

#[test]
fn the_recorded_speech_is_there() {
    let seconds = |samples: Vec<i16>| samples.len() as f64 / 24_000.0;
    assert!((3.0..=4.2).contains(&seconds(speech::visitor())));
    assert!((2.0..=5.0).contains(&seconds(speech::greeting())));
    assert!((1.0..=3.0).contains(&seconds(speech::goodbye())));
}

#[test]
fn a_click_is_not_speech() {
    let mut samples = vec![0i16; 24_000 * 3];
    for at in (24_000..24_000 + 960).step_by(2) {
        samples[at] = 20_000;
    }
    assert_eq!(hear(&samples), []);
}

#[test]
fn a_knock_is_dismissed() {
    let mut samples = vec![0i16; 24_000 * 3];
    // Four frames, 80 ms.
    for at in (24_000..24_000 + 4 * FRAME).step_by(2) {
        samples[at] = 20_000;
    }
    assert_eq!(hear(&samples), [Found::Began, Found::Dismissed]);
}

#[test]
fn noise_that_starts_and_stays_is_got_used_to() {
    let mut samples = vec![0i16; 24_000 * 2];
    samples.extend(to_i16(&noise(24_000 * 30, -40.0, 7)));
    let found = utterances(&samples);
    assert!(found.len() <= 1);
    // 4 s of floor memory, a block of 0.5 s, the onset: within 5 s.
    let longest = found.iter().map(|u| u.to - u.from).max().unwrap_or(0);
    assert!(longest <= u64::from(5_000 / FRAME_MS), "{longest} frames");
}

#[test]
fn two_sentences_are_two_utterances() {
    let words = speech::visitor();
    let pause = vec![0i16; 24_000];
    let samples = [&pause[..], &words, &pause, &words, &pause].concat();
    assert_eq!(utterances(&samples).len(), 2);
}

#[test]
fn speech_from_the_very_first_frame_is_found() {
    let mut samples = speech::visitor();
    samples.extend(vec![0i16; 24_000]);
    let found = utterances(&samples);
    assert_eq!(found.len(), 1);
    // There is no quiet yet to tell speech from, so its first sounds may pass for noise.
    assert!(found[0].from <= u64::from(600 / FRAME_MS), "{found:?}");
}

#[test]
fn endless_speech_ends_after_thirty_seconds() {
    let words = speech::visitor();
    let samples = [vec![0i16; 24_000], words.repeat(12)].concat();
    let found = utterances(&samples);
    assert!(found.iter().all(|u| u.to - u.from <= 1501), "{found:?}");
    assert!(found.len() >= 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn silence_never_triggers(db in -120.0f64..-15.0, seed: u64, dc in -3000i16..3000) {
        let samples = to_i16(&noise(24_000 * 8, db, seed));
        let samples: Vec<_> = samples.iter().map(|s| s.saturating_add(dc)).collect();
        prop_assert_eq!(hear(&samples), []);
    }

    #[test]
    fn the_sentence_is_one_utterance_at_any_level(lead in 12_000usize..96_000, gain in -12.0f64..12.0) {
        let (samples, from, to) = scene(lead, gain, -120.0, 1);
        check_one_utterance(&samples, from, to)?;
    }

    #[test]
    fn noise_40_db_below_the_sentence_changes_nothing(
        lead in 12_000usize..96_000,
        gain in -12.0f64..12.0,
        seed: u64,
    ) {
        // The sentence's peak is at -6 dB, its power at -25 dB re full scale.
        let (samples, from, to) = scene(lead, gain, -25.0 + gain - 40.0, seed);
        check_one_utterance(&samples, from, to)?;
    }

    #[test]
    fn the_sentence_is_found_in_noise_of_40_db_below_full_scale(
        lead in 12_000usize..96_000,
        gain in 0.0f64..12.0,
        seed: u64,
    ) {
        let (samples, from, to) = scene(lead, gain, -40.0, seed);
        check_one_utterance(&samples, from, to)?;
    }

    #[test]
    fn any_sound_at_all_gives_orderly_findings(
        loud in prop::collection::vec((any::<bool>(), 1usize..80), 1..40),
        pause_ms in 0u32..3000,
    ) {
        let mut voice = Voice::new(pause_ms);
        let (mut talking, mut last) = (false, 0);
        for (loud, frames) in loud {
            let frame: Vec<i16> = (0..FRAME).map(|n| if loud && n % 2 == 0 { 9000 } else { 0 }).collect();
            for _ in 0..frames {
                match voice.push(&frame) {
                    Some(Found::Began) => {
                        prop_assert!(!talking);
                        talking = true;
                    }
                    Some(Found::Ended(u)) => {
                        prop_assert!(talking && u.from < u.to && u.to <= voice.heard());
                        prop_assert!(last <= u.from, "utterances do not overlap");
                        last = u.to;
                        talking = false;
                    }
                    Some(Found::Dismissed) => {
                        prop_assert!(talking);
                        talking = false;
                    }
                    None => {}
                }
                prop_assert_eq!(voice.voiced_ms().is_some(), talking);
            }
        }
    }
}
