//! A stretch of sound that a pause came into: is all of it there, its begin before the pause and its end after it?

use super::follow::WHOLE;
use super::{QUIET, find};

/// Where one side of the pause is not known, it is looked for so far away.
const REACH_SECS: f64 = 0.5;

/// Whether all of `part` was heard, in order and with one pause in it, nothing else. Its begin was heard at `early` in
/// the recording, as what comes before it says, and its end at `late`, as what comes after it says; where either does
/// not know, or what they say cannot be, the other is enough.
pub(super) fn all_was_heard(
    part: &[f32],
    recording: &[f32],
    early: Option<isize>,
    late: Option<isize>,
    rate: u32,
) -> bool {
    let reach = (REACH_SECS * f64::from(rate)) as isize;
    let heard = |early: isize, late: isize| {
        early <= late && with_a_pause(part, recording, early, late) >= WHOLE
    };
    let both = early.zip(late);
    both.is_some_and(|(early, late)| heard(early, late))
        || early.is_some_and(|early| {
            let mut ends = ends(part, recording, early, reach).into_iter();
            ends.any(|late| heard(early, late))
        })
        || late.is_some_and(|late| {
            let mut begins = begins(part, recording, late, reach).into_iter();
            begins.any(|early| heard(early, late))
        })
}

/// How well it is heard if some of it stands at `early` and the rest at `late`, at the best of all places for the
/// pause: each is one step from the last.
fn with_a_pause(part: &[f32], recording: &[f32], early: isize, late: isize) -> f64 {
    let heard = |from: isize, nth: usize| {
        let at = usize::try_from(from + nth as isize).ok();
        let sample = at.and_then(|at| recording.get(at));
        sample.copied().map_or(0.0, f64::from)
    };
    let whole: f64 = part.iter().map(|&said| f64::from(said).powi(2)).sum();
    let (mut product, mut energy) = (0.0, 0.0);
    for (nth, &said) in part.iter().enumerate() {
        let sample = heard(late, nth);
        product += f64::from(said) * sample;
        energy += sample.powi(2);
    }
    let correlation =
        |product: f64, energy: f64| product / (whole * energy.max(whole * QUIET)).sqrt();
    let mut best: f64 = correlation(product, energy);
    for (nth, &said) in part.iter().enumerate() {
        let (before, after) = (heard(early, nth), heard(late, nth));
        product += f64::from(said) * (before - after);
        energy += before.powi(2) - after.powi(2);
        best = best.max(correlation(product, energy));
    }
    best
}

/// Of a sound with a pause in it one of these is all on one side, or so little is on the other that it does not matter.
const SHARES: [usize; 3] = [2, 4, 8];

/// Where the part would begin for its end to be where its last half, quarter, eighth are heard best.
fn ends(part: &[f32], recording: &[f32], early: isize, reach: isize) -> Vec<isize> {
    let place = |share: usize| {
        let skipped = part.len() - part.len() / share;
        let room = early + skipped as isize..early + part.len() as isize + reach;
        best_place(&part[skipped..], recording, room) - skipped as isize
    };
    SHARES.map(place).to_vec()
}

/// The same for its first half, quarter, eighth.
fn begins(part: &[f32], recording: &[f32], late: isize, reach: isize) -> Vec<isize> {
    let place = |share: usize| {
        let length = part.len() / share;
        let room = late - reach..late + length as isize;
        best_place(&part[..length], recording, room)
    };
    SHARES.map(place).to_vec()
}

fn best_place(sound: &[f32], recording: &[f32], room: std::ops::Range<isize>) -> isize {
    let within = |at: isize| at.clamp(0, recording.len() as isize) as usize;
    let (from, to) = (within(room.start), within(room.end));
    find(sound, &recording[from..to.max(from)]).lag + from as isize
}
