//! When a microphone's frames came. A busy machine brings some of them late and none early: the earliest of many
//! tell when all of them were sent.

use std::time::Instant;

use gateway::record::MicFrame;

/// Of audio, on the wire.
pub const FRAME_SECS: f64 = 0.02;

/// One second's: one of them is not held up.
const MANY: usize = 50;

/// By how many seconds the last second's frames are behind the first second's: 20 ms for each that is missing in
/// between.
pub fn behind(frames: &[MicFrame]) -> f64 {
    let after = since_first(frames);
    let many = MANY.min(after.len());
    earliest(&after[after.len() - many..]) - earliest(&after[..many])
}

/// Of each frame: when it was due, and how many seconds later it came. The microphone's clock is not quite ours: what
/// is due is told by the earliest of the first and of the last.
pub fn due_and_late(frames: &[MicFrame]) -> Vec<(Instant, f64)> {
    let after = since_first(frames);
    let first = earliest(&after[..MANY.min(after.len())]);
    let drift = behind(frames) / after.len().max(1) as f64;
    let late = (0..)
        .zip(&after)
        .map(|(n, after)| after - first - f64::from(n) * drift);
    let late_by = frames.iter().zip(late);
    let due = |at: Instant, late: f64| at - std::time::Duration::from_secs_f64(late.max(0.0));
    late_by
        .map(|(frame, late)| (due(frame.at, late), late))
        .collect()
}

/// By how many seconds each is behind a frame each 20 ms since the first.
fn since_first(frames: &[MicFrame]) -> Vec<f64> {
    let nth = (0..).zip(frames);
    nth.map(|(n, frame)| (frame.at - frames[0].at).as_secs_f64() - f64::from(n) * FRAME_SECS)
        .collect()
}

fn earliest(of: &[f64]) -> f64 {
    of.iter().copied().fold(f64::INFINITY, f64::min)
}
