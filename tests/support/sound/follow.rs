//! How a long sound was heard, piece by piece: a pause in its middle moves what follows, which no one
//! place of the whole can show.

use std::ops::{Range, RangeInclusive};

use super::{Match, find, pause};

/// See the module.
#[derive(Clone, Debug)]
pub struct Followed {
    /// Of the piece that was heard worst.
    pub worst: f64,
    /// How well each piece was heard.
    pub correlations: Vec<f64>,
    /// Where each piece with sound in it began in the recording, beyond its place in the reference, in
    /// seconds.
    pub delays: Vec<f64>,
    lost: usize,
}

impl Followed {
    fn of(parts: &[Part], reference: &[f32], recording: &[f32], rate: u32) -> Self {
        let correlations: Vec<_> = parts.iter().map(|part| part.found.correlation).collect();
        let heard_around_a_pause = |nth: usize| {
            let intact = |part: &&Part| part.is_intact();
            let before = parts[..nth].iter().rfind(intact).map(Part::delay);
            let after = parts[nth + 1..].iter().find(intact).map(Part::delay);
            let (place, from) = (&parts[nth].place, parts[nth].place.start as isize);
            let early = before.map(|delay| from + delay);
            let late = after.map(|delay| from + delay);
            pause::all_was_heard(&reference[place.clone()], recording, early, late, rate)
        };
        let lost = (0..parts.len())
            .filter(|&nth| !parts[nth].is_intact() && !heard_around_a_pause(nth))
            .count();
        let delays = parts.iter().map(|part| part.delay() as f64);
        Self {
            worst: correlations.iter().copied().fold(1.0, f64::min),
            delays: delays.map(|delay| delay / f64::from(rate)).collect(),
            correlations,
            lost,
        }
    }

    /// The delays of the pieces that were heard as they were said.
    pub fn intact(&self) -> Vec<f64> {
        let pieces = self.correlations.iter().zip(&self.delays);
        let intact = pieces.filter(|(heard, _)| **heard >= WHOLE);
        intact.map(|(_, delay)| *delay).collect()
    }

    /// Pieces of which some was not heard: a pause in the middle of one is no loss, silence in place of a word is.
    pub fn lost(&self) -> usize {
        self.lost
    }

    /// Seconds of pause that came into the sound, all together.
    pub fn pauses(&self) -> f64 {
        self.steps().filter(|step| *step > 0.0).sum()
    }

    /// Seconds that were left out of it, all together.
    pub fn left_out(&self) -> f64 {
        let back = self.steps().filter(|step| *step < 0.0);
        back.map(f64::abs).sum()
    }

    /// From one intact piece to the next: one that was not heard as one does not tell where it was.
    fn steps(&self) -> impl Iterator<Item = f64> {
        let delays = self.intact();
        (1..delays.len()).map(move |nth| delays[nth] - delays[nth - 1])
    }
}

/// Some of the reference, and where it was heard.
#[derive(Clone)]
struct Part {
    place: Range<usize>,
    found: Match,
}

impl Part {
    fn look(place: Range<usize>, reference: &[f32], recording: &[f32]) -> Self {
        let found = find(&reference[place.clone()], recording);
        Self { place, found }
    }

    /// In this stretch of the recording only.
    fn look_within(
        room: Range<usize>,
        place: Range<usize>,
        reference: &[f32],
        recording: &[f32],
    ) -> Self {
        let mut part = Self::look(place, reference, &recording[room.clone()]);
        part.found.lag += room.start as isize;
        part
    }

    fn is_intact(&self) -> bool {
        self.found.correlation >= WHOLE
    }

    /// In samples.
    fn delay(&self) -> isize {
        self.found.lag - self.place.start as isize
    }
}

/// Looks for a long sound in pieces of this many seconds; those at -30 dB to the loudest or below are
/// pauses of the speaker's own and say nothing.
const PIECE_SECS: f64 = 0.4;
/// A piece that correlates so well was heard as one.
pub(super) const WHOLE: f64 = 0.9;
const SILENT_PIECE: f64 = 1e-3;

/// A speaker's own pause, to the library: -60 dBFS for 10 ms. There, and nowhere else, it may leave something
/// out to catch up.
const PAUSE_LEVEL: f32 = 0.001;
const PAUSE_SECS: f64 = 0.01;

/// A part of a piece that is no longer than this matches anywhere: it says nothing.
const SHORTEST_PART_SECS: f64 = 0.06;

/// At either end of the sound, where nothing whole stands on the other side: so far away a part is looked for.
const ROOM_SECS: f64 = 3.0;

/// A vowel repeats itself: the place of what was heard with a gap in it may be wrong by a few of its periods.
const MISTAKEN_SECS: f64 = 0.05;

