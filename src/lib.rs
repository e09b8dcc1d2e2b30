//! Vocadesk embed: a voice call from one button.
//!
//! A call has three clocks, and the crate has one wing for each: [`audio`] runs on the audio render
//! thread, [`call`] in a Worker, [`page`] on the page's main thread. The wings never import one
//! another; what two of them must agree on stands in [`shared`], and `realm` holds the browser
//! facilities that are the same on both threads with wasm-bindgen glue. One compiled module serves all
//! three.

pub mod audio;
pub mod call;
pub mod page;
#[cfg(target_arch = "wasm32")]
pub mod realm;
pub mod shared;

/// Two-level segregated fit: constant time, which the audio thread needs, and less than half the bytes
/// of the standard library's allocator.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
