//! The resampler's figures for every device rate, and its equality with two oracles.

use super::signal::{db, fit, noise, rms, tone};
use super::{DEVICE_RATES_HZ, pass_edge_hz, twin};
use proptest::prelude::*;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};
use std::f64::consts::TAU;
use vocadesk_embed::resampler::Resampler;

const WIRE_HZ: u32 = 24_000;

/// A fifth of a second: long against the filter, short enough for tables of tones.
fn length(rate_hz: u32) -> usize {
    rate_hz as usize / 5
}

fn whole(from_hz: u32, to_hz: u32, input: &[f32]) -> Vec<f32> {
    let mut resampler = Resampler::new(from_hz, to_hz, input.len()).unwrap();
    let mut output = Vec::new();
    resampler.process(input.iter().copied(), usize::MAX, |s| output.push(s));
    output
}

/// The output after the filter has filled: 20 ms, twice the longest impulse response.
fn settled(from_hz: u32, to_hz: u32, input: &[f32]) -> Vec<f32> {
    whole(from_hz, to_hz, input).split_off(to_hz as usize / 50)
}

fn both_ways() -> impl Iterator<Item = (u32, u32, u32)> {
    DEVICE_RATES_HZ
        .into_iter()
        .flat_map(|device| [(device, WIRE_HZ, device), (WIRE_HZ, device, device)])
}

#[test]
fn the_pass_band_is_flat_within_a_tenth_of_a_decibel_for_every_device_both_ways() {
    for (from, to, device) in both_ways() {
        let edge = pass_edge_hz(device);
        let mut worst: f64 = 0.0;
        for step in 0..=20 {
            let hz = 100.0 + (edge - 100.0) * f64::from(step) / 20.0;
            let output = settled(from, to, &tone(hz, from, 0.5, length(from)));
            let gain = db(fit(&output, hz, to).amplitude / 0.5);
            worst = if gain.abs() > worst.abs() {
                gain
            } else {
                worst
            };
        }
        println!("{from:>6} → {to:>6} Hz: pass band ±{:.4} dB", worst.abs());
        assert!(worst.abs() <= 0.1, "{from} → {to}: {worst} dB");
    }
}

#[test]
fn no_tone_from_12_to_20_khz_comes_back_as_an_alias() {
    for device in DEVICE_RATES_HZ {
        let mut worst = -200f64;
        for khz in [12.0, 12.5, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0] {
            let hz: f64 = khz * 1_000.0;
            if hz >= f64::from(device) / 2.0 {
                continue; // such a device cannot hold the tone
            }
            let input = tone(hz, device, 0.9, length(device));
            worst = worst.max(db(rms(&settled(device, WIRE_HZ, &input)) / rms(&input)));
        }
        println!("{device:>6} Hz: worst alias {worst:.1} dB");
        assert!(worst <= -80.0, "{device}: {worst} dB");
    }
}

#[test]
fn a_tone_is_the_only_thing_that_comes_out_where_a_tone_went_in() {
    for (from, to, device) in both_ways() {
        let mut worst = -200f64;
        for part in [0.1, 0.3, 0.5, 0.7, 0.9, 1.0] {
            let hz = pass_edge_hz(device) * part;
            let output = settled(from, to, &tone(hz, from, 0.9, length(from)));
            worst = worst.max(fit(&output, hz, to).thd_n_db());
        }
        println!("{from:>6} → {to:>6} Hz: worst THD+N {worst:.1} dB");
        assert!(worst <= -80.0, "{from} → {to}: {worst} dB");
    }
}

#[test]
fn what_lies_between_the_bands_leaves_no_image_on_a_faster_device() {
    for device in [32_000, 44_100, 48_000, 96_000, 192_000] {
        for hz in [10_500.0, 11_000.0, 11_500.0, 11_900.0] {
            let input = tone(hz, WIRE_HZ, 0.9, length(WIRE_HZ));
            let output = settled(WIRE_HZ, device, &input);
            let image = db(fit(&output, hz, device).rest / rms(&input));
            assert!(image <= -75.0, "{hz} Hz at {device}: {image} dB");
        }
    }
}

#[test]
fn the_delay_is_a_millisecond_and_a_half_and_longer_only_on_slow_devices() {
    for (from, to, device) in both_ways() {
        let delay_s = Resampler::new(from, to, 0).unwrap().delay_inputs() as f64 / f64::from(from);
        let bound_s = 0.001_6 * (24_000.0 / f64::from(device)).max(1.0);
        assert!(delay_s <= bound_s, "{from} → {to}: {delay_s} s");
        // An impulse comes out where the delay says, to the nearest sample.
        let mut impulse = vec![0.0; from as usize / 20];
        impulse[0] = 1.0;
        let output = whole(from, to, &impulse);
        let loudest = (0..output.len()).max_by(|a, b| output[*a].total_cmp(&output[*b]));
        let expected = delay_s * f64::from(to);
        assert!(
            (loudest.unwrap() as f64 - expected).abs() <= 0.51,
            "{from} → {to}"
        );
    }
}

#[test]
fn the_wires_own_rate_passes_through_untouched() {
    let input = noise(1, 1_000);
    assert_eq!(whole(WIRE_HZ, WIRE_HZ, &input), input);
}