/// Follows `reference` through `recording`, both at this rate. The pieces that were heard whole are landmarks:
/// between them, and nowhere else, the others are looked for on either side of their longest pause. One without a
/// pause is looked for in halves, so that a gap in the middle of a word spoils a tenth of a second and no more. The silence at
/// either end of a piece is none of it: with less of it than was said, the piece would match nowhere.
pub fn follow(reference: &[f32], recording: &[f32], rate: u32) -> Followed {
    let seconds = |seconds: f64| (seconds * f64::from(rate)) as usize;
    let pieces: Vec<_> = sounding_pieces(reference, seconds)
        .into_iter()
        .map(|place| Part::look(place, reference, recording))
        .collect();
    // The sound's end may be a short one, which could be anywhere.
    let landmark = |piece: &&Part| piece.is_intact() && piece.place.len() * 2 > seconds(PIECE_SECS);
    let mut parts: Vec<Part> = Vec::new();
    for (nth, piece) in pieces.iter().enumerate() {
        if landmark(&piece) {
            parts.push(piece.clone());
            continue;
        }
        let (mut places, noted) = (vec![piece.place.clone()], parts.len());
        while let Some(place) = places.pop() {
            let before = parts.iter().rfind(|part| part.is_intact());
            let after = pieces[nth + 1..].iter().find(landmark);
            let room = room(&place, before, after, recording.len(), seconds);
            let part = Part::look_within(room, place.clone(), reference, recording);
            let long = |half: &Range<usize>| half.len() > seconds(SHORTEST_PART_SECS);
            let halves = |middle: Range<usize>| {
                [
                    place.start + middle.end..place.end,
                    place.start..place.start + middle.start,
                ]
            };
            let middle = place.len() / 2;
            match (
                longest_pause(&reference[place.clone()], rate),
                halves(middle..middle),
            ) {
                _ if part.is_intact() => parts.push(part),
                (Some(pause), _) => places.extend(halves(pause).into_iter().filter(long)),
                (None, halves) if halves.iter().all(long) => places.extend(halves),
                (None, _) => parts.push(part),
            }
        }
        if parts.len() == noted {
            parts.push(piece.clone());
        }
    }
    Followed::of(&parts, reference, recording, rate)
}

/// Where in the recording a part can be: after what was said before it and before what was said after it.
fn room(
    place: &Range<usize>,
    before: Option<&Part>,
    after: Option<&Part>,
    all: usize,
    seconds: impl Fn(f64) -> usize,
) -> Range<usize> {
    let (far, mistaken) = (seconds(ROOM_SECS) as isize, seconds(MISTAKEN_SECS) as isize);
    let here = |part: &Part| place.start as isize + part.delay();
    let length = place.len() as isize;
    let (from, to) = match (before, after) {
        (None, None) => (0, all as isize),
        (Some(before), None) => (end(before) - mistaken, here(before) + length + far),
        (None, Some(after)) => (here(after) - far, after.found.lag + mistaken),
        (Some(before), Some(after)) => (end(before) - mistaken, after.found.lag + mistaken),
    };
    let within = |at: isize| at.clamp(0, all as isize) as usize;
    within(from)..within(to.max(from))
}

fn end(part: &Part) -> isize {
    part.found.lag + part.place.len() as isize
}

/// The same in pieces of so many seconds, each of which is heard as one or not; in whichever of these forms of the
/// sound, which are equally long, it is heard best.
pub fn follow_by(seconds: f64, forms: [&[f32]; 2], recording: &[f32], rate: u32) -> Followed {
    let pieces = pieces(forms[0], (seconds * f64::from(rate)) as usize).into_iter();
    let best = |place: Range<usize>| {
        let [one, other] = forms.map(|form| Part::look(place.clone(), form, recording));
        match one.found.correlation >= other.found.correlation {
            true => one,
            false => other,
        }
    };
    let parts: Vec<_> = pieces.map(best).collect();
    Followed::of(&parts, forms[0], recording, rate)
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

/// The pieces without the silence at either end. What is left of one may be too short to be found: it goes with the sound that
/// it is a part of.
fn sounding_pieces(reference: &[f32], seconds: impl Fn(f64) -> usize) -> Vec<Range<usize>> {
    let is_short = |place: &Range<usize>| place.len() <= seconds(SHORTEST_PART_SECS);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for place in pieces(reference, seconds(PIECE_SECS)) {
        let Some(sound) = sounding(&reference[place.clone()]) else {
            continue;
        };
        let place = place.start + sound.start()..place.start + sound.end() + 1;
        match joined.last_mut() {
            Some(last)
                if place.start - last.end < seconds(PAUSE_SECS)
                    && (is_short(last) || is_short(&place)) =>
            {
                last.end = place.end;
            }
            _ => joined.push(place),
        }
    }
    joined
}

/// From the first sound in a piece to the last.
fn sounding(piece: &[f32]) -> Option<RangeInclusive<usize>> {
    let from = piece.iter().position(is_loud)?;
    Some(from..=piece.iter().rposition(is_loud)?)
}

fn is_loud(sample: &f32) -> bool {
    sample.abs() > PAUSE_LEVEL
}

/// Between two sounds of this piece.
fn longest_pause(piece: &[f32], rate: u32) -> Option<Range<usize>> {
    let sound = sounding(piece)?;
    let mut longest = 0..(PAUSE_SECS * f64::from(rate)) as usize;
    let mut last = *sound.start();
    for here in sound.filter(|&here| is_loud(&piece[here])) {
        if here - last > longest.len() {
            longest = last + 1..here;
        }
        last = here;
    }
    (longest.start > 0).then_some(longest)
}
