//! MAIN THREAD: hosts, UI, permission, events. The pure half builds everywhere; the glue around it
//! only where there is a browser.

pub mod browser_id;
pub mod counted;
pub mod microphone_failure;
pub mod state;
pub mod view;

#[cfg(target_arch = "wasm32")]
pub mod audio_graph;
#[cfg(target_arch = "wasm32")]
pub mod binder;
#[cfg(target_arch = "wasm32")]
pub mod call_link;
#[cfg(target_arch = "wasm32")]
pub mod capture;
#[cfg(target_arch = "wasm32")]
pub mod cover;
#[cfg(target_arch = "wasm32")]
pub mod environment;
#[cfg(target_arch = "wasm32")]
pub mod event;
#[cfg(target_arch = "wasm32")]
pub mod exports;
#[cfg(target_arch = "wasm32")]
pub mod face;
#[cfg(target_arch = "wasm32")]
pub mod host;
#[cfg(target_arch = "wasm32")]
pub mod launcher;
#[cfg(target_arch = "wasm32")]
pub mod microphone;
#[cfg(target_arch = "wasm32")]
pub mod options;
#[cfg(target_arch = "wasm32")]
pub mod speaker;
#[cfg(target_arch = "wasm32")]
pub mod stylesheet;
#[cfg(target_arch = "wasm32")]
pub mod ui;
#[cfg(target_arch = "wasm32")]
pub mod visitor;
#[cfg(target_arch = "wasm32")]
pub mod window;
#[cfg(target_arch = "wasm32")]
pub mod worklet;
