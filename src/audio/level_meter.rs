//! How loud it is: RMS in dBFS.

use crate::protocol::audio_port;

/// What silence reads: under the noise of any microphone and of PCM16 itself.
pub const FLOOR_DBFS: f32 = -90.0;

/// The meter follows a rise within 10 ms, so that a syllable shows …
const ATTACK_S: f32 = 0.010;

/// … and falls within 200 ms, so that it does not flicker between two (a VU meter takes 300 ms).
const RELEASE_S: f32 = 0.200;

/// Subnormal numbers are slow; this is −150 dBFS.
const NOTHING: f32 = 1e-15;

/// Beyond 12 dB over full scale a sample is a fault, and a meter that took it would hang for seconds.
const LOUDEST_SQUARE: f32 = 16.0;

/// What a meter shows: nothing at −60 dBFS, all of it at −10, the span in which speech moves.
const SHOWN_DBFS: std::ops::RangeInclusive<f32> = -60.0..=-10.0;

/// A level over time.
pub struct LevelMeter {
    attack_frames: f32,
    release_frames: f32,
    mean_square: f32,
}

impl LevelMeter {
    /// A silent meter for sound at `rate_hz`.
    pub fn new(rate_hz: u32) -> Self {
        Self {
            attack_frames: ATTACK_S * rate_hz as f32,
            release_frames: RELEASE_S * rate_hz as f32,
            mean_square: 0.0,
        }
    }

    /// Takes one block. What no device can mean (NaN, far over full scale) counts as silence.
    pub fn measure(&mut self, block: impl ExactSizeIterator<Item = f32>) {
        let frames = block.len() as f32;
        if frames == 0.0 {
            return;
        }
        let mut sum = 0.0f32;
        for sample in block {
            let square = sample * sample;
            if square <= LOUDEST_SQUARE {
                sum += square;
            }
        }
        let change = sum / frames - self.mean_square;
        let time = if change > 0.0 {
            self.attack_frames
        } else {
            self.release_frames
        };
        // n / (n + τ) is the exponential's own value where blocks are short against τ.
        self.mean_square += change * frames / (frames + time);
        if self.mean_square < NOTHING {
            self.mean_square = 0.0;
        }
    }

    /// RMS in dBFS, where a full-scale sine reads −3; never under [`FLOOR_DBFS`].
    #[inline(never)]
    pub fn rms_dbfs(&self) -> f32 {
        decibels(self.mean_square)
    }

    /// How many of [`audio_port::STEPS`] a meter shows.
    pub fn steps(&self) -> u32 {
        let (empty, full) = (*SHOWN_DBFS.start(), *SHOWN_DBFS.end());
        let shown = (self.rms_dbfs() - empty) / (full - empty);
        ((shown * audio_port::STEPS as f32).round_ties_even() as u32).min(audio_port::STEPS)
    }
}

/// Ten times the common logarithm. The exponent's bits give the whole part, a parabola through 1, √2
/// and 2 the rest: within 0.03 dB, which no eye sees on a meter, and without a logarithm's tables.
fn decibels(square: f32) -> f32 {
    const DB_PER_OCTAVE: f32 = 3.010_3;
    let bits = square.max(f32::MIN_POSITIVE).to_bits();
    let octave = (bits >> 23) as f32 - 127.0;
    let mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000);
    let within = (mantissa - 1.0) * (1.0 + 0.343_15 * (2.0 - mantissa));
    (DB_PER_OCTAVE * (octave + within)).max(FLOOR_DBFS)
}
