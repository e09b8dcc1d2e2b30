//! The units of the audio path: rates, lengths and spans have a name each, so that none is mistaken
//! for another.

/// Samples a second on the wire, whatever the device runs at (wire version 1).
pub const WIRE_RATE_HZ: u32 = 24_000;

/// Samples in one packet: 20 ms at [`WIRE_RATE_HZ`].
pub const PACKET_SAMPLES: usize = 480;

/// Bytes in one packet: PCM16 little-endian mono.
pub const PACKET_BYTES: usize = PACKET_SAMPLES * 2;

/// Frames in one render quantum of the Web Audio API 1.0.
pub const RENDER_QUANTUM_FRAMES: usize = 128;

/// How long one packet lasts, in milliseconds.
pub const PACKET_MILLIS: f64 = 20.0;
