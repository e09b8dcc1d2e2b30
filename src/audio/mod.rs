//! AUDIO WORKLET: microphone → packets, packets → speaker.
//!
//! Everything here runs on the audio render thread, a block of some hundred frames every few
//! milliseconds. After construction nothing allocates but the arrival of sound that must be kept,
//! and nothing panics.

pub mod downlink;
pub mod engine;
mod exports;
pub mod jitter;
mod kernel;
pub mod level;
pub mod queue;
pub mod resample;
pub mod uplink;
