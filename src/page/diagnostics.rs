//! What went wrong in the latest call and was got over, for `handle.diagnostics()`: one number.
//! Three bytes as in [`SessionUpdate::Dropped`](crate::protocol::session::SessionUpdate::Dropped), then one of underruns.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Atomic, because that needs no closure; nobody else counts.
static COUNTED: AtomicU32 = AtomicU32::new(0);

/// Where the underruns begin.
const UNDERRUNS: u32 = 24;

/// The agent's sound was late so often by now, 255 times at most.
pub fn underruns(times: u32) {
    COUNTED.store(get() << 8 >> 8 | times << UNDERRUNS, Relaxed);
}

/// The call is over, and this was dropped in it.
pub fn dropped(dropped: u32) {
    COUNTED.store(get() >> UNDERRUNS << UNDERRUNS | dropped, Relaxed);
}

fn get() -> u32 {
    COUNTED.load(Relaxed)
}

/// All counts by their names.
pub fn json() -> String {
    let counted = get();
    format!(
        r#"{{"malformed":{},"dropped":{},"underruns":{}}}"#,
        counted & 4_095,
        counted >> 12 & 4_095,
        counted >> UNDERRUNS
    )
}
