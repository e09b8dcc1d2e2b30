//! Makes tones and measures them. Double precision, no windows: a tone of known frequency is fitted by
//! least squares, and what the fit leaves is everything that should not be there.

use std::f64::consts::TAU;

/// A sine of full scale times `amplitude`.
pub fn tone(hz: f64, rate_hz: u32, amplitude: f64, samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|n| (amplitude * (TAU * hz * n as f64 / f64::from(rate_hz)).sin()) as f32)
        .collect()
}

/// Deterministic noise in −1 … 1.
pub fn noise(seed: u64, samples: usize) -> Vec<f32> {
    let mut state = seed | 1;
    (0..samples)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// PCM16 little-endian.
pub fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|s| s.to_le_bytes()).collect()
}

/// A sine as the agent would send it.
pub fn pcm_tone(hz: f64, amplitude: f64, samples: usize) -> Vec<i16> {
    let wave = tone(hz, 24_000, amplitude, samples);
    wave.iter().map(|s| (s * 32_767.0).round() as i16).collect()
}

pub fn rms(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    (sum / samples.len() as f64).sqrt()
}

pub fn db(ratio: f64) -> f64 {
    20.0 * ratio.max(1e-12).log10()
}

/// A tone found in a signal.
pub struct Fit {
    pub amplitude: f64,
    /// RMS of all that is not the tone.
    pub rest: f64,
}

impl Fit {
    pub fn thd_n_db(&self) -> f64 {
        db(self.rest / (self.amplitude / 2f64.sqrt()))
    }
}

/// The best sine at `hz`, phase and amplitude free, by the normal equations.
pub fn fit(samples: &[f32], hz: f64, rate_hz: u32) -> Fit {
    let step = TAU * hz / f64::from(rate_hz);
    let (mut ss, mut cc, mut sc, mut ys, mut yc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, y) in samples.iter().enumerate() {
        let (s, c) = (step * n as f64).sin_cos();
        ss += s * s;
        cc += c * c;
        sc += s * c;
        ys += f64::from(*y) * s;
        yc += f64::from(*y) * c;
    }
    let determinant = ss * cc - sc * sc;
    let (a, b) = (
        (ys * cc - yc * sc) / determinant,
        (yc * ss - ys * sc) / determinant,
    );
    let rest: f64 = samples
        .iter()
        .enumerate()
        .map(|(n, y)| {
            let (s, c) = (step * n as f64).sin_cos();
            (f64::from(*y) - a * s - b * c).powi(2)
        })
        .sum();
    Fit {
        amplitude: a.hypot(b),
        rest: (rest / samples.len() as f64).sqrt(),
    }
}