#[test]
fn a_rate_that_no_device_has_is_refused() {
    for rate in [0, 7_999, 192_001, u32::MAX] {
        assert!(Resampler::new(rate, WIRE_HZ, 128).is_none());
        assert!(Resampler::new(WIRE_HZ, rate, 128).is_none());
    }
}

#[test]
fn rubato_hears_the_same_sound() {
    // Tones within both pass bands under a slow envelope. Rubato's output is aligned with its input, so
    // it is given the sound as late as ours will be.
    let sound = |seconds: f64| {
        let envelope = (TAU * 2.0 * seconds).cos().mul_add(-0.5, 0.5);
        let inside = (0.0..0.5).contains(&seconds);
        let tones = [310.0, 997.0, 2_503.0]
            .map(|hz| (TAU * hz * seconds).sin())
            .iter()
            .sum::<f64>();
        if inside { 0.3 * envelope * tones } else { 0.0 }
    };
    for (from, to, _) in both_ways() {
        let count = from as usize / 10 * 6;
        let delay_s = Resampler::new(from, to, 0).unwrap().delay_inputs() as f64 / f64::from(from);
        let sample = |late: f64| move |n: usize| sound(n as f64 / f64::from(from) - late) as f32;
        let ours = whole(from, to, &(0..count).map(sample(0.0)).collect::<Vec<_>>());

        let late: Vec<f32> = (0..count).map(sample(delay_s)).collect();
        // Blocks of an even number of samples on both sides: rubato's delay is half a block, rounded.
        let even = 8 * (from / gcd(from, to)) as usize;
        let block = 1_024usize.next_multiple_of(even);
        let (window, sync) = (WindowFunction::BlackmanHarris2, FixedSync::Both);
        let mut rubato =
            Fft::<f32>::new_custom(from as usize, to as usize, block, 1, 1, window, sync).unwrap();
        let input = InterleavedSlice::new(&late, 1, count).unwrap();
        let theirs = rubato.process_all(&input, count, None).unwrap().take_data();

        let worst = ours
            .iter()
            .zip(&theirs)
            .map(|(a, b)| f64::from((a - b).abs()))
            .fold(0.0, f64::max);
        println!("{from:>6} → {to:>6} Hz: {:.1} dB from rubato", db(worst));
        // Two filters of 80 dB and more, each with a ripple below 1e-4 in its pass band.
        assert!(worst < 5e-4, "{from} → {to}: {worst}");
    }
}

/// Largest distance from the twin. Taps and sums in single precision: 2⁻²⁴ for each of at most 580
/// products, against a filter whose taps sum to under 4 in absolute value, leaves some 1e-6. Where a rate
/// shares no factor with the wire's, taps are read between two rows of 512: ω²/8/512² ≈ 4e-6 more each.
fn tolerance(from: u32, to: u32) -> f64 {
    if to / gcd(from, to) <= 512 {
        2e-6
    } else {
        3e-5
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn any_rate() -> impl Strategy<Value = u32> {
    prop_oneof![
        3 => prop::sample::select(DEVICE_RATES_HZ.to_vec()),
        1 => 8_000u32..=192_000,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn how_a_signal_is_cut_into_blocks_changes_not_a_bit(
        device in any_rate(),
        up in any::<bool>(),
        seed in any::<u64>(),
        blocks in prop::collection::vec(1usize..=1_024, 1..8),
    ) {
        let (from, to) = if up { (device, WIRE_HZ) } else { (WIRE_HZ, device) };
        let input = noise(seed, blocks.iter().sum());
        let mut resampler = Resampler::new(from, to, 1_024).unwrap();
        let mut output = Vec::new();
        let mut rest = &input[..];
        for block in blocks {
            let (now, later) = rest.split_at(block);
            rest = later;
            resampler.process(now.iter().copied(), usize::MAX, |s| output.push(s));
        }
        prop_assert_eq!(&output, &whole(from, to, &input));
        let exact = input.len() as f64 * f64::from(to) / f64::from(from);
        prop_assert!((output.len() as f64 - exact).abs() <= 1.0);
    }

    #[test]
    fn pulling_blocks_out_gives_what_pushing_them_in_gave(
        device in any_rate(),
        seed in any::<u64>(),
        blocks in prop::collection::vec(1usize..=1_024, 1..8),
    ) {
        let mut resampler = Resampler::new(WIRE_HZ, device, 4_096).unwrap();
        let (mut input, mut output) = (Vec::new(), Vec::new());
        for block in blocks {
            let more = noise(seed.wrapping_add(input.len() as u64), resampler.inputs_for(block));
            let before = output.len();
            resampler.process(more.iter().copied(), block, |s| output.push(s));
            prop_assert_eq!(output.len() - before, block);
            input.extend(more);
        }
        let pushed = whole(WIRE_HZ, device, &input);
        prop_assert_eq!(&output[..], &pushed[..output.len()]);
    }

    #[test]
    fn the_naive_twin_gives_the_same(
        device in any_rate(),
        up in any::<bool>(),
        seed in any::<u64>(),
        samples in 1usize..1_500,
    ) {
        let (from, to) = if up { (device, WIRE_HZ) } else { (WIRE_HZ, device) };
        let input = noise(seed, samples);
        let output = whole(from, to, &input);
        let expected = twin::resample(from, to, &input);
        prop_assert_eq!(output.len(), expected.len());
        for (a, b) in output.iter().zip(&expected) {
            prop_assert!((f64::from(*a) - b).abs() < tolerance(from, to), "{} {}", a, b);
        }
    }
}
