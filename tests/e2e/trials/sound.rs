//! The correlation and the resampler, on sounds whose answer is known. No browser.

use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;

use crate::trial::Check;
use support::failure::{Failure, ensure};
use support::sound;

pub fn checks() -> Vec<Check> {
    vec![
        (
            "a_sound_is_found_in_noise_at_any_volume_and_place",
            a_sound_is_found_in_noise,
        ),
        ("another_sound_is_not_found", another_sound_is_not_found),
        (
            "ten_seconds_are_compared_in_less_than_ten",
            ten_seconds_are_compared_quickly,
        ),
        (
            "a_sound_is_followed_over_a_pause_that_was_cut_short",
            a_pause_may_be_cut_short,
        ),
        (
            "a_sound_is_followed_over_a_long_pause_that_was_cut_short_wherever_its_pieces_begin",
            a_long_pause_may_be_cut_short,
        ),
        (
            "a_sound_is_followed_over_a_gap_in_the_middle_of_a_word",
            a_gap_may_be_in_a_word,
        ),
        (
            "a_sound_is_followed_over_a_gap_in_its_first_word_and_in_its_last",
            a_gap_may_be_at_either_end,
        ),
        (
            "silence_in_place_of_a_word_is_lost_also_beside_a_gap",
            silence_is_no_gap,
        ),
        (
            "a_sound_is_followed_though_its_channels_fall_out_of_step",
            channels_may_fall_out_of_step,
        ),
        (
            "a_sound_with_a_word_left_out_is_not_followed",
            a_word_may_not_be_left_out,
        ),
        (
            "a_frame_that_is_missing_or_there_twice_is_found_in_a_tone_that_counts",
            a_frame_too_few_or_too_many_is_counted,
        ),
        (
            "resampling_keeps_the_waveform_and_its_place",
            resampling_keeps_the_waveform,
        ),
    ]
}

/// Noise that is the same in every run (a linear congruential generator, Numerical Recipes' numbers).
fn noise(samples: usize, mut seed: u32) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((seed >> 16) as u16 as i16) / 32_768.0
    };
    (0..samples).map(|_| next()).collect()
}

fn a_sound_is_found_in_noise() -> Result<(), Failure> {
    let sound = noise(5_000, 1);
    let mut recording = noise(20_000, 2)
        .iter()
        .map(|s| s * 0.02)
        .collect::<Vec<_>>();
    for (place, sample) in recording[7_777..].iter_mut().zip(&sound) {
        *place += sample * 0.1;
    }
    let found = sound::find(&sound, &recording);
    ensure!(found.lag == 7_777, "{found:?}");
    // Sound at 0.1 in noise at 0.02 of the same kind: 1 / sqrt(1 + 0.2²) = 0.981.
    ensure!((found.correlation - 0.981).abs() < 0.01, "{found:?}");
    let cut = sound::find(&sound, &sound[1_000..]);
    ensure!(cut.lag == -1_000, "{cut:?}");
    Ok(())
}

fn another_sound_is_not_found() -> Result<(), Failure> {
    for recording in [noise(20_000, 4), vec![0.0; 20_000], Vec::new()] {
        let found = sound::find(&noise(5_000, 3), &recording);
        ensure!(found.correlation < 0.1, "{found:?}");
    }
    Ok(())
}

/// Lag by lag it would take minutes. So much of them is done here to know how fast this machine is just now.
const LAGS: usize = 240;

/// A tenth of what all lags would take; it takes a hundredth.
fn ten_seconds_are_compared_quickly() -> Result<(), Failure> {
    let (reference, recording) = (noise(240_000, 5), noise(240_000, 6));
    let from = Instant::now();
    for lag in 0..LAGS {
        let pairs = reference.iter().zip(&recording[lag..]);
        black_box(pairs.map(|(a, b)| a * b).sum::<f32>());
    }
    let most = from.elapsed() * (reference.len() / LAGS / 10) as u32;
    let from = Instant::now();
    sound::find(&reference, &recording);
    let took = from.elapsed();
    ensure!(took < most, "took {took:?}, and {most:?} are a tenth");
    Ok(())
}

/// At 24 kHz: two words of 150 ms, and a pause of 100 ms between them: one piece.
fn two_words() -> Vec<f32> {
    [noise(3_600, 8), vec![0.0; 2_400], noise(3_600, 9)].concat()
}

fn a_pause_may_be_cut_short() -> Result<(), Failure> {
    let words = two_words();
    let heard = [&[0.0; 1_200], &words[..4_000], &words[5_200..]].concat();
    let followed = sound::follow(&words, &heard, 24_000);
    ensure!(
        followed.worst > 0.99 && followed.delays == [0.05, 0.0],
        "{followed:?}"
    );
    ensure!(followed.pauses() == 0.0, "{followed:?}");
    Ok(())
}

/// The pieces of 0.4 s then begin or end with silence, more of it than was left. Failed before that was taken off them.
fn a_long_pause_may_be_cut_short() -> Result<(), Failure> {
    let (pause, left) = ([0.0; 14_400], [0.0; 2_880]);
    for length in (9_600..19_200).step_by(1_200) {
        let (first, last) = (noise(length, 8), noise(9_600, 9));
        let said = [&first[..], &pause, &last].concat();
        let heard = [&first[..], &left, &last].concat();
        let followed = sound::follow(&said, &heard, 24_000);
        ensure!(followed.lost() == 0, "{length}: {followed:?}");
        let without_a_word = [&first[..], &left, &last[2_400..]].concat();
        let followed = sound::follow(&said, &without_a_word, 24_000);
        ensure!(followed.lost() > 0, "{length}, a word less: {followed:?}");
    }
    Ok(())
}

