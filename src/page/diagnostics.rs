//! What went wrong in the latest call and was got over, for `handle.diagnostics()`.

use crate::protocol::session::Dropped;
use serde::Serialize;
use std::cell::Cell;

/// All counts by their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Socket frames that nobody could read.
    pub malformed: u32,
    /// Microphone packets that the socket could not take in time.
    pub dropped: u32,
    /// How often the agent's sound was late.
    pub underruns: u32,
}

thread_local! {
    static COUNTS: Cell<Counts> = const {
        Cell::new(Counts { malformed: 0, dropped: 0, underruns: 0 })
    };
}

/// The agent's sound was late so often by now, 255 times at most.
pub fn underruns(underruns: u32) {
    let counts = counts();
    COUNTS.set(Counts {
        underruns,
        ..counts
    });
}

/// The call is over, and this was dropped in it.
pub fn dropped(counts_of_session: Dropped) {
    let counts = counts();
    COUNTS.set(Counts {
        malformed: counts_of_session.malformed,
        dropped: counts_of_session.late,
        ..counts
    });
}

/// What was counted.
pub fn counts() -> Counts {
    COUNTS.get()
}
