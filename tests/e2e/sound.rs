//! Is this the sound that was played? Normalised cross-correlation over every lag, resampling to a
//! common rate, and WAV files.

use std::ops::Range;
use std::path::Path;

use realfft::RealFftPlanner;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::failure::Failure;

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

/// How a long sound was heard, piece by piece: a pause in its middle moves what follows, which no one
/// place of the whole can show.
#[derive(Clone, Debug)]
pub struct Followed {
    /// Of the piece that was heard worst.
    pub worst: f64,
    /// How well each piece was heard.
    pub correlations: Vec<f64>,
    /// Where each piece with sound in it began in the recording, beyond its place in the reference, in
    /// seconds.
    pub delays: Vec<f64>,
}

impl Followed {
    fn nothing() -> Self {
        Self {
            worst: 1.0,
            correlations: Vec::new(),
            delays: Vec::new(),
        }
    }

    fn note(&mut self, piece: &Range<usize>, found: Match, rate: u32) {
        self.worst = self.worst.min(found.correlation);
        self.correlations.push(found.correlation);
        let delay = found.lag as f64 - piece.start as f64;
        self.delays.push(delay / f64::from(rate));
    }

    /// The delays of the pieces that were heard as they were said.
    pub fn intact(&self) -> Vec<f64> {
        let pieces = self.correlations.iter().zip(&self.delays);
        let intact = pieces.filter(|(heard, _)| **heard >= WHOLE);
        intact.map(|(_, delay)| *delay).collect()
    }

    /// Pieces that were not heard although no pause came in there: what they said is lost.
    pub fn lost(&self) -> usize {
        let intact = |piece: &usize| self.correlations[*piece] >= WHOLE;
        let explained = |piece: &usize| {
            let before = (0..*piece).rev().find(intact);
            let after = (piece + 1..self.delays.len()).find(intact);
            let delays = before
                .zip(after)
                .map(|(b, a)| (self.delays[b], self.delays[a]));
            delays.is_some_and(|(before, after)| after - before >= SHORTEST_GAP_SECS)
        };
        let all = 0..self.delays.len();
        all.filter(|piece| !intact(piece) && !explained(piece))
            .count()
    }

    /// Seconds of pause that came into the sound, all together.
    pub fn pauses(&self) -> f64 {
        let steps = self.delays.windows(2).map(|pair| pair[1] - pair[0]);
        steps.filter(|step| *step > 0.0).sum()
    }

    /// Seconds that were left out of it, all together; a piece that was not heard as one does not tell where it was.
    pub fn left_out(&self) -> f64 {
        let delays = self.intact();
        let steps = delays.windows(2).map(|pair| pair[0] - pair[1]);
        steps.filter(|step| *step > 0.0).sum()
    }
}

/// Looks for a long sound in pieces of this many seconds; those at -30 dB to the loudest or below are
/// pauses of the speaker's own and say nothing.
const PIECE_SECS: f64 = 0.4;
/// A piece that correlates so well was heard as one.
const WHOLE: f64 = 0.9;
const SILENT_PIECE: f64 = 1e-3;

/// A speaker's own pause, to the library: -60 dBFS for 10 ms. There, and nowhere else, it may leave something
/// out to catch up.
const PAUSE_LEVEL: f32 = 0.001;
const PAUSE_SECS: f64 = 0.01;

/// A gap that spoils a piece is no shorter: one render quantum at 48 kHz.
const SHORTEST_GAP_SECS: f64 = 128.0 / 48_000.0;

/// A part of a piece that is no longer than this matches anywhere: it says nothing.
const SHORTEST_PART_SECS: f64 = 0.06;

/// A part is looked for so near to where the piece before it was: elsewhere another vowel may be just like it.
const NEAR_SECS: f64 = 1.0;

/// Follows `reference` through `recording`, both at this rate. A piece that was not heard as one is looked for
/// on either side of its longest pause; one without a pause in halves, so that a gap in the middle of a word
/// spoils a tenth of a second and no more.
pub fn follow(reference: &[f32], recording: &[f32], rate: u32) -> Followed {
    let seconds = |seconds: f64| (seconds * f64::from(rate)) as usize;
    let mut followed = Followed::nothing();
    for piece in pieces(reference, seconds(PIECE_SECS)) {
        let found = find(&reference[piece.clone()], recording);
        if found.correlation >= WHOLE {
            followed.note(&piece, found, rate);
            continue;
        }
        let (mut parts, noted) = (vec![piece.clone()], followed.delays.len());
        while let Some(part) = parts.pop() {
            let heard = &reference[part.clone()];
            let at = part.start as f64 + followed.delays.last().unwrap_or(&0.0) * f64::from(rate);
            let from = (at as usize).saturating_sub(seconds(NEAR_SECS));
            let to = at as usize + part.len() + seconds(NEAR_SECS);
            let near = &recording[from.min(recording.len())..to.min(recording.len())];
            let mut found = find(heard, near);
            found.lag += from as isize;
            let long = |half: &Range<usize>| half.len() > seconds(SHORTEST_PART_SECS);
            let halves = |middle: Range<usize>| {
                [
                    part.start + middle.end..part.end,
                    part.start..part.start + middle.start,
                ]
            };
            let middle = heard.len() / 2;
            match (longest_pause(heard, rate), halves(middle..middle)) {
                _ if found.correlation >= WHOLE => followed.note(&part, found, rate),
                (Some(pause), _) => parts.extend(halves(pause).into_iter().filter(long)),
                (None, halves) if halves.iter().all(long) => parts.extend(halves),
                (None, _) => followed.note(&part, found, rate),
            }
        }
        if followed.delays.len() == noted {
            followed.note(&piece, found, rate);
        }
    }
    followed
}

/// The same in pieces of so many seconds, each of which is heard as one or not.
pub fn follow_by(seconds: f64, reference: &[f32], recording: &[f32], rate: u32) -> Followed {
    let mut followed = Followed::nothing();
    for piece in pieces(reference, (seconds * f64::from(rate)) as usize) {
        let found = find(&reference[piece.clone()], recording);
        followed.note(&piece, found, rate);
    }
    followed
}

/// Where there is sound.
fn pieces(reference: &[f32], length: usize) -> Vec<Range<usize>> {
    let energy = |piece: &[f32]| piece.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>();
    let loudest = reference.chunks(length).map(energy).fold(0.0, f64::max);
    let all = (0..reference.len()).step_by(length);
    all.map(|from| from..(from + length).min(reference.len()))
        .filter(|place| energy(&reference[place.clone()]) >= loudest * SILENT_PIECE)
        .collect()
}

/// Between two sounds of this piece.
fn longest_pause(piece: &[f32], rate: u32) -> Option<Range<usize>> {
    let loud = |sample: &f32| sample.abs() > PAUSE_LEVEL;
    let from = piece.iter().position(loud)?;
    let to = piece.iter().rposition(loud)?;
    let mut longest = 0..(PAUSE_SECS * f64::from(rate)) as usize;
    let mut last = from;
    for here in (from..=to).filter(|&here| loud(&piece[here])) {
        if here - last > longest.len() {
            longest = last + 1..here;
        }
        last = here;
    }
    (longest.start > 0).then_some(longest)
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
