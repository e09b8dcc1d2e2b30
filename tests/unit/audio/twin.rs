//! The resampler's naive twin: the same filter straight from its formula, in double precision, one sum
//! over the whole signal for each sample. Slow, stateless and short enough to be seen right.

use std::f64::consts::PI;

/// What a resampler should give for `input`, as many samples as the input makes possible.
pub fn resample(from_hz: u32, to_hz: u32, input: &[f32]) -> Vec<f64> {
    if from_hz == to_hz {
        return input.iter().map(|s| f64::from(*s)).collect();
    }
    let (from, to) = (f64::from(from_hz), f64::from(to_hz));
    let low = from.min(to);
    // 72 samples of the lower rate, to the next multiple of four of the input's.
    let width = (72.0 * from / low / 4.0).ceil() * 4.0;
    let cutoff = 11.0 / 24.0 * low / from;
    let beta = 0.1102 * (90.0 - 8.7);
    let outputs = (input.len() as u64 * u64::from(to_hz)).div_ceil(u64::from(from_hz));
    (0..outputs)
        .map(|n| {
            let position = (n * u64::from(from_hz)) as f64 / to;
            let newest = position.floor();
            let oldest = (newest - width + 1.0).max(0.0);
            (oldest as usize..=newest as usize)
                .map(|k| {
                    let t = position - k as f64 - width / 2.0;
                    let across = 2.0 * t / width;
                    if across.abs() >= 1.0 {
                        return 0.0;
                    }
                    let window = bessel_i0(beta * (1.0 - across * across).sqrt()) / bessel_i0(beta);
                    f64::from(input[k]) * 2.0 * cutoff * sinc(2.0 * cutoff * t) * window
                })
                .sum()
        })
        .collect()
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..60 {
        term *= (x / 2.0 / f64::from(n)).powi(2);
        sum += term;
    }
    sum
}
