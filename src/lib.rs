//! Vocadesk embed: a voice call from one button.
//!
//! A call has three clocks, and the crate has one module for each: [`audio`] runs on the audio render
//! thread, [`session`] in a Worker, [`page`] on the page's main thread. They never import one another; what two of them
//! must agree on stands in [`protocol`] and [`error`], what two of them need in [`resampler`], and `browser` holds the
//! adapters that both threads with wasm-bindgen glue use. One compiled module serves all three.

#![deny(missing_docs)]

pub mod audio;
#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod error;
pub mod event_queue;
pub mod page;
pub mod protocol;
pub mod resampler;
pub mod session;
pub mod steady_clock;

/// Two-level segregated fit: constant time, which the audio thread needs, and less than half the bytes
/// of the standard library's allocator.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
