//! MAIN THREAD. The AudioContext, the microphone and the worklet node of one call.

use super::environment::Environment;
use super::microphone;
use super::microphone_failure;
use crate::realm::clock;
use crate::realm::thrown::Thrown;
use crate::shared::error::{CallError, ErrorCode};
use crate::shared::packet;
use crate::shared::text::concat;
use gloo_events::EventListener;
use js_sys::{Array, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AudioContext, AudioNode, AudioWorkletNode, AudioWorkletNodeOptions, MediaStream,
    MediaStreamTrack, MessageChannel, MessageEvent, MessagePort,
};

/// A worklet that has not reported by then never will: it trapped, its script was refused, or there is
/// no device to play on. A Bluetooth headset that has to wake up takes two or three seconds.
const READY_DEADLINE_MS: f64 = 10_000.0;

/// What the render thread may still hold when the worklet says that it has played all: two blocks of a
/// device that takes 1024 frames at 24 kHz.
const RING_OUT_MS: f64 = 90.0;

/// What a running graph tells.
pub enum AudioEvent {
    /// Levels of microphone and agent, in dBFS.
    Levels(f32, f32),
    /// The microphone is gone.
    MicrophoneLost,
    /// The worklet died.
    Died,
}

/// All that sounds in one call.
pub struct AudioGraph {
    context: AudioContext,
    microphone: RefCell<Option<Promise>>,
    stopped: Cell<bool>,
    stream: RefCell<Option<MediaStream>>,
    node: RefCell<Option<AudioWorkletNode>>,
    listeners: RefCell<Vec<EventListener>>,
}

impl AudioGraph {
    /// What must happen inside the visitor's click: the context is made and resumed, the microphone
    /// is asked for. Nothing is awaited.
    ///
    /// # Errors
    /// `mic_unavailable` on an insecure page; `unknown` where there is no Web Audio.
    pub fn begin() -> Result<Rc<Self>, CallError> {
        let context = AudioContext::new().map_err(|thrown| {
            failed(
                "The browser could not open its audio",
                &Thrown::from(thrown),
            )
        })?;
        let microphone = match microphone::ask() {
            Ok(microphone) => microphone,
            Err(error) => {
                if let Ok(closed) = context.close() {
                    settle(closed);
                }
                return Err(error);
            }
        };
        if let Ok(resumed) = context.resume() {
            settle(resumed);
        }
        Ok(Rc::new(Self {
            context,
            microphone: RefCell::new(Some(microphone)),
            stopped: Cell::new(false),
            stream: RefCell::default(),
            node: RefCell::default(),
            listeners: RefCell::default(),
        }))
    }

    /// Waits for the microphone and the worklet, joins them, and gives the call wing's end of the
    /// line to the worklet.
    ///
    /// # Errors
    /// `mic_denied` or `mic_unavailable` as the browser says; `unknown` where the worklet is refused
    /// or does not wake up.
    pub async fn run(
        self: &Rc<Self>,
        environment: &Environment,
        tell: Rc<dyn Fn(AudioEvent)>,
    ) -> Result<MessagePort, CallError> {
        let worklet = self
            .context
            .audio_worklet()
            .and_then(|worklet| worklet.add_module(&environment.realm_url()));
        if let Ok(loading) = &worklet {
            // Nobody waits for it where there is no microphone, and the context's closing may reject it.
            settle(Clone::clone(loading));
        }
        let asked = self
            .microphone
            .take()
            .unwrap_or_else(|| Promise::resolve(&JsValue::NULL));
        let stream = JsFuture::from(asked).await.map_err(microphone::refused)?;
        let stream: MediaStream = stream.unchecked_into();
        if self.stopped.get() {
            microphone::stop(&stream);
            return Err(called_off());
        }
        // By Rust's `Clone`, another handle of the same stream: `stream.clone()` is JavaScript's, whose
        // copy has live tracks of its own, and would leave the microphone open for ever.
        self.stream.replace(Some(Clone::clone(&stream)));

        let refused = |thrown: JsValue| {
            failed(
                "The browser refused the audio worklet",
                &Thrown::from(thrown),
            )
        };
        JsFuture::from(worklet.map_err(refused)?)
            .await
            .map_err(refused)?;
        if self.stopped.get() {
            return Err(called_off());
        }
        let node = self.new_node(environment).map_err(refused)?;
        self.connect(&stream, &node).map_err(refused)?;
        self.node.replace(Some(node.clone()));
        self.await_ready(&node, tell.clone()).await?;
        if self.stopped.get() {
            return Err(called_off());
        }

        for track in stream.get_audio_tracks().iter() {
            let tell = tell.clone();
            let ended = EventListener::new(track.unchecked_ref(), "ended", move |_| {
                tell(AudioEvent::MicrophoneLost);
            });
            self.listeners.borrow_mut().push(ended);
            // It may have ended while we waited.
            if track.unchecked_ref::<MediaStreamTrack>().ready_state()
                == web_sys::MediaStreamTrackState::Ended
            {
                return Err(microphone_failure::lost());
            }
        }
        open_line(&node).map_err(refused)
    }

