//! Whether a sentence came through a microphone, for the kinds of microphone that engines have.

use crate::arrivals::FRAME_SECS;
use crate::engine::{Engine, Without};
use crate::failure::{Failure, ensure};
use crate::sound;

/// Short, so that a slip spoils little.
const PIECE_SECS: f64 = 0.1;

/// A slip spoils one piece, or two where it falls between them. Measured without other load: none to
/// three slips in the 3.6 s of the visitor's sentence, of 34 pieces with sound in them.
const INTACT_SHARE: f64 = 0.8;

/// A render quantum at the rate of the harness's speaker. WebKit (2.50) slips by as much, and on a busy machine by as
/// much in one channel and not in the other, for seconds: what arrives is the mean of both (measured: of the recording
/// all but 0.3 % of the energy).
const QUANTUM_SECS: f64 = 128.0 / 44_100.0;

/// All slips together; a lost word is longer.
const SLIPPED_SECS: f64 = 0.1;

/// Holds that `recording` has all of `sentence`, both at this rate.
///
/// An engine's own fake device gives one waveform; what a busy machine captures late has a gap in it. A real
/// capture device has a clock of its own, and the browser keeps step with it by leaving out or filling in a few
/// milliseconds now and then (Firefox one, WebKit one render quantum of 2.9): the words are all there, and the
/// waveform as a whole no longer fits.
pub fn came_through(
    engine: &Engine,
    sentence: &[f32],
    recording: &[f32],
    rate: u32,
) -> Result<(), Failure> {
    if !engine.microphone_slips {
        let followed = sound::follow(sentence, recording, rate);
        ensure!(
            followed.lost() == 0 && followed.left_out() <= FRAME_SECS,
            "words were lost: {followed:?}"
        );
        return Ok(());
    }
    let behind = (QUANTUM_SECS * f64::from(rate)).round() as usize;
    let out_of_step = sound::out_of_step(sentence, behind);
    let followed = sound::follow_by(PIECE_SECS, [sentence, &out_of_step], recording, rate);
    let intact = followed.intact();
    let share = intact.len() as f64 / followed.delays.len().max(1) as f64;
    let earliest = intact.iter().copied().fold(f64::INFINITY, f64::min);
    let latest = intact.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Where the page's own thread makes the sound, three blocks that come late are more than that, and no word.
    let slipped = match engine.without {
        Without::Worklet => f64::INFINITY,
        _ => SLIPPED_SECS,
    };
    ensure!(
        share >= INTACT_SHARE && latest - earliest <= slipped,
        "{:.0} % of it came through, from {earliest:.3} s to {latest:.3} s late: {followed:?}",
        share * 100.0
    );
    Ok(())
}

/// Seconds of pause that were not there, all together: a judgement. Where a machine is too busy to send in time, what
/// follows is heard later, and all of it is heard; how late a call is where nothing holds it up,
/// `scripts/bench call-delay` measures.
const MOST_PAUSES_SECS: f64 = 0.5;

/// Holds that all of what the agent said was heard, and in time: for a trial that has the machine to itself.
pub fn was_heard(engine: &Engine, followed: &sound::Followed) -> Result<(), Failure> {
    came_whole(engine, followed, INTACT_SHARE)?;
    ensure!(
        followed.pauses() <= MOST_PAUSES_SECS,
        "pauses that were not there: {followed:?}"
    );
    Ok(())
}

/// Holds that all of what the agent said was heard, piece by piece. A piece with a pause in it that was not there is
/// no loss: all of it was heard on either side.
///
/// Sound that the page's own thread makes breaks off for a block of 46 ms where that thread is late (measured beside
/// other trials: in 5 of 19 pieces): there it is enough that half of it was heard.
pub fn nothing_was_lost(engine: &Engine, followed: &sound::Followed) -> Result<(), Failure> {
    came_whole(engine, followed, 0.5)
}

/// All of it, or this share where the page's own thread makes the sound.
fn came_whole(engine: &Engine, followed: &sound::Followed, share: f64) -> Result<(), Failure> {
    let pieces = followed.delays.len();
    let may_be_lost = match engine.without {
        Without::Worklet => (pieces as f64 * (1.0 - share)) as usize,
        _ => 0,
    };
    ensure!(
        pieces > 0 && followed.lost() <= may_be_lost,
        "{} of {pieces} pieces were lost: {followed:?}",
        followed.lost()
    );
    Ok(())
}
