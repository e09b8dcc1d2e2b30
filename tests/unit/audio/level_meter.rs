//! The meter.

use super::signal::tone;
use vocadesk_embed::audio::level_meter::{FLOOR_DBFS, LevelMeter};
use vocadesk_embed::protocol::audio_port::STEPS;

fn measured(amplitude: f64) -> LevelMeter {
    let mut meter = LevelMeter::new(48_000);
    for block in tone(1_000.0, 48_000, amplitude, 48_000).chunks(128) {
        meter.measure(block.iter().copied());
    }
    meter
}

#[test]
fn a_sine_reads_three_decibels_under_its_peak() {
    for dbfs in [0.0, -6.0, -20.0, -40.0, -60.0] {
        let meter = measured(10f64.powf(dbfs / 20.0));
        // Half a decibel: the meter still follows the wave within a block, and rounds the logarithm.
        assert!(
            (f64::from(meter.rms_dbfs()) - (dbfs - 3.01)).abs() < 0.5,
            "{}",
            meter.rms_dbfs()
        );
    }
}

#[test]
fn a_steady_level_reads_within_a_twentieth_of_a_decibel() {
    for tenths in 0..600 {
        let dbfs = -f64::from(tenths) / 10.0;
        let mut meter = LevelMeter::new(48_000);
        // A square wave, whose RMS is its amplitude; two seconds, for the attack leaves nothing then.
        let sample = 10f64.powf(dbfs / 20.0) as f32;
        for _ in 0..750 {
            meter.measure([sample; 128].into_iter());
        }
        let read = f64::from(meter.rms_dbfs());
        assert!((read - dbfs).abs() < 0.05, "{dbfs}: {read}");
    }
}

#[test]
fn it_shows_nothing_at_minus_60_all_at_minus_10_and_a_step_for_ten_decibels() {
    for (rms_dbfs, steps) in [
        (-80.0, 0),
        (-60.0, 0),
        (-38.0, 2),
        (-10.0, STEPS),
        (0.0, STEPS),
    ] {
        let amplitude = 10f64.powf((rms_dbfs + 3.01) / 20.0);
        assert_eq!(measured(amplitude).steps(), steps, "{rms_dbfs}");
    }
    assert_eq!(LevelMeter::new(48_000).steps(), 0);
}

#[test]
fn it_rises_within_a_syllable_and_falls_within_a_second() {
    let mut meter = LevelMeter::new(48_000);
    assert_eq!(meter.rms_dbfs(), FLOOR_DBFS);
    for block in tone(1_000.0, 48_000, 1.0, 48_000 / 20).chunks(128) {
        meter.measure(block.iter().copied());
    }
    assert!(meter.rms_dbfs() > -4.0);
    for _ in 0..375 {
        meter.measure([0.0; 128].into_iter());
    }
    assert!(meter.rms_dbfs() < -20.0);
    for _ in 0..3_750 {
        meter.measure([0.0; 128].into_iter());
    }
    assert_eq!(meter.rms_dbfs(), FLOOR_DBFS);
}

#[test]
fn samples_that_mean_nothing_are_not_measured() {
    let mut meter = LevelMeter::new(48_000);
    meter.measure([f32::NAN, f32::INFINITY, -1e30].into_iter());
    meter.measure(std::iter::empty::<f32>().collect::<Vec<_>>().into_iter());
    assert_eq!(meter.rms_dbfs(), FLOOR_DBFS);
}
