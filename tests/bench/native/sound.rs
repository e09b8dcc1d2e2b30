//! Blocks of 128 frames, as the browser asks for them.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion};
use vocadesk_embed::audio::capture::CapturePath;
use vocadesk_embed::audio::playback::PlaybackPath;
use vocadesk_embed::audio::playout_delay::PlayoutDelay;

const DEVICE_RATES_HZ: [u32; 8] = [
    8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000,
];
const BLOCK_FRAMES: usize = 128;

pub fn blocks(criterion: &mut Criterion) {
    let microphone: Vec<f32> = (0..BLOCK_FRAMES).map(|n| (n as f32 * 0.1).sin()).collect();
    let mut group = criterion.benchmark_group("microphone, 128 frames");
    for rate in DEVICE_RATES_HZ {
        let mut uplink = CapturePath::new(rate, BLOCK_FRAMES).unwrap();
        group.bench_function(BenchmarkId::from_parameter(rate), |b| {
            b.iter(|| uplink.capture(black_box(&microphone).iter().copied()));
        });
    }
    group.finish();

    let second: Vec<u8> = (0..24_000i16)
        .flat_map(|n| ((n % 100) * 100).to_le_bytes())
        .collect();
    let mut group = criterion.benchmark_group("speaker, 128 frames");
    for rate in DEVICE_RATES_HZ {
        let mut downlink = PlaybackPath::new(rate, BLOCK_FRAMES).unwrap();
        let mut block = [0.0; BLOCK_FRAMES];
        group.bench_function(BenchmarkId::from_parameter(rate), |b| {
            b.iter(|| {
                if downlink.queue().len() < 24_000 {
                    downlink.receive(&second);
                }
                downlink.play(black_box(&mut block));
            });
        });
    }
    group.finish();
}

/// What a block asks of the jitter buffer while it plays, and a packet that arrives every eighth block.
pub fn playout(criterion: &mut Criterion) {
    let mut playout = PlayoutDelay::new();
    let mut now = 0u64;
    criterion.bench_function("playout, a block's decisions", |b| {
        b.iter(|| {
            if now.is_multiple_of(512) {
                playout.arrived(now, 480);
            }
            playout.observe(now, black_box(960));
            now += 64;
            playout.may_play(now, black_box(960), false)
        });
    });
}
