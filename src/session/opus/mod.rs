//! The voice as Opus (wire version 2, `opus`), by the browser's WebCodecs. What is sent and what is played stays in order
//! here, however late a codec answers, and a codec that dies takes no voice with it.

pub mod incoming;
pub mod outgoing;

#[cfg(target_arch = "wasm32")]
pub mod decoder;
#[cfg(target_arch = "wasm32")]
pub mod encoder;
#[cfg(target_arch = "wasm32")]
pub mod format;

/// An encoder that owes answers for so many packets will not give them: 2 s of voice. Fewer may lie behind one another where a
/// thread stood still.
pub const OWES_PACKETS: usize = 100;

/// A decoder that owes answers, and has given none for so long, will not give them.
pub const OWES_MS: f64 = 2_000.0;

/// How long a packet lasts, in µs.
pub const PACKET_US: u32 = 20_000;
