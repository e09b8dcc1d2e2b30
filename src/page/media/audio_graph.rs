//! All that sounds in one call: the microphone, the worklet, and the page's speaker.

use super::audio_context::AudioOutput;
use super::microphone::{Microphone, MicrophoneEvent};
use super::microphone_access;
use super::worklet_node::{WorkletEvent, WorkletNode};
use crate::browser::exception::Exception;
use crate::browser::member;
use crate::browser::promise::sleep;
use crate::error::CallError;
use crate::page::realms::Realms;
use js_sys::{Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AudioNode, MessagePort};

/// What the render thread may still hold when the worklet says that it has played all: two blocks of a
/// device that takes 1024 frames at 24 kHz.
const RING_OUT_MS: f64 = 90.0;

/// Nobody waits longer for sound. A Bluetooth headset that has to wake up takes two or three seconds.
const SOUND_DEADLINE_MS: f64 = 5_000.0;

/// A context that has run before and stands still for so long stays so: WebKit (2.50) leaves one now and then in which it
/// renders nothing after a sleep.
const STANDSTILL_MS: f64 = 3_000.0;

/// A page that slept looks no more than once when it wakes up, and by the next look its sound has begun again.
const BETWEEN_LOOKS_MS: f64 = 1_000.0;

/// Without sound nobody waits longer.
const MOST_LOOKS_WITHOUT_SOUND: u32 = 10;

/// What a running graph reports.
pub enum AudioEvent {
    /// The worklet reports something.
    Worklet(WorkletEvent),
    /// Something happens to the microphone.
    Microphone(MicrophoneEvent),
    /// The browser has let no sound through for so long that nobody waits any more.
    SoundStopped,
}

/// Who is notified of what a graph reports.
pub type OnAudioEvent = Rc<dyn Fn(AudioEvent)>;

/// All that sounds in one call.
pub struct AudioGraph {
    output: RefCell<Rc<AudioOutput>>,
    asked: Promise,
    stopped: Cell<bool>,
    microphone: RefCell<Option<Rc<Microphone>>>,
    worklet: RefCell<Option<Rc<WorkletNode>>>,
}

impl AudioGraph {
    /// What must happen inside the visitor's click: the speaker is woken, the microphone asked for.
    /// Nothing is awaited.
    ///
    /// # Errors
    /// `mic_unavailable` on an insecure page; `unknown` where there is no Web Audio.
    pub fn request(realms: &Realms) -> Result<Rc<Self>, CallError> {
        let output = AudioOutput::wake(realms).map_err(|thrown| {
            let why = Exception::from(thrown).describe();
            CallError::AudioContextRefused { why }
        })?;
        match microphone_access::request(realms) {
            Ok(asked) => Ok(Rc::new(Self {
                output: RefCell::new(output),
                asked,
                stopped: Cell::new(false),
                microphone: RefCell::default(),
                worklet: RefCell::default(),
            })),
            Err(error) => {
                output.rest();
                Err(error)
            }
        }
    }

    /// Waits for microphone and worklet, joins them, and gives the session's end of the line to the worklet.
    ///
    /// # Errors
    /// `mic_denied` or `mic_unavailable` as the browser says; `unknown` where the worklet is refused or does not wake up.
    /// What comes of a graph that was stopped meanwhile is nobody's concern.
    pub async fn start(
        &self,
        realms: &Realms,
        on_event: OnAudioEvent,
    ) -> Result<MessagePort, CallError> {
        let stream = microphone_access::granted(&self.asked).await?;
        if self.stopped.get() {
            return Err(CallError::AudioStopped);
        }
        let notify = on_event.clone();
        let context = self.output().context().clone();
        let microphone = Microphone::new(realms, &context, stream, move |event| {
            notify(AudioEvent::Microphone(event));
        });
        self.microphone.replace(Some(microphone.clone()));
        self.load().await?;
        // A context keeps the rate of the device that it was made for, and takes no microphone of another.
        if microphone.fits().is_err() {
            self.move_to_fresh_output(realms, &microphone).await?;
        }
        let before = self.played();
        let has_run = before.is_some_and(|seconds| seconds > 0.0);
        let deadline_ms = if has_run {
            STANDSTILL_MS
        } else {
            SOUND_DEADLINE_MS
        };
        let wake = async |deadline_ms| {
            self.wake_worklet(&microphone, realms, &on_event, deadline_ms)
                .await
        };
        let mut first = wake(deadline_ms).await;
        if first.is_err() && !self.stopped.get() && has_run && self.played() == before {
            self.move_to_fresh_output(realms, &microphone).await?;
            first = wake(SOUND_DEADLINE_MS).await;
        }
        if first.is_ok() || self.stopped.get() || !realms.leave_worklet(true) {
            return first;
        }
        // No sound came of it: now what stands for it on the page's own thread.
        let second = wake(SOUND_DEADLINE_MS).await;
        if second.is_err() && !self.stopped.get() {
            realms.leave_worklet(false);
        }
        second
    }

