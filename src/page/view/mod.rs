//! What a visitor sees and hears said of a call, on and beside its host.

pub mod contrast;
pub mod drawn_parts;
pub mod view_model;
pub mod writing;

#[cfg(target_arch = "wasm32")]
pub mod attributes;
#[cfg(target_arch = "wasm32")]
pub mod drawn_state;
#[cfg(target_arch = "wasm32")]
pub mod element;
#[cfg(target_arch = "wasm32")]
pub mod host;
#[cfg(target_arch = "wasm32")]
pub mod host_kind;
#[cfg(target_arch = "wasm32")]
pub mod host_position;
#[cfg(target_arch = "wasm32")]
pub mod host_shadow;
#[cfg(target_arch = "wasm32")]
pub mod host_view;
#[cfg(target_arch = "wasm32")]
pub mod left_over;
#[cfg(target_arch = "wasm32")]
pub mod live_region;
#[cfg(target_arch = "wasm32")]
pub mod overlay_layout;
#[cfg(target_arch = "wasm32")]
pub mod own_elements;
#[cfg(target_arch = "wasm32")]
pub mod state_overlay;
#[cfg(target_arch = "wasm32")]
pub mod stylesheets;
