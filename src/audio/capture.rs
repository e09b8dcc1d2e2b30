//! Microphone → packets.
//!
//! Blocks of any length at the device's rate come in, packets of exactly 20 ms at 24 kHz go out.

use crate::protocol::audio_port::{PACKET_SAMPLES, WIRE_RATE_HZ};
use crate::resampler::Resampler;

/// Full scale of PCM16.
const FULL_SCALE: f32 = 32_768.0;

/// Beyond this a sample is a fault, not a sound (12 dB over full scale), and must not ring in the filter.
const LOUDEST: f32 = 4.0;

/// What the DC blocker keeps from sample to sample: 1 − 2π · 10 Hz / 24 kHz. A corner at 10 Hz costs
/// 0.04 dB at 100 Hz, where the bar is 0.1 dB, and forgets an offset in 50 ms.
const DC_KEEP: f32 = 0.997_382;

/// Below this the DC blocker's memory is nothing. Left alone it would decay into the subnormal
/// numbers, where every multiplication takes some hundred cycles.
const NOTHING: f32 = 1e-15;

/// The microphone's half of a call.
pub struct CapturePath {
    resampler: Resampler,
    dc: DcBlocker,
    /// Whole packets, then the one that is being filled.
    samples: Vec<i16>,
    filled: usize,
}

impl CapturePath {
    /// For a device at `device_rate_hz` that gives up to `most_frames` at a time; `None` where the rate
    /// is out of bounds. All memory is taken here.
    pub fn new(device_rate_hz: u32, most_frames: usize) -> Option<Self> {
        let resampler = Resampler::new(device_rate_hz, WIRE_RATE_HZ, most_frames)?;
        let most_samples = resampler.outputs_within(most_frames);
        Some(Self {
            resampler,
            dc: DcBlocker::default(),
            samples: vec![0; PACKET_SAMPLES + most_samples],
            filled: 0,
        })
    }

    /// Takes one mono block of at most `most_frames` and returns how many packets are ready. They stay
    /// so until the next call.
    pub fn capture(&mut self, block: impl Iterator<Item = f32>) -> usize {
        let sent = self.filled - self.filled % PACKET_SAMPLES;
        self.samples.copy_within(sent..self.filled, 0);
        self.filled -= sent;
        let mut free = self.samples.iter_mut().skip(self.filled);
        let (dc, filled) = (&mut self.dc, &mut self.filled);
        self.resampler
            .process(block.map(sound), usize::MAX, |sample| {
                if let Some(slot) = free.next() {
                    *slot = to_pcm16(dc.pass(sample));
                    *filled += 1;
                }
            });
        self.filled / PACKET_SAMPLES
    }

    /// The packets that the last [`capture`](Self::capture) made ready, 480 samples each.
    pub fn packets(&self) -> impl Iterator<Item = &[i16]> {
        let ready = self.samples.get(..self.filled).unwrap_or_default();
        ready.chunks_exact(PACKET_SAMPLES)
    }

    /// All samples, ready packets first: what the exports point JavaScript at.
    pub(super) fn samples(&self) -> &[i16] {
        &self.samples
    }
}

/// A device may hand out anything; the filter remembers what it is given.
fn sound(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-LOUDEST, LOUDEST)
    } else {
        0.0
    }
}

/// To the nearest step; the cast saturates.
fn to_pcm16(sample: f32) -> i16 {
    (sample * FULL_SCALE).round_ties_even() as i16
}

/// One zero at DC and one pole beside it.
#[derive(Default)]
struct DcBlocker {
    input: f32,
    output: f32,
}

impl DcBlocker {
    fn pass(&mut self, sample: f32) -> f32 {
        let output = sample - self.input + DC_KEEP * self.output;
        self.input = sample;
        self.output = if output.abs() < NOTHING { 0.0 } else { output };
        self.output
    }
}