    /// Leaves the kept context for one of its own.
    async fn move_to_fresh_output(
        &self,
        realms: &Realms,
        microphone: &Microphone,
    ) -> Result<(), CallError> {
        let fresh = AudioOutput::renew(realms).map_err(refused)?;
        self.output.replace(fresh).rest();
        microphone.move_to(self.output().context());
        self.load().await
    }

    /// How many seconds its context has rendered so far.
    fn played(&self) -> Option<f64> {
        member::number(self.output().context(), "currentTime")
    }

    fn output(&self) -> Rc<AudioOutput> {
        self.output.borrow().clone()
    }

    /// Waits for the worklet's code.
    async fn load(&self) -> Result<(), CallError> {
        let loaded = self.output().loaded().await;
        if self.stopped.get() {
            return Err(CallError::AudioStopped);
        }
        loaded.map_err(refused)
    }

    /// Looks once a second whether the speaker's clock goes on, until the graph is stopped. A phone call, or a device that
    /// is taken away, stops it, and the browser may never say that it does not come back.
    pub fn watch(self: &Rc<Self>, on_event: OnAudioEvent) {
        let this = self.clone();
        spawn_local(async move {
            let (mut last, mut still) = (None, 0);
            while !this.stopped.get() {
                let now = this.played();
                still = if now == last { still + 1 } else { 0 };
                last = now;
                if still > 0 {
                    this.output().go_on();
                }
                if still == MOST_LOOKS_WITHOUT_SOUND {
                    on_event(AudioEvent::SoundStopped);
                }
                sleep(BETWEEN_LOOKS_MS).await;
            }
        });
    }

    /// Makes the worklet's node, and opens the line once sound flows through it.
    async fn wake_worklet(
        &self,
        microphone: &Rc<Microphone>,
        realms: &Realms,
        on_event: &OnAudioEvent,
        deadline_ms: f64,
    ) -> Result<MessagePort, CallError> {
        let notify = on_event.clone();
        let notify = Rc::new(move |event| notify(AudioEvent::Worklet(event)));
        let worklet = WorkletNode::new(self.output().context(), realms, notify).map_err(refused)?;
        microphone.lead_into(worklet.node()).map_err(refused)?;
        let worklet = Rc::new(worklet);
        self.worklet.replace(Some(worklet.clone()));
        // The gesture's own resume may have come before the browser knew of the microphone.
        self.output().go_on();
        worklet.ready(deadline_ms).await?;
        worklet.open_line().map_err(refused)
    }

    /// Mutes the microphone, or lets the visitor be heard again; before it is there nothing happens.
    pub fn mute(&self, muted: bool) {
        if let Some(microphone) = self.microphone() {
            microphone.mute(muted);
        }
        if let Some(worklet) = self.worklet.borrow().as_ref() {
            worklet.mute(muted);
        }
    }

    /// The microphone, once it is there.
    pub fn microphone(&self) -> Option<Rc<Microphone>> {
        self.microphone.borrow().clone()
    }

    /// What plays the agent's voice, once it is there.
    pub fn node(&self) -> Option<AudioNode> {
        let worklet = self.worklet.borrow();
        worklet.as_ref().map(|worklet| worklet.node().clone())
    }

    /// Stops every track, so that the browser's recording indicator goes out, and lets the speaker rest:
    /// at once, or once what is on its way to the speaker was heard.
    pub fn stop(&self, let_ring_out: bool) {
        if self.stopped.replace(true) {
            return;
        }
        if let Some(microphone) = self.microphone.take() {
            microphone.stop();
        }
        let (output, worklet) = (self.output(), self.worklet.take());
        let rest = move || {
            drop(worklet);
            output.rest();
        };
        if let_ring_out {
            let ring_out_ms = self.output_latency_ms() + RING_OUT_MS;
            spawn_local(async move {
                sleep(ring_out_ms).await;
                rest();
            });
        } else {
            rest();
        }
    }

    /// How long a sample takes from the graph to the ear, as far as the browser knows: a Bluetooth
    /// headset takes a quarter of a second.
    fn output_latency_ms(&self) -> f64 {
        Reflect::get(self.output().context(), &"outputLatency".into())
            .ok()
            .and_then(|seconds| seconds.as_f64())
            .filter(|seconds| (0.0..2.0).contains(seconds))
            .map_or(0.0, |seconds| seconds * 1_000.0)
    }
}

fn refused(thrown: JsValue) -> CallError {
    let why = Exception::from(thrown).describe();
    CallError::WorkletRefused { why }
}
