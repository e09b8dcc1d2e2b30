//! What two sides must agree on: the socket's frames, the two HTTP endpoints, the messages between the threads. Pure: no
//! clock, no browser.

pub mod audio_port;
pub mod binary_frames;
pub mod features;
pub mod frames;
pub mod http;
pub mod member;
pub mod opus_packets;
pub mod session;
pub mod sound;