    /// Microphone → worklet → speaker. What leads nowhere is not rendered, and would never report.
    fn connect(&self, stream: &MediaStream, node: &AudioNode) -> Result<(), JsValue> {
        let source = self.context.create_media_stream_source(stream)?;
        source.connect_with_audio_node(node)?;
        node.connect_with_audio_node(&self.context.destination())?;
        // The gesture's own resume may have come before the browser knew of the microphone.
        settle(self.context.resume()?);
        Ok(())
    }

    fn new_node(&self, environment: &Environment) -> Result<AudioWorkletNode, JsValue> {
        let given = Object::new();
        Reflect::set(&given, &"module".into(), &environment.module())?;
        let options = AudioWorkletNodeOptions::new();
        options.set_processor_options(Some(&given));
        options.set_number_of_inputs(1);
        options.set_number_of_outputs(1);
        options.set_output_channel_count(&Array::of1(&1.into()));
        AudioWorkletNode::new_with_options(&self.context, "vocadesk-audio", &options)
    }

    /// Resolves when sound flows through the worklet; from then on passes on what it tells.
    async fn await_ready(
        self: &Rc<Self>,
        node: &AudioWorkletNode,
        tell: Rc<dyn Fn(AudioEvent)>,
    ) -> Result<(), CallError> {
        let port = node
            .port()
            .map_err(|thrown| failed("No worklet port", &thrown.into()))?;
        let ready = Promise::new(&mut |resolve, reject| {
            let (hear, refuse) = (tell.clone(), reject.clone());
            let message = EventListener::new(&port, "message", move |event| {
                let data = event.unchecked_ref::<MessageEvent>().data();
                if let Some(levels) = data.dyn_ref::<Array>() {
                    let level = |at| levels.get(at).as_f64().unwrap_or(f64::NEG_INFINITY) as f32;
                    hear(AudioEvent::Levels(level(0), level(1)));
                } else if data.as_f64() == Some(f64::from(packet::READY)) {
                    let _ = resolve.call1(&JsValue::UNDEFINED, &JsValue::TRUE);
                } else if data.as_f64() == Some(f64::from(packet::DIED)) {
                    let _ = refuse.call0(&JsValue::UNDEFINED);
                    hear(AudioEvent::Died);
                }
            });
            let died = tell.clone();
            // Where the worklet's script or its module did not even start.
            let error = EventListener::new(node, "processorerror", move |_| {
                let _ = reject.call0(&JsValue::UNDEFINED);
                died(AudioEvent::Died);
            });
            self.listeners.borrow_mut().extend([message, error]);
        });
        port.start();
        match JsFuture::from(Promise::race(&Array::of2(
            &ready,
            &clock::delay(READY_DEADLINE_MS),
        )))
        .await
        {
            Ok(won) if won.is_truthy() => Ok(()),
            _ => Err(CallError::new(
                ErrorCode::Unknown,
                "The audio did not start: no sound device, or the worklet was stopped. Check the \
                 speaker, reload the page and try again.",
            )),
        }
    }

    /// Stops every track, so that the browser's recording indicator goes out, and closes the context:
    /// at once, or once what is on its way to the speaker was heard.
    pub fn stop(&self, let_ring_out: bool) {
        if self.stopped.replace(true) {
            return;
        }
        self.listeners.take();
        if let Some(stream) = self.stream.take() {
            microphone::stop(&stream);
        }
        let (context, node) = (self.context.clone(), self.node.take());
        let close = move || {
            if let Some(node) = &node {
                if let Ok(port) = node.port() {
                    let _ = port.post_message(&packet::CLOSE.into());
                }
                let _ = node.disconnect();
            }
            // Closing what was never running rejects in some engines, after all is stopped anyway.
            if let Ok(closed) = context.close() {
                settle(closed);
            }
        };
        if let_ring_out {
            let ring_out = clock::delay(self.output_latency_ms() + RING_OUT_MS);
            wasm_bindgen_futures::spawn_local(async move {
                let _ = JsFuture::from(ring_out).await;
                close();
            });
        } else {
            close();
        }
    }

    /// How long a sample takes from the graph to the ear, as far as the browser knows: a Bluetooth
    /// headset takes a quarter of a second.
    fn output_latency_ms(&self) -> f64 {
        Reflect::get(&self.context, &"outputLatency".into())
            .ok()
            .and_then(|seconds| seconds.as_f64())
            .filter(|seconds| (0.0..2.0).contains(seconds))
            .map_or(0.0, |seconds| seconds * 1_000.0)
    }
}

/// The line between worklet and call wing: gives the call wing's end.
fn open_line(node: &AudioWorkletNode) -> Result<MessagePort, JsValue> {
    let line = MessageChannel::new()?;
    let worklet_end = line.port1();
    node.port()?
        .post_message_with_transferable(&worklet_end, &Array::of1(&worklet_end))?;
    Ok(line.port2())
}

/// Nobody waits for this graph any more; nobody hears the error either.
fn called_off() -> CallError {
    CallError::new(ErrorCode::Unknown, "The call was called off.")
}

/// Lets a promise whose outcome changes nothing come to its end: a rejection that nobody handles would
/// be an error in the page.
fn settle(promise: Promise) {
    wasm_bindgen_futures::spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}

fn failed(what: &str, thrown: &Thrown) -> CallError {
    let message = [
        what,
        " (",
        &thrown.describe(),
        "). A Content-Security-Policy without blob: in script-src does that.",
    ];
    CallError {
        code: ErrorCode::Unknown,
        message: concat(&message),
    }
}
