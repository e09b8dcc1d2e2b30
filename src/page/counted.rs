//! MAIN THREAD. What went wrong in the latest call and was got over, for `handle.diagnostics()`.

use std::cell::Cell;

thread_local! {
    static COUNTED: Cell<[u32; 3]> = const { Cell::new([0; 3]) };
}

/// What is counted, in the order in which the shim asks.
#[derive(Clone, Copy)]
pub enum Count {
    /// Socket frames that nobody could read.
    Malformed,
    /// Microphone packets that the socket could not take in time.
    Dropped,
    /// How often the agent's sound was late.
    Underruns,
}

/// A new call begins.
pub fn reset() {
    COUNTED.set([0; 3]);
}

/// So often by now.
pub fn set(count: Count, times: u32) {
    let mut counted = COUNTED.get();
    if let Some(slot) = counted.get_mut(count as usize) {
        *slot = times;
    }
    COUNTED.set(counted);
}

/// How often, by the number of what is counted.
pub fn get(count: usize) -> u32 {
    COUNTED.get().get(count).copied().unwrap_or_default()
}
