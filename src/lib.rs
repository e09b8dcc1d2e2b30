//! Vocadesk embed: a voice call from one button.
//!
//! A call has three clocks, and the crate has one wing for each: [`audio`] runs on the audio render
//! thread, `call` in a Worker, `page` on the page's main thread. The wings never import one another;
//! what two of them must agree on stands in [`shared`], and `realm` holds the browser facilities that
//! every thread with wasm-bindgen glue has. One compiled module serves all three.

pub mod audio;
pub mod shared;
