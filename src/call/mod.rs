//! CALL WORKER: token, socket, wire, session. The pure half builds everywhere; the glue around it
//! only where there is a browser.

pub mod backlog;
pub mod base64;
pub mod grant;
pub mod json;
pub mod session;
pub mod wire;

#[cfg(target_arch = "wasm32")]
pub mod engine;
#[cfg(target_arch = "wasm32")]
pub mod exports;
#[cfg(target_arch = "wasm32")]
pub mod socket;
#[cfg(target_arch = "wasm32")]
pub mod token;
