//! MAIN THREAD. All that sounds in one call: the microphone, the worklet, and the page's speaker.

use super::capture::Capture;
use super::environment::Environment;
use super::microphone;
use super::speaker::Speaker;
use super::worklet::{self, Worklet, WorkletEvent};
use crate::realm::clock;
use crate::shared::error::{CallError, ErrorCode};
use js_sys::{Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessagePort;

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
pub type Listener = Rc<dyn Fn(AudioEvent)>;

/// All that sounds in one call.
pub struct AudioGraph {
    speaker: Rc<Speaker>,
    microphone: RefCell<Option<Promise>>,
    stopped: Cell<bool>,
    capture: RefCell<Option<Rc<Capture>>>,
    worklet: RefCell<Option<Rc<Worklet>>>,
}

impl AudioGraph {
    /// What must happen inside the visitor's click: the speaker is woken, the microphone asked for.
    /// Nothing is awaited.
    ///
    /// # Errors
    /// `mic_unavailable` on an insecure page; `unknown` where there is no Web Audio.
    pub fn begin(environment: &Environment) -> Result<Rc<Self>, CallError> {
        let speaker = Speaker::wake(environment)
            .map_err(|thrown| worklet::refused("The browser could not open its audio", thrown))?;
        let graph = Rc::new(Self {
            speaker,
            microphone: RefCell::default(),
            stopped: Cell::new(false),
            capture: RefCell::default(),
            worklet: RefCell::default(),
        });
        match microphone::ask() {
            Ok(microphone) => graph.microphone.replace(Some(microphone)),
            Err(error) => {
                graph.stop(false);
                return Err(error);
            }
        };
        Ok(graph)
    }

    /// Waits for microphone and worklet, joins them, and gives the call wing's end of the line to the
    /// worklet.
    ///
    /// # Errors
    /// `mic_denied` or `mic_unavailable` as the browser says; `unknown` where the worklet is refused
    /// or does not wake up.
    pub async fn run(
        self: &Rc<Self>,
        environment: &Environment,
        tell: Listener,
    ) -> Result<MessagePort, CallError> {
        let asked = self
            .microphone
            .take()
            .unwrap_or_else(|| Promise::resolve(&JsValue::NULL));
        let stream = JsFuture::from(asked).await.map_err(microphone::refused)?;
        if self.stopped.get() {
            microphone::stop(&stream.unchecked_into());
            return Err(called_off());
        }
        let (told, lost) = (tell.clone(), tell);
        let refused = |thrown| worklet::refused("The browser refused the audio worklet", thrown);
        let made = self.make_worklet(environment, told).await;
        let worklet = match made {
            Ok(worklet) if !self.stopped.get() => worklet,
            outcome => {
                microphone::stop(&stream.unchecked_into());
                return Err(outcome.err().map_or_else(called_off, refused));
            }
        };
        self.worklet.replace(Some(worklet.clone()));
        let capture = Capture::start(
            self.speaker.context(),
            worklet.node(),
            stream.unchecked_into(),
            move || lost(AudioEvent::MicrophoneLost),
        );
        self.capture.replace(Some(capture.map_err(refused)?));
        // The gesture's own resume may have come before the browser knew of the microphone.
        self.speaker.go_on();
        worklet.ready().await?;
        if self.stopped.get() {
            return Err(called_off());
        }
        worklet.open_line().map_err(refused)
    }

    async fn make_worklet(
        &self,
        environment: &Environment,
        tell: Listener,
    ) -> Result<Rc<Worklet>, JsValue> {
        self.speaker.loaded().await?;
        let tell = Rc::new(move |event| tell(AudioEvent::Worklet(event)));
        Worklet::new(self.speaker.context(), environment, tell).map(Rc::new)
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
            wasm_bindgen_futures::spawn_local(async move {
                let _ = JsFuture::from(ring_out).await;
                rest();
            });
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

/// Nobody waits for this graph any more; nobody hears the error either.
fn called_off() -> CallError {
    CallError::new(ErrorCode::Unknown, "The call was called off.")
}
