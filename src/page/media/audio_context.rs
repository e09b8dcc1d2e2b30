//! The page's one AudioContext, with our worklet's code in it: made at the first call, asleep
//! between calls, and never closed. WebKitGTK 2.50 crashes now and then when a context is closed that has
//! run a worklet (a null pointer on its AudioWorklet thread, after some hundred calls; asleep instead, 400
//! of 400 held), and the next call is spared the loading.

use crate::browser::clock::Timer;
use crate::browser::events::PageListener;
use crate::browser::member;
use crate::browser::promise::{settle, timeout};
use crate::page::realms::Realms;
use crate::page::window::window;
use js_sys::{Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::AudioContext;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = audioSession)]
    static AUDIO_SESSION: JsValue;
}

thread_local! {
    static OUTPUT: RefCell<Option<Rc<AudioOutput>>> = const { RefCell::new(None) };
}

/// A context that has not gone to sleep or woken up by then is not waited for any longer.
const CHANGE_DEADLINE_MS: f64 = 3_000.0;

/// A visitor whose call has failed often tries again at once. WebKit (2.50), told to sleep right after it has woken
/// up and to wake some 30 ms later, calls itself running and renders nothing.
const REST_MS: f64 = 1_500.0;

/// See the module. A context is never told to wake while it falls asleep, nor to sleep while it wakes:
/// Chromium 156 is left with one that calls itself running and renders nothing.
pub struct AudioOutput {
    context: AudioContext,
    loading: Promise,
    calls: Cell<u32>,
    waking: Cell<u32>,
    falling_asleep: Cell<u32>,
    resting: Cell<Option<Timer>>,
    _listeners: [PageListener; 2],
}

impl AudioOutput {
    /// Wakes the context for one call more; to be done inside the visitor's click.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn wake(realms: &Realms) -> Result<Rc<Self>, JsValue> {
        let kept = OUTPUT.with_borrow(Clone::clone);
        let usable = |kept: &Rc<Self>| !member::is(&kept.context, "state", "closed");
        let output = match kept.filter(usable) {
            Some(output) => output,
            None => Self::make(realms)?,
        };
        output.resting.take();
        output.calls.set(output.calls.get() + 1);
        set_audio_session(true);
        output.go_on();
        Ok(output)
    }

    /// Wakes a context of its own for one call more, instead of the kept one, of which nothing more is expected.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn renew(realms: &Realms) -> Result<Rc<Self>, JsValue> {
        OUTPUT.take();
        Self::wake(realms)
    }

    fn make(realms: &Realms) -> Result<Rc<Self>, JsValue> {
        let context = AudioContext::new()?;
        let loading = realms.load_worklet(&context);
        let loading = loading.unwrap_or_else(|thrown| Promise::reject(&thrown));
        // Nobody waits for it where there is no microphone, and a rejection that nobody handles would be an
        // error in the page.
        let handled = loading.clone();
        spawn_local(async move { drop(settle(&handled).await) });
        let output = Rc::new_cyclic(|this| Self {
            _listeners: keep_running(this, &context),
            context,
            loading,
            calls: Cell::new(0),
            waking: Cell::new(0),
            falling_asleep: Cell::new(0),
            resting: Cell::default(),
        });
        OUTPUT.set(Some(output.clone()));
        Ok(output)
    }

    /// Waits until the worklet's code is there.
    ///
    /// # Errors
    /// What the browser threw where it refuses that: the next call tries anew then, in a context of its own.
    pub async fn loaded(self: &Rc<Self>) -> Result<(), JsValue> {
        let loaded = settle(&self.loading).await;
        if loaded.is_err() {
            OUTPUT.with_borrow_mut(|kept| {
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

    /// Lets the context go on while there is a call; once it sleeps, if it is falling asleep just now.
    pub fn go_on(self: &Rc<Self>) {
        let runs = member::is(&self.context, "state", "running");
        if self.calls.get() > 0 && self.falling_asleep.get() == 0 && !runs {
            self.change(self.context.resume(), |this| &this.waking, Self::sleep);
        }
    }

    /// A call is over; a while after the last one the context sleeps.
    pub fn rest(self: &Rc<Self>) {
        self.calls.set(self.calls.get().saturating_sub(1));
        if self.calls.get() == 0 {
            set_audio_session(false);
            let this = self.clone();
            let rested = Timer::after(REST_MS, move || {
                this.resting.take();
                this.sleep();
            });
            self.resting.set(Some(rested));
        }
    }

    fn sleep(self: &Rc<Self>) {
        let resting = self.resting.take();
        let rests = resting.is_some();
        self.resting.set(resting);
        let still = self.waking.get() == 0 && self.falling_asleep.get() == 0;
        if self.calls.get() == 0 && !rests && still {
            self.change(
                self.context.suspend(),
                |this| &this.falling_asleep,
                Self::go_on,
            );
        }
    }

    /// Waits for a change of the context, and then sees whether something else is wanted by now.
    fn change(
        self: &Rc<Self>,
        change: Result<Promise, JsValue>,
        under_way: fn(&Self) -> &Cell<u32>,
        then: fn(&Rc<Self>),
    ) {
        let Ok(change) = change else { return };
        let this = self.clone();
        under_way(&this).set(under_way(&this).get() + 1);
        spawn_local(async move {
            // What came of it the context says by itself.
            let _ = timeout(CHANGE_DEADLINE_MS, settle(&change)).await;
            under_way(&this).set(under_way(&this).get() - 1);
            then(&this);
        });
    }
}

/// A phone call, a headset that comes or goes, or a sleeping phone may suspend or interrupt the context.
/// It goes on as soon as the browser lets it: at once, or when the visitor comes back.
fn keep_running(output: &Weak<AudioOutput>, context: &AudioContext) -> [PageListener; 2] {
    // A page is told of its own coming into view at its document, from where it bubbles.
    let seen = window();
    [
        (context.as_ref(), "statechange"),
        (seen.as_ref(), "visibilitychange"),
    ]
    .map(|(target, event)| {
        let output = output.clone();
        PageListener::new(target, event, move |_| {
            if let Some(output) = output.upgrade() {
                output.go_on();
            }
        })
    })
}

/// Says to iOS by `navigator.audioSession` what the sound is for: without it a call comes from the wrong
/// speaker, and the ring switch silences it. Elsewhere there is none.
fn set_audio_session(in_call: bool) {
    AUDIO_SESSION.with(|session| {
        if session.is_object() {
            let kind = if in_call { "play-and-record" } else { "auto" };
            let _ = Reflect::set(session, &"type".into(), &kind.into());
        }
    });
}
