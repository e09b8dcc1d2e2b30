//! Nothing on the render thread asks for memory once the engine stands.

#![allow(unsafe_code)] // an allocator is unsafe to write; this one only counts

use super::DEVICE_RATES_HZ;
use super::signal::{bytes, noise, pcm_tone};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use vocadesk_embed::audio::processor::Processor;
use vocadesk_embed::protocol::audio_port;

/// The system's allocator, with a count for each thread: other tests run beside this one.
struct Counting;

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // Not there while a thread ends, when nothing is measured.
    let _ = ASKED.try_with(|asked| asked.set(asked.get() + 1));
}

// SAFETY: each call goes to `System` as it came; the counter is a plain cell and allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on unchanged.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(task: impl FnOnce()) -> usize {
    let before = ASKED.get();
    task();
    ASKED.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 2);
}

#[test]
fn capture_and_play_never_allocate_or_free() {
    for device in DEVICE_RATES_HZ.into_iter().chain([11_025, 47_999]) {
        for frames in [1, 128, 441, 1_024] {
            let mut engine = Processor::new(device).unwrap();
            let block = noise(3, frames);
            let seconds = bytes(&pcm_tone(440.0, 0.5, 96_000));
            engine.receive(&seconds);
            let asked = allocations(|| {
                for _ in 0..(device as usize / frames).max(200) {
                    engine.input()[..frames].copy_from_slice(&block);
                    engine.render(frames);
                }
                engine.control(audio_port::CLEAR);
                engine.control(audio_port::DRAIN);
                engine.play(frames);
                // As much again goes into the chunks that were read.
                engine.receive(&seconds);
            });
            assert_eq!(asked, 0, "{device} Hz, {frames} frames");
        }
    }
}
