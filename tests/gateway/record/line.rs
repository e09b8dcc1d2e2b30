//! What wire version 2 adds to a call: its numbers, and its lines.

use std::time::Instant;

/// A call's line, and what became of it. All zero and empty in a call of wire version 1.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What was taken of what the client offered, as `started` names it.
    pub features: Vec<&'static str>,
    /// Each time that a line was seen to be lost; a new socket may come before that, or never.
    pub lost: Vec<Instant>,
    /// Each time that the call got a new socket.
    pub resumed: Vec<Resumed>,
    /// The greatest number that arrived.
    pub received: u32,
    /// The greatest number that went out.
    pub sent: u32,
    /// The greatest number of ours that the client has acknowledged.
    pub acked: u32,
    /// Frames that had arrived before, and were dropped.
    pub duplicates: usize,
    /// Frames before which others are missing. They were taken, and are counted as malformed, too.
    pub gaps: usize,
    /// Packets of Opus that came.
    pub opus_packets: usize,
    /// `ping` frames that came.
    pub pings: usize,
    /// `pong` frames that came.
    pub pongs: usize,
}

/// A call that goes on, on a new socket.
#[derive(Clone, Debug)]
pub struct Resumed {
    /// When `resumed` was sent.
    pub at: Instant,
    /// How far the client had received us.
    pub received: u32,
    /// How far it was told that we had received it.
    pub told: u32,
    /// The old socket was still open, and was closed with 4409.
    pub took_over: bool,
    /// What the client then said in `late`.
    pub late_ms: Option<u64>,
}
