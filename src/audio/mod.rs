//! AUDIO WORKLET: microphone → packets, packets → speaker.
//!
//! Everything here runs on the audio render thread, a block of some hundred frames every few
//! milliseconds. After construction nothing allocates but the arrival of sound that must be kept,
//! and nothing panics.

pub mod capture;
mod exports;
pub mod level_meter;
pub mod playback;
pub mod playout_delay;
pub mod processor;
pub mod sample_queue;
pub mod silence_watch;
