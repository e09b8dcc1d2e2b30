//! The only clock and the only timers.

use crate::steady_clock::SteadyClock;
use js_sys::{Date, Function};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::Event;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static TIME_ORIGIN: f64;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, delay_ms: f64) -> f64;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: f64);
}

thread_local! {
    static STEADY: Cell<SteadyClock> = const { Cell::new(SteadyClock::new()) };
}

/// Milliseconds since the Unix epoch, on a clock that is never set back. Times of two realms are not compared: after a laptop
/// has slept they disagree.
pub fn now_ms() -> f64 {
    let below_ms = TIME_ORIGIN.with(|origin| *origin) + event_now_ms();
    STEADY.with(|steady| {
        let mut clock = steady.get();
        let now_ms = clock.read(below_ms);
        steady.set(clock);
        now_ms
    })
}

/// Now, on the clock of events: as the `timeStamp` of one that is made now. Pages have shifted `performance.now`, or made it
/// throw, for tests of their own; what the browser itself stamps they leave alone.
pub fn event_now_ms() -> f64 {
    let since_epoch = || Date::now() - TIME_ORIGIN.with(|origin| *origin);
    Event::new("now").map_or_else(|_| since_epoch(), |event| event.time_stamp())
}

/// Runs a closure once, later; dropping the timer forgets it.
pub struct Timer {
    timer: f64,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// Starts a timer of so many milliseconds.
    pub fn after(delay_ms: f64, ring: impl FnOnce() + 'static) -> Self {
        Self::start(delay_ms, Box::new(ring))
    }

    /// One function for all of them, as of listeners.
    fn start(delay_ms: f64, ring: Box<dyn FnOnce()>) -> Self {
        let callback = Closure::once(ring);
        Self {
            timer: set_timeout(callback.as_ref().unchecked_ref(), delay_ms),
            _callback: callback,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(self.timer);
    }
}

/// Calls a function after so many milliseconds, or when this is dropped: what waits for a promise that is never settled is never
/// freed.
pub struct Delay {
    timer: f64,
    over: Function,
}

impl Delay {
    /// Starts a delay of so many milliseconds.
    pub fn start(delay_ms: f64, over: Function) -> Self {
        Self {
            timer: set_timeout(&over, delay_ms),
            over,
        }
    }
}

impl Drop for Delay {
    fn drop(&mut self) {
        clear_timeout(self.timer);
        let _ = self.over.call0(&JsValue::UNDEFINED);
    }
}
