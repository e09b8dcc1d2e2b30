//! All that sounds in one call: the microphone, the worklet, and the page's speaker.

use super::audio_context::AudioOutput;
use super::microphone::Microphone;
use super::microphone_access;
use super::worklet_node::{WorkletEvent, WorkletNode};
use crate::browser::clock;
use crate::browser::exception::Exception;
use crate::browser::promise::when;
use crate::error::CallError;
use crate::page::realms::Realms;
use js_sys::{Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AudioNode, MediaStream, MessagePort};

/// What the render thread may still hold when the worklet says that it has played all: two blocks of a
/// device that takes 1024 frames at 24 kHz.
const RING_OUT_MS: f64 = 90.0;

/// What a running graph tells.
pub enum AudioEvent {
    /// The worklet tells something.
    Worklet(WorkletEvent),
    /// The microphone is gone, and there is no other.
    MicrophoneLost,
}

/// Who hears what a graph tells.
pub type OnAudioEvent = Rc<dyn Fn(AudioEvent)>;

/// Who gets the line to the session, once sound flows.
pub type Then = Box<dyn FnOnce(Result<MessagePort, CallError>)>;

/// All that sounds in one call.
pub struct AudioGraph {
    speaker: Rc<AudioOutput>,
    microphone: Cell<Option<Promise>>,
    stopped: Cell<bool>,
    capture: RefCell<Option<Rc<Microphone>>>,
    worklet: Cell<Option<Rc<WorkletNode>>>,
}

impl AudioGraph {
    /// What must dispatch inside the visitor's click: the speaker is woken, the microphone asked for.
    /// Nothing is awaited.
    ///
    /// # Errors
    /// `mic_unavailable` on an insecure page; `unknown` where there is no Web Audio.
    pub fn begin(realms: &Realms) -> Result<Rc<Self>, CallError> {
        let speaker = AudioOutput::wake(realms).map_err(|thrown| {
            let why = Exception::from(thrown).describe();
            CallError::AudioContextRefused { why }
        })?;
        let graph = Rc::new(Self {
            speaker,
            microphone: Cell::default(),
            stopped: Cell::new(false),
            capture: RefCell::default(),
            worklet: Cell::default(),
        });
        match microphone_access::ask() {
            Ok(microphone) => graph.microphone.set(Some(microphone)),
            Err(error) => {
                graph.stop(false);
                return Err(error);
            }
        };
        Ok(graph)
    }

    /// Waits for microphone and worklet, joins them, and hands over the session's end of the line to the
    /// worklet; or `mic_denied` or `mic_unavailable` as the browser says, or `unknown` where the worklet is
    /// refused or does not wake up.
    pub fn run(self: &Rc<Self>, realms: &Realms, tell: OnAudioEvent, then: Then) {
        let asked = self.microphone.take();
        let asked = asked.unwrap_or_else(|| Promise::resolve(&JsValue::NULL));
        let (this, realms) = (self.clone(), realms.clone());
        when(&asked, move |asked| {
            let stream: MediaStream = match asked {
                Ok(stream) => stream.unchecked_into(),
                Err(thrown) => return then(Err(microphone_access::refused(thrown))),
            };
            let speaker = this.speaker.clone();
            speaker.when_loaded(move |loaded| this.join(loaded, stream, &realms, tell, then));
        });
    }

    fn join(
        self: &Rc<Self>,
        loaded: Result<(), JsValue>,
        stream: MediaStream,
        realms: &Realms,
        tell: OnAudioEvent,
        then: Then,
    ) {
        if self.stopped.get() {
            return microphone_access::stop(&stream);
        }
        if let Err(thrown) = loaded {
            microphone_access::stop(&stream);
            return then(Err(refused(thrown)));
        }
        self.wake(stream, realms.clone(), true, tell, then);
    }

    /// Hands over the line to the worklet once sound flows through it; where it never does, to what stands for
    /// it on the page's own thread.
    fn wake(
        self: &Rc<Self>,
        stream: MediaStream,
        realms: Realms,
        first: bool,
        tell: OnAudioEvent,
        then: Then,
    ) {
        let made = self.make_worklet(&stream, &realms, &tell);
        let this = self.clone();
        let woken = move |line: Result<MessagePort, CallError>| {
            if line.is_err() && !this.stopped.get() && realms.leave_worklet(first) {
                this.wake(stream, realms, false, tell, then);
            } else {
                if line.is_err() {
                    microphone_access::stop(&stream);
                }
                then(line);
            }
        };
        match made {
            Ok(worklet) => {
                let line = worklet.clone();
                worklet.when_ready(move |ready| {
                    woken(ready.and_then(|()| line.open_line().map_err(refused)));
                });
            }
            Err(thrown) => woken(Err(refused(thrown))),
        }
    }

    fn make_worklet(
        &self,
        stream: &MediaStream,
        realms: &Realms,
        tell: &OnAudioEvent,
    ) -> Result<Rc<WorkletNode>, JsValue> {
        let (told, lost) = (tell.clone(), tell.clone());
        let told = Rc::new(move |event| told(AudioEvent::Worklet(event)));
        let context = self.speaker.context();
        let worklet = Rc::new(WorkletNode::new(context, realms, told)?);
        match self.capture() {
            Some(capture) => capture.lead_into(worklet.node())?,
            None => {
                let lost = move || lost(AudioEvent::MicrophoneLost);
                let stream = Clone::clone(stream);
                let capture = Microphone::start(context, worklet.node(), stream, lost)?;
                self.capture.replace(Some(capture));
            }
        }
        self.worklet.set(Some(worklet.clone()));
        // The gesture's own resume may have come before the browser knew of the microphone.
        self.speaker.go_on();
        Ok(worklet)
    }

    /// The microphone, once it is there.
    pub fn capture(&self) -> Option<Rc<Microphone>> {
        self.capture.borrow().clone()
    }

    /// What plays the agent's voice, once it is there.
    pub fn node(&self) -> Option<AudioNode> {
        let worklet = self.worklet.take();
        let node = worklet.as_ref().map(|worklet| worklet.node().clone());
        self.worklet.set(worklet);
        node
    }

    /// Stops every track, so that the browser's recording indicator goes out, and lets the speaker rest:
    /// at once, or once what is on its way to the speaker was heard.
    pub fn stop(&self, let_ring_out: bool) {
        if self.stopped.replace(true) {
            return;
        }
        if let Some(capture) = self.capture.take() {
            capture.stop();
        }
        let (speaker, worklet) = (self.speaker.clone(), self.worklet.take());
        let rest = move || {
            drop(worklet);
            speaker.rest();
        };
        if let_ring_out {
            let ring_out = clock::delay(self.output_latency_ms() + RING_OUT_MS);
            when(&ring_out, move |_| rest());
        } else {
            rest();
        }
    }

    /// How long a sample takes from the graph to the ear, as far as the browser knows: a Bluetooth
    /// headset takes a quarter of a second.
    fn output_latency_ms(&self) -> f64 {
        Reflect::get(self.speaker.context(), &"outputLatency".into())
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
