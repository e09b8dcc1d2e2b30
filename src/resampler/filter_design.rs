//! The low-pass behind the resampler: a sinc under a Kaiser window, computed, never stored.
//! Run where a resampler is made, and never again.
//!
//! Nothing but the square root is asked of a maths library: a wasm build would carry kilobytes of
//! one for the sine alone, which a rotation gives for free when the points lie evenly.

/// Stop-band attenuation that the window is shaped for: the bar is 75 dB, the rest is margin.
const ATTENUATION_DB: f64 = 90.0;

/// Kaiser's shape for [`ATTENUATION_DB`]: 0.1102 (A − 8.7), his rule above 50 dB.
const WINDOW_BETA: f64 = 0.1102 * (ATTENUATION_DB - 8.7);

/// Length of the impulse response in samples of the lower rate. Kaiser's rule, (A − 7.95) / (2.285 Δω)
/// with the transition from 5/6 of the lower Nyquist (10 kHz of 12) to all of it, gives 68.6; 72 is
/// the next multiple of the four lanes that the inner loop runs in.
const LENGTH_LOW_SAMPLES: u64 = 72;

/// Half-way down, as a part of the lower rate: the middle of 10 and 12 kHz, over 24 kHz.
const CUTOFF_OF_LOW_RATE: f64 = 11.0 / 24.0;

/// The sampled filter, one row of taps for each phase.
pub(super) struct Kernel {
    /// Taps in a row: a multiple of four.
    pub(super) width: usize,
    /// Rows, the oldest sample's tap first in each. A row more than the phases, the first one moved on
    /// by a sample, so that a reader between two phases always finds the second.
    pub(super) taps: Vec<f32>,
}

/// Designs the filter that takes `from_hz` to `to_hz` with `phases` positions between two input samples.
pub(super) fn design(from_hz: u32, to_hz: u32, phases: usize) -> Kernel {
    if from_hz == to_hz {
        // Nothing to remove: one tap, told in four because the inner loop runs in fours.
        let taps = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0].to_vec();
        return Kernel { width: 4, taps };
    }
    let low_hz = from_hz.min(to_hz);
    let width = (LENGTH_LOW_SAMPLES * u64::from(from_hz)).div_ceil(u64::from(low_hz)) as usize;
    let width = width.next_multiple_of(4);
    let half = width / 2 * phases;
    let cutoff = CUTOFF_OF_LOW_RATE * f64::from(low_hz) / f64::from(from_hz);
    let peak_window = bessel_i0(WINDOW_BETA);

    let mut taps = vec![0.0; (phases + 1) * width];
    // The value at `point` (counted in phases from the newest edge of the window) belongs to one row
    // and one column; at a row's start it is also the extra row's.
    let mut put = |point: usize, value: f32| {
        let (age, phase) = (point / phases, point % phases);
        if let Some(newest_first) = width.checked_sub(age + 1)
            && let Some(tap) = taps.get_mut(phase * width + newest_first)
        {
            *tap = value;
        }
        if phase == 0
            && age > 0
            && let Some(tap) = taps.get_mut(phases * width + width - age)
        {
            *tap = value;
        }
    };

    // From the middle outwards, both ends left at nought; sine and cosine of the distance are turned on
    // by one step at a time.
    let (step_sin, step_cos) = sin_cos(std::f64::consts::TAU * cutoff / phases as f64);
    let (mut sin, mut cos) = (0.0, 1.0);
    for distance in 0..half {
        let sinc = if distance == 0 {
            2.0 * cutoff
        } else {
            sin * phases as f64 / (std::f64::consts::PI * distance as f64)
        };
        let across = distance as f64 / half as f64;
        let window = bessel_i0(WINDOW_BETA * (1.0 - across * across).sqrt()) / peak_window;
        let value = (sinc * window) as f32;
        put(half + distance, value);
        put(half - distance, value);
        (sin, cos) = (
            sin * step_cos + cos * step_sin,
            cos * step_cos - sin * step_sin,
        );
    }
    Kernel { width, taps }
}

/// Sine and cosine of an angle in 0..π by their series: 16 terms leave less than 1e-16 there.
fn sin_cos(angle: f64) -> (f64, f64) {
    let (mut sin, mut cos) = (0.0, 0.0);
    let mut term = 1.0;
    for n in 0..32 {
        match n % 4 {
            0 => cos += term,
            1 => sin += term,
            2 => cos -= term,
            _ => sin -= term,
        }
        term *= angle / f64::from(n + 1);
    }
    (sin, cos)
}

/// The modified Bessel function of order nought, by its series, until a term no longer counts.
fn bessel_i0(x: f64) -> f64 {
    let quarter_square = x * x / 4.0;
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
    while term > sum * 1e-13 {
        term *= quarter_square / (n * n);
        sum += term;
        n += 1.0;
    }
    sum
}
