//! A tone that counts: each step sounds one tone higher than the step before, and after the highest it begins again. A frame that is
//! missing makes a step shorter, one that is there twice makes it longer, and more of them break the order.

use std::f64::consts::TAU;

/// How many tones there are, and how far they lie apart: windows of 10 ms tell them by whole periods.
const TONES: usize = 20;
const APART_HZ: usize = 100;
const LOWEST_HZ: usize = 600;

/// So long each sounds: two frames of 20 ms and a half.
const STEP_MS: usize = 50;

const VOLUME: f64 = 0.4;

/// Windows, and how far one is from the next.
const WINDOW_MS: usize = 10;
const HOP_MS: usize = 2;

/// By so much two steps together may be wrong. A frame of 20 ms is more; the 5 ms by which sound fades beside a pause, and
/// four windows at the borders, are less.
const WRONG_MS: usize = 15;

/// What lasts no longer was no step.
const BLIP_MS: usize = 8;

/// Quieter than this, a tone in half of the window, is a pause, which is no step's.
const PAUSE_LEVEL: f64 = 0.2;

/// A tone as long as it sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Which of the tones.
    pub tone: usize,
    /// Without the pauses in it.
    pub lasted_ms: usize,
}

/// Neighbours of which the second is not what is counted next, or that are shorter or longer together than two steps are. Not by one
/// alone: a frame that is missing may be half of one step's and half of the next.
pub fn miscounted(steps: &[Step]) -> Vec<[Step; 2]> {
    let pairs = steps.windows(2).map(|pair| [pair[0], pair[1]]);
    let is_wrong = |[last, next]: &[Step; 2]| {
        let together_ms = last.lasted_ms + next.lasted_ms;
        next.tone != (last.tone + 1) % TONES || together_ms.abs_diff(2 * STEP_MS) >= WRONG_MS
    };
    pairs.filter(is_wrong).collect()
}

/// So many seconds of counting.
pub fn counting_tone(seconds: usize, rate: u32) -> Vec<f32> {
    let step = rate as usize * STEP_MS / 1_000;
    let mut phase = 0.0;
    let samples = 0..seconds * rate as usize;
    let sample = samples.map(|nth| {
        phase += TAU * hertz(nth / step % TONES) / f64::from(rate);
        (VOLUME * f64::sin(phase)) as f32
    });
    sample.collect()
}

/// What is counted in a recording.
pub fn count(recording: &[f32], rate: u32) -> Vec<Step> {
    let samples = |ms: usize| rate as usize * ms / 1_000;
    let windows = recording
        .windows(samples(WINDOW_MS))
        .step_by(samples(HOP_MS));
    let mut steps: Vec<Step> = Vec::new();
    for tone in windows.filter_map(|window| loudest(window, rate)) {
        let mut lasted_ms = HOP_MS;
        // What sounds where a pause begins or ends is no tone, but some of the next step's time.
        if let Some(blip) = steps.pop_if(|last| last.tone != tone && last.lasted_ms <= BLIP_MS) {
            lasted_ms += blip.lasted_ms;
        }
        match steps.last_mut() {
            Some(step) if step.tone == tone => step.lasted_ms += lasted_ms,
            _ => steps.push(Step { tone, lasted_ms }),
        }
    }
    steps
}

fn hertz(tone: usize) -> f64 {
    (LOWEST_HZ + tone * APART_HZ) as f64
}

/// The tone that a window is of, where it is not silent.
fn loudest(window: &[f32], rate: u32) -> Option<usize> {
    let energy = window.iter().map(|&sample| f64::from(sample).powi(2));
    if energy.sum::<f64>() < PAUSE_LEVEL.powi(2) * window.len() as f64 {
        return None;
    }
    let loudness = (0..TONES).map(|tone| (tone, loudness(window, rate, tone)));
    let loudest = loudness.max_by(|(_, one), (_, other)| one.total_cmp(other));
    loudest.map(|(tone, _)| tone)
}

/// Goertzel's filter.
fn loudness(window: &[f32], rate: u32, tone: usize) -> f64 {
    let turn = 2.0 * (TAU * hertz(tone) / f64::from(rate)).cos();
    let (last, before) = window.iter().fold((0.0, 0.0), |(last, before), &sample| {
        (f64::from(sample) + turn * last - before, last)
    });
    last.powi(2) + before.powi(2) - turn * last * before
}