fn a_gap_may_be_in_a_word() -> Result<(), Failure> {
    let [before, word, after] = [7, 8, 9].map(|seed| noise(9_600, seed));
    let said = [&before[..], &word, &after].concat();
    for place in [100, 1_000, 4_800, 7_000, 9_500] {
        let heard = [&before[..], &word[..place], &GAP, &word[place..], &after].concat();
        let followed = sound::follow(&said, &heard, 24_000);
        ensure!(
            followed.lost() == 0 && (followed.pauses() - 0.03).abs() < 1e-6,
            "{place}: {followed:?}"
        );
    }
    Ok(())
}

/// 30 ms.
const GAP: [f32; 720] = [0.0; 720];

fn a_gap_may_be_at_either_end() -> Result<(), Failure> {
    let [first, last] = [8, 9].map(|seed| noise(9_600, seed));
    let said = [&first[..], &last].concat();
    for place in [100, 1_000, 4_800, 6_400, 8_500, 9_500] {
        let early = [&first[..place], &GAP, &first[place..], &last].concat();
        let late = [&first[..], &last[..place], &GAP, &last[place..]].concat();
        for heard in [early, late] {
            let followed = sound::follow(&said, &heard, 24_000);
            ensure!(followed.lost() == 0, "{place}: {followed:?}");
        }
    }
    Ok(())
}

fn silence_is_no_gap() -> Result<(), Failure> {
    let [before, word, after] = [7, 8, 9].map(|seed| noise(9_600, seed));
    let said = [&before[..], &word, &after].concat();
    let heard = |silent: &Range<usize>, gap: &[f32]| {
        let silence = vec![0.0; silent.len()];
        let (begin, end) = (&word[..silent.start], &word[silent.end..]);
        [&before[..], begin, gap, &silence, end, &after].concat()
    };
    for silent in [0..9_600, 0..4_800, 4_800..9_600, 3_000..6_000] {
        for gap in [&GAP[..], &[]] {
            let followed = sound::follow(&said, &heard(&silent, gap), 24_000);
            ensure!(followed.lost() > 0, "{silent:?}: {followed:?}");
        }
    }
    // A gap has it looked for more closely.
    for silent in [4_800..6_240, 2_000..3_440] {
        let followed = sound::follow(&said, &heard(&silent, &GAP), 24_000);
        ensure!(followed.lost() > 0, "{silent:?}: {followed:?}");
    }
    // And at either end of the sound.
    for heard in [[&before[..], &word].concat(), [&word[..], &after].concat()] {
        let followed = sound::follow(&said, &heard, 24_000);
        ensure!(followed.lost() > 0, "{followed:?}");
    }
    Ok(())
}

fn channels_may_fall_out_of_step() -> Result<(), Failure> {
    let said = noise(24_000, 8);
    let mixed = sound::out_of_step(&said, 70);
    let heard = [&said[..9_600], &mixed[9_600..]].concat();
    let followed = sound::follow_by(0.1, [&said, &mixed], &heard, 24_000);
    ensure!(
        followed.worst > 0.99 && followed.delays == [0.0; 10],
        "{followed:?}"
    );
    let followed = sound::follow_by(0.1, [&said, &mixed], &noise(24_000, 9), 24_000);
    ensure!(followed.intact().is_empty(), "{followed:?}");
    Ok(())
}

fn a_word_may_not_be_left_out() -> Result<(), Failure> {
    let words = two_words();
    for heard in [
        &words[..6_000],
        &words[3_600..],
        &[&words[..1_200], &words[2_400..]].concat(),
    ] {
        let followed = sound::follow(&words, heard, 24_000);
        ensure!(followed.worst < 0.9 && followed.lost() > 0, "{followed:?}");
    }
    Ok(())
}

fn resampling_keeps_the_waveform() -> Result<(), Failure> {
    // Rising, because a steady tone matches itself at every period.
    let rising = |rate: f32, n: usize| -> Vec<f32> {
        let seconds = (0..n).map(|i| i as f32 / rate);
        seconds
            .map(|t| ((200.0 + 1_000.0 * t) * t * std::f32::consts::TAU).sin())
            .collect()
    };
    let there = sound::resample(&rising(48_000.0, 48_000), 48_000, 24_000);
    let found = sound::find(&rising(24_000.0, 20_000), &there);
    ensure!(found.correlation > 0.999 && found.lag == 0, "{found:?}");
    ensure!(there.len().abs_diff(24_000) <= 1, "{} samples", there.len());
    Ok(())
}

fn a_frame_too_few_or_too_many_is_counted() -> Result<(), Failure> {
    for rate in [24_000, 44_100, 48_000] {
        let tone = sound::counting_tone(1, rate);
        let frame = rate as usize / 50;
        let wrong = |heard: &[f32]| {
            let steps = sound::count(heard, rate);
            sound::miscounted(&steps[1..steps.len() - 1])
        };
        ensure!(wrong(&tone).is_empty(), "{rate} Hz: {:?}", wrong(&tone));
        for place in (frame * 5..frame * 40).step_by(frame * 13 / 3) {
            let (before, after) = tone.split_at(place);
            let pause = vec![0.0; frame * 30];
            let paused = wrong(&[before, &pause, after].concat());
            ensure!(
                paused.is_empty(),
                "{rate} Hz, a pause at {place}: {paused:?}"
            );
            let gap = wrong(&[before, &after[frame..]].concat());
            ensure!(!gap.is_empty(), "{rate} Hz, a gap at {place}");
            let twice = wrong(&[before, &before[place - frame..], after].concat());
            ensure!(!twice.is_empty(), "{rate} Hz, twice at {place}");
        }
    }
    Ok(())
}
