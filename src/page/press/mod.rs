//! Presses of a host: what counts as one, and what is a form's business.

pub mod rule;

#[cfg(target_arch = "wasm32")]
pub mod implicit_submission;
#[cfg(target_arch = "wasm32")]
pub mod listeners;
