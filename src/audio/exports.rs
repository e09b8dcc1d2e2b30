//! What JavaScript may call on the audio thread. The only unsafe code in the crate.
//!
//! Plain `extern "C"`: numbers and addresses in wasm's memory, no glue, for the worklet has neither
//! text decoder nor patience. A handle is the address of a [`Processor`]; null is taken everywhere and
//! does nothing.
//!
//! The facts that every `unsafe` here leans on:
//! - *Names.* Each exported name begins with `audio_` and stands once in this crate; nothing
//!   that is linked in uses that beginning.
//! - *Handles.* A handle that is not null came from [`audio_new`] and is given up to
//!   [`audio_free`] once, after which `audio-worklet.js` forgets it.
//!   The functions are exported but not `pub`: no Rust code can call one with another address.
//! - *One thread.* The worklet has an instance of the module, and thus a memory, to itself, and JavaScript
//!   calls are not re-entrant: a reference made from a handle is the only one while it lives.

#![allow(unsafe_code)]

use super::processor::{MOST_FRAMES, Processor, STAGING_BYTES};
use std::ptr;

/// Runs `task` on the processor behind `handle`; without one, answers with the type's nothing.
fn with<T: Default>(handle: *mut Processor, task: impl FnOnce(&mut Processor) -> T) -> T {
    // SAFETY: see "Handles" and "One thread" above: null, or a live processor that nobody else refers to.
    unsafe { handle.as_mut() }.map(task).unwrap_or_default()
}

/// A processor for a device at `device_rate_hz`; null outside 8 to 192 kHz.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_new(device_rate_hz: u32) -> *mut Processor {
    match Processor::new(device_rate_hz) {
        Some(processor) => Box::into_raw(Box::new(processor)),
        None => ptr::null_mut(),
    }
}

/// Gives an processor back.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_free(handle: *mut Processor) {
    if !handle.is_null() {
        // SAFETY: see "Handles" above: it came out of `Box::into_raw`, and this is its only end.
        drop(unsafe { Box::from_raw(handle) });
    }
}

/// Frames that fit into the input and output buffers.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_most_frames() -> usize {
    MOST_FRAMES
}

/// Where the microphone's mono block goes before [`audio_render`]: `f32`, room for
/// [`audio_most_frames`].
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_input(handle: *mut Processor) -> usize {
    with(handle, |processor| {
        processor.input.as_mut_ptr().expose_provenance()
    })
}

/// Where the speaker's mono block stands after [`audio_render`]: `f32`.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_output(handle: *mut Processor) -> usize {
    with(handle, |processor| {
        processor.output.as_mut_ptr().expose_provenance()
    })
}

/// Where received bytes go before [`audio_receive`].
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_staging(handle: *mut Processor) -> usize {
    with(handle, |processor| {
        processor.staging.as_mut_ptr().expose_provenance()
    })
}

/// Bytes that fit there; what is longer comes in pieces of exactly this.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_staging_bytes() -> usize {
    STAGING_BYTES
}

/// Takes the first `frames` of the input, makes as many of output; returns what is to be sent, as
/// [`Processor::render`] says.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_render(handle: *mut Processor, frames: usize) -> u32 {
    with(handle, |processor| processor.render(frames))
}

/// Where those packets stand, one behind the other, 960 bytes each (wasm is little-endian, as the wire
/// is).
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_packets(handle: *mut Processor) -> usize {
    with(handle, |processor| {
        processor
            .capture_path()
            .samples()
            .as_ptr()
            .expose_provenance()
    })
}

/// Queues the first `bytes` of the staging buffer.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_receive(handle: *mut Processor, bytes: usize) {
    with(handle, |processor| processor.receive_staged(bytes));
}

/// Does what a control code of `protocol/audio_port.rs` says; 0 when the call is over.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_control(handle: *mut Processor, code: u32) -> u32 {
    with(handle, |processor| u32::from(processor.control(code)))
}
