//! Sound as a frame carries it. Pure.

use super::opus_packets::OpusPackets;

/// What one frame carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sound {
    /// PCM16 little-endian mono at 24 kHz: one packet of the microphone's, 20 ms.
    Pcm(Vec<u8>),
    /// Packets of Opus, 20 ms each.
    Opus(OpusPackets),
}

impl Sound {
    /// How many packets of the microphone's it holds.
    pub fn packets(&self) -> usize {
        match self {
            Self::Pcm(_) => 1,
            Self::Opus(packets) => packets.count(),
        }
    }
}
