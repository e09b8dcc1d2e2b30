//! MAIN THREAD. What went wrong in the latest call and was got over, for `handle.diagnostics()`.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Atomic, because that needs no closure; nobody else counts.
static COUNTED: [AtomicU32; 3] = [const { AtomicU32::new(0) }; 3];

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

/// So often by now.
pub fn set(count: Count, times: u32) {
    if let Some(counted) = COUNTED.get(count as usize) {
        counted.store(times, Relaxed);
    }
}

/// How often, by the number of what is counted.
pub fn get(count: usize) -> u32 {
    COUNTED.get(count).map_or(0, |count| count.load(Relaxed))
}
