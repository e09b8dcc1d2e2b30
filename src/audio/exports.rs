//! What JavaScript may call on the audio thread. AUDIO WORKLET; the only unsafe code in the crate.
//!
//! Plain `extern "C"`: numbers and addresses in wasm's memory, no glue, for the worklet has neither
//! text decoder nor patience. A handle is the address of an [`Engine`]; null is taken everywhere and
//! does nothing.
//!
//! The facts that every `unsafe` here leans on:
//! - *Names.* Each exported name begins with `audio_` and stands once in this crate; nothing
//!   that is linked in uses that beginning.
//! - *Handles.* A handle that is not null came from [`audio_new`] and is given up to
//!   [`audio_free`] once, after which `audio-worklet.js` forgets it.
//!   The functions are exported but not `pub`: no Rust code can call one with another address.
//! - *One thread.* The wing has an instance of the module, and thus a memory, to itself, and JavaScript
//!   calls are not re-entrant: a reference made from a handle is the only one while it lives.

#![allow(unsafe_code)]

use super::engine::{Engine, MOST_FRAMES, STAGING_BYTES};
use std::ptr;

/// Runs `task` on the engine behind `handle`; without one, answers with the type's nothing.
fn with<T: Default>(handle: *mut Engine, task: impl FnOnce(&mut Engine) -> T) -> T {
    // SAFETY: see "Handles" and "One thread" above: null, or a live engine that nobody else refers to.
    unsafe { handle.as_mut() }.map(task).unwrap_or_default()
}

/// An engine for a device at `device_rate_hz`; null outside 8 to 192 kHz.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_new(device_rate_hz: u32) -> *mut Engine {
    match Engine::new(device_rate_hz) {
        Some(engine) => Box::into_raw(Box::new(engine)),
        None => ptr::null_mut(),
    }
}

/// Gives an engine back.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_free(handle: *mut Engine) {
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
extern "C" fn audio_input(handle: *mut Engine) -> usize {
    with(handle, |engine| {
        engine.input.as_mut_ptr().expose_provenance()
    })
}

/// Where the speaker's mono block stands after [`audio_render`]: `f32`.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_output(handle: *mut Engine) -> usize {
    with(handle, |engine| {
        engine.output.as_mut_ptr().expose_provenance()
    })
}

/// Where received bytes go before [`audio_receive`].
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_staging(handle: *mut Engine) -> usize {
    with(handle, |engine| {
        engine.staging.as_mut_ptr().expose_provenance()
    })
}

/// Bytes that fit there; what is longer comes in pieces of exactly this.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_staging_bytes() -> usize {
    STAGING_BYTES
}

/// Takes the first `frames` of the input, makes as many of output; returns what is to be sent, as
/// [`Engine::render`] says.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_render(handle: *mut Engine, frames: usize) -> u32 {
    with(handle, |engine| engine.render(frames))
}

/// Where those packets stand, one behind the other, 960 bytes each (wasm is little-endian, as the wire
/// is).
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_packets(handle: *mut Engine) -> usize {
    with(handle, |engine| {
        engine.uplink().samples().as_ptr().expose_provenance()
    })
}

/// Queues the first `bytes` of the staging buffer.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_receive(handle: *mut Engine, bytes: usize) {
    with(handle, |engine| engine.receive_staged(bytes));
}

/// Does what a word of `shared/packet.rs` says; 0 when the call is over.
// SAFETY: see "Names" above.
#[unsafe(no_mangle)]
extern "C" fn audio_control(handle: *mut Engine, word: u32) -> u32 {
    with(handle, |engine| u32::from(engine.control(word)))
}
