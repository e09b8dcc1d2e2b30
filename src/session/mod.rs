//! CALL WORKER: token, socket, the life of one call. The pure half builds everywhere; the rest only where there is a
//! browser.

pub mod alarm;
pub mod deadlines;
pub mod event;
pub mod line;
pub mod line_watch;
pub mod opus;
pub mod send_buffer;
pub mod state;
pub mod talk_limit;

#[cfg(target_arch = "wasm32")]
pub mod driver;
#[cfg(target_arch = "wasm32")]
pub mod exports;
#[cfg(target_arch = "wasm32")]
pub mod socket;
#[cfg(target_arch = "wasm32")]
pub mod socket_frames;
#[cfg(target_arch = "wasm32")]
pub mod token;
