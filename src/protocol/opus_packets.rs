//! Packets of Opus, 20 ms each, as a binary frame has them: each after its length. Pure and total.

/// As many stand in a frame at most: 120 ms.
pub const MOST_OPUS_PACKETS: usize = 6;

/// One packet or more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpusPackets {
    bytes: Vec<u8>,
    count: usize,
}

impl OpusPackets {
    /// Reads the bytes behind a frame's head; nothing where a packet is cut short or empty, or where there are none, or too
    /// many.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut packets = Self::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (packet, after) = split(rest)?;
            packets.push(packet);
            rest = after;
        }
        let is_so_many = (1..=MOST_OPUS_PACKETS).contains(&packets.count);
        is_so_many.then_some(packets)
    }

    /// Adds a packet. No encoder makes one that is longer than its length has room for (RFC 6716: 1,275 bytes).
    pub fn push(&mut self, packet: &[u8]) {
        if let Ok(length) = u16::try_from(packet.len()) {
            self.bytes.extend_from_slice(&length.to_be_bytes());
            self.bytes.extend_from_slice(packet);
            self.count += 1;
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// As they stand in a frame.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let (packet, after) = split(rest)?;
            rest = after;
            Some(packet)
        })
    }
}

/// The first packet, and what comes after it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, after) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(length));
    (length > 0).then(|| after.split_at_checked(length))?
}
