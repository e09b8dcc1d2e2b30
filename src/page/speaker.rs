//! MAIN THREAD. The page's one AudioContext, with our worklet's code in it: made at the first call, asleep
//! between calls, and never closed. WebKitGTK 2.50 crashes now and then when a context is closed that has
//! run a worklet (a null pointer on its AudioWorklet thread, after some hundred calls; asleep instead, 400
//! of 400 held), and the next call is spared the loading.

use super::environment::Environment;
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioContext, AudioContextState};

thread_local! {
    static SPEAKER: RefCell<Option<Rc<Speaker>>> = const { RefCell::new(None) };
}

/// See the module.
pub struct Speaker {
    context: AudioContext,
    loading: Promise,
    calls: Cell<u32>,
}

impl Speaker {
    /// Wakes the context for one call more; to be done inside the visitor's click.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn wake(environment: &Environment) -> Result<Rc<Self>, JsValue> {
        let kept = SPEAKER.with_borrow(Clone::clone);
        let usable = |kept: &Rc<Self>| kept.context.state() != AudioContextState::Closed;
        let speaker = match kept.filter(usable) {
            Some(speaker) => speaker,
            None => Self::make(environment)?,
        };
        speaker.calls.set(speaker.calls.get() + 1);
        speaker.resume();
        Ok(speaker)
    }

    fn make(environment: &Environment) -> Result<Rc<Self>, JsValue> {
        let context = AudioContext::new()?;
        let loading = context
            .audio_worklet()
            .and_then(|worklet| worklet.add_module(&environment.realm_url()));
        let loading = loading.unwrap_or_else(|thrown| Promise::reject(&thrown));
        // Nobody waits for it where there is no microphone.
        settle(Clone::clone(&loading));
        let speaker = Rc::new(Self {
            context,
            loading,
            calls: Cell::new(0),
        });
        SPEAKER.set(Some(speaker.clone()));
        Ok(speaker)
    }

    /// Waits for the worklet's code.
    ///
    /// # Errors
    /// Why it was refused; the next call tries anew, in a context of its own.
    pub async fn loaded(self: &Rc<Self>) -> Result<(), JsValue> {
        let loaded = JsFuture::from(Clone::clone(&self.loading)).await;
        if loaded.is_err() {
            SPEAKER.with_borrow_mut(|kept| {
                if kept.as_ref().is_some_and(|kept| Rc::ptr_eq(kept, self)) {
                    kept.take();
                }
            });
        }
        loaded.map(drop)
    }

    /// What everything in a call is connected in.
    pub fn context(&self) -> &AudioContext {
        &self.context
    }

    /// Lets the context go on, unless it does.
    pub fn resume(&self) {
        if self.context.state() != AudioContextState::Running
            && let Ok(resumed) = self.context.resume()
        {
            settle(resumed);
        }
    }

    /// A call is over; after the last one the context sleeps.
    pub fn rest(&self) {
        let calls = self.calls.get().saturating_sub(1);
        self.calls.set(calls);
        if calls == 0
            && let Ok(asleep) = self.context.suspend()
        {
            settle(asleep);
        }
    }
}

/// Lets a promise whose outcome changes nothing come to its end: a rejection that nobody handles would
/// be an error in the page.
fn settle(promise: Promise) {
    spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}
