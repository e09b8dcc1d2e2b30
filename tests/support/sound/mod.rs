//! Is this the sound that was played? Normalised cross-correlation over every lag, resampling to a
//! common rate, and WAV files.

mod counting;
mod follow;
mod pause;

use std::path::Path;

use realfft::RealFftPlanner;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::failure::Failure;
pub use counting::{Step, count, counting_tone, miscounted};
pub use follow::{Followed, follow, follow_by};

/// The best place of a reference in a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// 1 is the same waveform at any volume, 0 is nothing in common.
    pub correlation: f64,
    /// Where in the recording the reference begins, in samples; negative when its begin is cut off.
    pub lag: isize,
}

/// A stretch of the recording this much quieter than the reference counts as quiet, not as a match:
/// -40 dB. Without a floor the rounding noise of silence correlates with anything.
const QUIET: f64 = 1e-4;

/// Looks for all of `reference` in `recording`, both at one rate. By FFT: ten seconds of 24 kHz in
/// ten seconds take some 50 ms.
pub fn find(reference: &[f32], recording: &[f32]) -> Match {
    let (n, m) = (reference.len(), recording.len());
    let energy: f64 = reference.iter().map(|&s| f64::from(s).powi(2)).sum();
    if n == 0 || m == 0 || energy == 0.0 {
        return Match {
            correlation: 0.0,
            lag: 0,
        };
    }
    let products = products_at_all_lags(reference, recording);
    // Sums of squares from the start, so that any stretch's energy is one subtraction.
    let mut sums = Vec::with_capacity(m + 1);
    sums.push(0.0_f64);
    for &sample in recording {
        sums.push(sums[sums.len() - 1] + f64::from(sample).powi(2));
    }
    let mut best = Match {
        correlation: 0.0,
        lag: 0,
    };
    for (i, &product) in products.iter().enumerate() {
        let lag = i as isize - (n as isize - 1);
        let from = lag.max(0) as usize;
        let to = (lag + n as isize).clamp(0, m as isize) as usize;
        let stretch = (sums[to] - sums[from]).max(energy * QUIET);
        let correlation = f64::from(product) / (energy * stretch).sqrt();
        if correlation > best.correlation {
            best = Match { correlation, lag };
        }
    }
    best
}

/// `Σ reference[k] · recording[k + lag]` for each lag from `1 - n` to `m - 1`.
fn products_at_all_lags(reference: &[f32], recording: &[f32]) -> Vec<f32> {
    let (n, m) = (reference.len(), recording.len());
    let size = (n + m).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, backward) = (
        planner.plan_fft_forward(size),
        planner.plan_fft_inverse(size),
    );
    let spectrum = |signal: &[f32], from: usize| {
        let mut padded = vec![0.0; size];
        padded[from..from + signal.len()].copy_from_slice(signal);
        let mut out = forward.make_output_vec();
        forward
            .process(&mut padded, &mut out)
            .expect("the planner made these lengths");
        out
    };
    // The recording stands n - 1 later, so that the smallest lag lands at index 0.
    let mut product = spectrum(recording, n - 1);
    for (p, r) in product.iter_mut().zip(spectrum(reference, 0)) {
        *p *= r.conj();
    }
    let mut lags = backward.make_output_vec();
    // Rounding may leave the first and last bin a trace of an imaginary part, which the plan refuses.
    for edge in [0, product.len() - 1] {
        product[edge].im = 0.0;
    }
    backward
        .process(&mut product, &mut lags)
        .expect("the planner made these lengths");
    lags.truncate(n + m - 1);
    for lag in &mut lags {
        *lag /= size as f32;
    }
    lags
}

/// What is heard of a sound if one of two channels is so many samples behind the other.
pub fn out_of_step(samples: &[f32], by: usize) -> Vec<f32> {
    let late = std::iter::repeat_n(&0.0, by).chain(samples);
    let both = samples.iter().zip(late);
    both.map(|(one, other)| (one + other) / 2.0).collect()
}

/// The same sound at another rate, band-limited, with the filter's delay taken out.
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if from_hz == to_hz || samples.is_empty() {
        return samples.to_vec();
    }
    let mut resampler = Fft::<f32>::new(from_hz as usize, to_hz as usize, 1024, 1, FixedSync::Both)
        .expect("both rates are above zero");
    let input =
        InterleavedSlice::new(samples, 1, samples.len()).expect("one channel of this length");
    let output = resampler.process_all(&input, samples.len(), None);
    output.expect("the whole clip at once").take_data()
}

/// 16-bit samples as the range -1 to 1.
pub fn from_pcm(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&s| f32::from(s) / 32_768.0).collect()
}

/// Reads a WAV file's first channel: rate and samples.
pub fn read_wav(path: &Path) -> Result<(u32, Vec<f32>), Failure> {
    let mut reader = hound::WavReader::open(path)?;
    let spec = reader.spec();
    let samples: Result<Vec<i16>, _> = reader
        .samples()
        .step_by(usize::from(spec.channels))
        .collect();
    Ok((spec.sample_rate, from_pcm(&samples?)))
}

/// Writes 16-bit mono, for a fake microphone or for a person to listen to.
pub fn write_wav(path: &Path, rate: u32, samples: &[f32]) -> Result<(), Failure> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for &sample in samples {
        writer.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16)?;
    }
    Ok(writer.finalize()?)
}
