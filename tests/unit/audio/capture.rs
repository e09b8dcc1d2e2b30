//! From the microphone to the packet.

use super::signal::{db, fit, noise, rms, tone};
use super::{DEVICE_RATES_HZ, pass_edge_hz};
use holds::holds;
use proptest::prelude::*;
use vocadesk_embed::audio::capture::CapturePath;

/// All packets that `signal` gives, in blocks of 128 frames, as one signal at 24 kHz.
fn packets(device_hz: u32, signal: &[f32]) -> Vec<f32> {
    in_blocks(device_hz, signal, 128)
        .iter()
        .map(|s| f32::from(*s) / 32_768.0)
        .collect()
}

fn in_blocks(device_hz: u32, signal: &[f32], frames: usize) -> Vec<i16> {
    let mut uplink = CapturePath::new(device_hz, frames).unwrap();
    let mut all = Vec::new();
    for block in signal.chunks(frames) {
        let ready = uplink.capture(block.iter().copied());
        assert_eq!(uplink.packets().count(), ready);
        for packet in uplink.packets() {
            assert_eq!(packet.len(), 480);
            all.extend_from_slice(packet);
        }
    }
    all
}

/// After a fifth of a second the filter is full and the DC blocker at rest.
fn settled(device_hz: u32, signal: &[f32]) -> Vec<f32> {
    packets(device_hz, signal).split_off(4_800)
}

#[test]
#[holds("5.audio-format")]
fn a_second_of_sound_is_fifty_packets_less_the_one_that_is_being_filled() {
    for device in DEVICE_RATES_HZ {
        let second = vec![0.0; device as usize];
        let samples = packets(device, &second).len();
        assert!(
            (49 * 480..=50 * 480).contains(&samples),
            "{device}: {samples}"
        );
    }
}

#[test]
#[holds("5.audio-format")]
fn packets_meet_the_sound_bar_for_every_device() {
    for device in DEVICE_RATES_HZ {
        let seconds = device as usize * 2 / 5;
        let kilohertz = settled(device, &tone(1_000.0, device, 0.9, seconds));
        let thd_n = fit(&kilohertz, 1_000.0, 24_000).thd_n_db();

        let mut ripple: f64 = 0.0;
        for hz in [
            100.0,
            300.0,
            1_000.0,
            3_000.0,
            0.5 * pass_edge_hz(device),
            pass_edge_hz(device),
        ] {
            let output = settled(device, &tone(hz, device, 0.5, seconds));
            ripple = ripple.max(db(fit(&output, hz, 24_000).amplitude / 0.5).abs());
        }

        let mut alias = -200f64;
        for hz in [13_000.0, 14_000.0, 16_000.0, 17_500.0, 20_000.0] {
            if hz < f64::from(device) / 2.0 {
                let input = tone(hz, device, 0.9, seconds);
                alias = alias.max(db(rms(&settled(device, &input)) / rms(&input)));
            }
        }
        println!("{device:>6} Hz: THD+N {thd_n:.1} dB, ripple {ripple:.3} dB, alias {alias:.1} dB");
        assert!(
            thd_n <= -80.0 && ripple <= 0.1 && alias <= -75.0,
            "{device}"
        );
    }
}

#[test]
fn a_constant_offset_of_the_microphone_is_removed() {
    let rest = settled(48_000, &vec![0.25; 48_000]);
    assert!(rest[4_800..].iter().all(|s| s.abs() < 1e-4));
}

#[test]
fn nan_and_infinity_are_silence_and_do_not_stay() {
    let mut signal = tone(1_000.0, 48_000, 0.5, 48_000);
    for (at, fault) in [
        (10, f32::NAN),
        (500, f32::INFINITY),
        (900, f32::NEG_INFINITY),
        (1_000, 1e30),
    ] {
        signal[at] = fault;
    }
    let output = settled(48_000, &signal);
    assert!(fit(&output, 1_000.0, 24_000).thd_n_db() < -80.0);
}

#[test]
fn what_is_too_loud_saturates_and_never_wraps() {
    let signal: Vec<f32> = tone(200.0, 48_000, 3.0, 48_000);
    let output = settled(48_000, &signal);
    assert!(output.iter().any(|s| *s == 32_767.0 / 32_768.0) && output.contains(&-1.0));
    // A wrap would be a step of two full scales; the sine's steepest is 3 · 2π · 200 / 24,000 = 0.16.
    assert!(output.windows(2).all(|w| (w[0] - w[1]).abs() < 0.2));
}

#[test]
fn silence_is_silence_to_the_bit_even_after_sound() {
    let mut signal = noise(7, 48_000);
    signal.extend(vec![0.0; 96_000]);
    let output = in_blocks(48_000, &signal, 128);
    assert!(output[output.len() - 24_000..].iter().all(|s| *s == 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn packets_do_not_depend_on_the_render_quantum(
        device in prop::sample::select(DEVICE_RATES_HZ.to_vec()),
        frames in 1usize..=4_096,
        seed in any::<u64>(),
    ) {
        let signal = noise(seed, device as usize / 4);
        prop_assert_eq!(in_blocks(device, &signal, frames), in_blocks(device, &signal, 128));
    }
}
