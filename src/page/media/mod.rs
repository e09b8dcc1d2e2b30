//! All that sounds in a call, on the page's side: microphone, worklet, speaker.

pub mod device_id;
pub mod microphone_error;

#[cfg(target_arch = "wasm32")]
pub mod audio_context;
#[cfg(target_arch = "wasm32")]
pub mod audio_graph;
#[cfg(target_arch = "wasm32")]
pub mod chosen_microphone;
#[cfg(target_arch = "wasm32")]
pub mod default_microphone;
#[cfg(target_arch = "wasm32")]
pub mod microphone;
#[cfg(target_arch = "wasm32")]
pub mod microphone_access;
#[cfg(target_arch = "wasm32")]
pub mod worklet_node;
