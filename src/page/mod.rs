//! MAIN THREAD: hosts, UI, permission, events. The pure half builds everywhere; the rest only where there is a
//! browser.

pub mod browser_id;
pub mod call_state;
pub mod diagnostics;
pub mod labels;
pub mod language_tag;
pub mod media;
pub mod press;
pub mod view;

#[cfg(target_arch = "wasm32")]
pub mod call;
#[cfg(target_arch = "wasm32")]
pub mod call_bar;
#[cfg(target_arch = "wasm32")]
pub mod call_controls;
#[cfg(target_arch = "wasm32")]
pub mod call_lock;
#[cfg(target_arch = "wasm32")]
pub mod custom_events;
#[cfg(target_arch = "wasm32")]
pub mod discovery;
#[cfg(target_arch = "wasm32")]
pub mod exports;
#[cfg(target_arch = "wasm32")]
pub mod kill_list;
#[cfg(target_arch = "wasm32")]
pub mod languages;
#[cfg(target_arch = "wasm32")]
pub mod network;
#[cfg(target_arch = "wasm32")]
pub mod options;
#[cfg(target_arch = "wasm32")]
pub mod realms;
#[cfg(target_arch = "wasm32")]
pub mod registry;
#[cfg(target_arch = "wasm32")]
pub mod session_client;
#[cfg(target_arch = "wasm32")]
pub mod site_marks;
#[cfg(target_arch = "wasm32")]
pub mod visitor_id;
#[cfg(target_arch = "wasm32")]
pub mod widget;
#[cfg(target_arch = "wasm32")]
pub mod window;
