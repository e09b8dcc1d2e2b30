//! What the browser's codecs are told.

use super::PACKET_US;
use crate::browser::web_codecs::OpusFormat;
use crate::protocol::audio_port::WIRE_RATE_HZ;

/// A voice at 24 kHz is worth no more, and up to 8 kHz nobody hears the difference.
pub const FORMAT: OpusFormat = OpusFormat {
    rate_hz: WIRE_RATE_HZ,
    packet_us: PACKET_US,
    bitrate: 24_000,
};
