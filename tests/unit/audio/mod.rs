//! The audio module, against signals whose every sample is known.

// clippy.toml lets tests do this; their helper functions are not tests in its eyes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod allocation;
mod capture;
mod level_meter;
mod playback;
mod playout_delay;
mod playout_delay_twin;
mod processor;
mod resampler;
mod sample_queue;
mod signal;
mod silence_watch;
mod twin;

/// Rates of real devices, from a Bluetooth headset to a studio's sound card.
const DEVICE_RATES_HZ: [u32; 8] = [
    8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000,
];

/// Where the pass band ends for a device: 10 kHz, or 5/6 of a slower device's Nyquist.
fn pass_edge_hz(device_rate_hz: u32) -> f64 {
    10_000.0 * (f64::from(device_rate_hz) / 24_000.0).min(1.0)
}
