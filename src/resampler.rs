//! Any rate to any other, by a polyphase filter.
//!
//! The ratio is kept as whole numbers, so that a call of any length drifts by nothing. State lives
//! across blocks: cutting a signal into other blocks changes not one bit of what comes out.
//!
//! Pass band to 10 kHz, stop band from 12 kHz (both scaled down where the device is slower than the
//! wire); see `kernel` for how. The delay is half the filter: 1.5 ms for every device of 24 kHz and
//! more, 36 samples of the device's rate below.

mod filter_design;

use filter_design::Kernel;

/// Slowest and fastest rate taken: the bounds that Web Audio asks every browser to support are
/// 8 and 96 kHz; sound cards go to 192 kHz.
const RATES_HZ: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// Most rows of taps. Every common pair of rates needs at most 320; an odd one (48,001 Hz) reads
/// between two rows, where 512 leave an error under −100 dB.
const MOST_PHASES: u32 = 512;

/// A stream from one rate to another.
pub struct Resampler {
    kernel: Kernel,
    phases: u64,
    /// One input sample is `up` parts, one output sample is `down` parts.
    up: u64,
    down: u64,
    /// An output sample in whole input samples, and the parts over: a division for each sample would
    /// cost as much as the filter.
    whole: usize,
    over: u64,
    /// Input not yet done with.
    held: Vec<f32>,
    /// The next output's window starts at this sample of `held` …
    at: usize,
    /// … and lies this many parts after it.
    part: u64,
}

impl Resampler {
    /// From `from_hz` to `to_hz`, in blocks of at most `most_inputs` samples (a longer one is taken too,
    /// but allocates). `None` where a rate is below 8 kHz or above 192 kHz. All memory is taken here.
    pub fn new(from_hz: u32, to_hz: u32, most_inputs: usize) -> Option<Self> {
        if !RATES_HZ.contains(&from_hz) || !RATES_HZ.contains(&to_hz) {
            return None;
        }
        let common = greatest_common_divisor(from_hz, to_hz);
        let (up, down) = (to_hz / common, from_hz / common);
        let phases = up.min(MOST_PHASES);
        let kernel = filter_design::design(from_hz, to_hz, phases as usize);
        // What a limited `process` leaves behind is under two windows.
        let mut held = Vec::with_capacity(2 * kernel.width + most_inputs);
        held.resize(kernel.width - 1, 0.0);
        Some(Self {
            kernel,
            phases: u64::from(phases),
            up: u64::from(up),
            down: u64::from(down),
            whole: (down / up) as usize,
            over: u64::from(down % up),
            held,
            at: 0,
            part: 0,
        })
    }

    /// Input samples from the moment a sound enters to the moment it leaves.
    pub fn delay_inputs(&self) -> usize {
        // A row of four taps is the straight wire; its one tap is the newest.
        if self.kernel.width == 4 {
            0
        } else {
            self.kernel.width / 2
        }
    }

    /// How many input samples must come before `outputs` can leave.
    pub fn inputs_for(&self, outputs: usize) -> usize {
        let Some(steps) = outputs.checked_sub(1) else {
            return 0;
        };
        let ahead = (self.part + steps as u64 * self.down) / self.up;
        (self.at + ahead as usize + self.kernel.width).saturating_sub(self.held.len())
    }

    /// The most samples that `inputs` can make possible.
    pub fn outputs_within(&self, inputs: usize) -> usize {
        (inputs as u64 * self.up / self.down) as usize + 1
    }

    /// Takes `input` and hands out, in order, at most `limit` samples that it made possible.
    pub fn process(
        &mut self,
        input: impl Iterator<Item = f32>,
        limit: usize,
        mut emit: impl FnMut(f32),
    ) {
        self.held.extend(input);
        for _ in 0..limit {
            let Some(sample) = self.next() else { break };
            emit(sample);
        }
        let done = self.at.min(self.held.len());
        self.held.copy_within(done.., 0);
        self.held.truncate(self.held.len() - done);
        self.at -= done;
    }

    /// The next sample that what is held makes possible. There once for both directions: a call for each
    /// sample costs less than its 72 products.
    #[inline(never)]
    fn next(&mut self) -> Option<f32> {
        let window = self.held.get(self.at..self.at + self.kernel.width)?;
        let sample = if self.phases == self.up {
            self.kernel.at(window, self.part as usize)
        } else {
            let scaled = self.part * self.phases;
            let between = (scaled % self.up) as f32 / self.up as f32;
            let row = (scaled / self.up) as usize;
            let (here, next) = (self.kernel.at(window, row), self.kernel.at(window, row + 1));
            here + (next - here) * between
        };
        self.at += self.whole;
        self.part += self.over;
        if self.part >= self.up {
            self.part -= self.up;
            self.at += 1;
        }
        Some(sample)
    }
}

impl Kernel {
    /// The filter's answer to `window` in the given row.
    fn at(&self, window: &[f32], row: usize) -> f32 {
        let start = row * self.width;
        let taps = self.taps.get(start..start + self.width);
        dot(window, taps.unwrap_or_default())
    }
}

/// The sum of products over the shorter of the two. Four sums side by side, because a single one would
/// wait for each addition before the next; spelt out, because the shipped build unrolls nothing.
fn dot(window: &[f32], taps: &[f32]) -> f32 {
    let (mut s0, mut s1, mut s2, mut s3) = (0.0, 0.0, 0.0, 0.0);
    let (window, _) = window.as_chunks::<4>();
    let (taps, _) = taps.as_chunks::<4>();
    for ([w0, w1, w2, w3], [t0, t1, t2, t3]) in window.iter().zip(taps) {
        s0 += w0 * t0;
        s1 += w1 * t1;
        s2 += w2 * t2;
        s3 += w3 * t3;
    }
    (s0 + s1) + (s2 + s3)
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
