//! Microphone packets that the socket cannot take yet; pure. A late voice is worse than a
//! gap: what has waited for a second is dropped, oldest first, and counted.

/// What the socket may hold unsent before packets wait here, where they can still be dropped: a fifth
/// of a second of frames on the wire, 1,313 bytes each.
const SOCKET_HOLDS_BYTES: u32 = 13_000;

/// How long a packet may wait. From the requirement, not from a measurement.
const LONGEST_WAIT_MS: f64 = 1_000.0;

/// Packets in the order in which they were spoken.
#[derive(Debug)]
pub struct SendBuffer<Packet> {
    waiting: Vec<(f64, Packet)>,
    dropped: u32,
}

impl<Packet> Default for SendBuffer<Packet> {
    fn default() -> Self {
        Self {
            waiting: Vec::new(),
            dropped: 0,
        }
    }
}

impl<Packet> SendBuffer<Packet> {
    /// Puts a packet in line.
    pub fn push(&mut self, now_ms: f64, packet: Packet) {
        self.waiting.push((now_ms, packet));
        let late = |(since_ms, _): &(f64, Packet)| now_ms - since_ms > LONGEST_WAIT_MS;
        while self.waiting.first().is_some_and(late) {
            self.waiting.remove(0);
            self.dropped += 1;
        }
    }

    /// The next packet, if a socket that holds so many bytes unsent may take it.
    pub fn next(&mut self, unsent_bytes: u32) -> Option<Packet> {
        let takes = unsent_bytes < SOCKET_HOLDS_BYTES && !self.waiting.is_empty();
        takes.then(|| self.waiting.remove(0).1)
    }

    /// Drops all that waits: the visitor's turn to speak is over.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// How many packets were dropped because they were late.
    pub fn dropped(&self) -> u32 {
        self.dropped
    }
}
