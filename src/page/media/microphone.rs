//! The microphone of a running call: its stream, how it is connected, and the next one
//! where it is lost.

use super::microphone_access;
use crate::browser::clock::now_ms;
use crate::browser::events::Listener;
use crate::browser::member;
use crate::browser::promise::{Outcome, when};
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AudioContext, AudioNode, MediaStream, MediaStreamAudioSourceNode, MediaStreamTrack};

/// A microphone that goes within this time of coming is not worth another try: a loose plug, or a driver
/// that opens what it cannot read.
const SHORTEST_LIFE_MS: f64 = 1_000.0;

/// A microphone on its way into the graph. Dropping it does not stop it: see [`Microphone::stop`].
pub struct Microphone {
    context: AudioContext,
    into: RefCell<AudioNode>,
    lost: Box<dyn Fn()>,
    stream: Cell<Option<MediaStream>>,
    source: RefCell<Option<MediaStreamAudioSourceNode>>,
    ended: Cell<Vec<Listener>>,
    since_ms: Cell<f64>,
    muted: Cell<bool>,
    stopped: Cell<bool>,
}

impl Microphone {
    /// Connects a stream; `lost` is called once no microphone is left.
    ///
    /// # Errors
    /// What the browser threw; the stream is still live then, for another way.
    pub fn start(
        context: &AudioContext,
        into: &AudioNode,
        stream: MediaStream,
        lost: impl Fn() + 'static,
    ) -> Result<Rc<Self>, JsValue> {
        let capture = Rc::new(Self {
            context: context.clone(),
            into: RefCell::new(into.clone()),
            lost: Box::new(lost),
            stream: Cell::default(),
            source: RefCell::default(),
            ended: Cell::default(),
            since_ms: Cell::new(0.0),
            muted: Cell::new(false),
            stopped: Cell::new(false),
        });
        if let Err(thrown) = capture.take(&stream) {
            capture.stopped.set(true);
            capture.disconnect();
            return Err(thrown);
        }
        Ok(capture)
    }

    /// From now on the microphone leads into this node alone.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn lead_into(&self, node: &AudioNode) -> Result<(), JsValue> {
        self.into.replace(node.clone());
        if let Some(source) = self.source.borrow().as_ref() {
            let _ = source.disconnect();
            source.connect_with_audio_node(node)?;
        }
        Ok(())
    }

    fn take(self: &Rc<Self>, stream: &MediaStream) -> Result<(), JsValue> {
        // By Rust's `Clone`, another handle of the same stream: `stream.clone()` is JavaScript's, whose
        // copy has live tracks of its own, and would leave the microphone open for ever.
        self.stream.set(Some(Clone::clone(stream)));
        microphone_access::enable(stream, !self.muted.get());
        self.since_ms.set(now_ms());
        self.connect(stream)
    }

    fn connect(self: &Rc<Self>, stream: &MediaStream) -> Result<(), JsValue> {
        let source = self.context.create_media_stream_source(stream)?;
        source.connect_with_audio_node(&self.into.borrow())?;
        self.source.replace(Some(source));
        for track in stream.get_audio_tracks().iter() {
            let track: MediaStreamTrack = track.unchecked_into();
            let this = self.clone();
            let ended = Listener::to(&track, "ended", move |_| this.ended());
            let mut all = self.ended.take();
            all.push(ended);
            self.ended.set(all);
            // It may have ended before we listened.
            if member::is(&track, "readyState", "ended") {
                self.ended();
            }
        }
        Ok(())
    }

    /// Unplugged, or taken away by the system: the browser gives the next microphone that there is. A
    /// visitor who has allowed one is not asked again.
    fn ended(self: &Rc<Self>) {
        let this = self.clone();
        // Not inside the listener, which is dropped with the microphone.
        when(&Promise::resolve(&JsValue::NULL), move |_| {
            if this.stopped.get() {
                return;
            }
            this.let_go();
            let lived_ms = now_ms() - this.since_ms.get();
            let asked = (lived_ms > SHORTEST_LIFE_MS).then(microphone_access::ask);
            match asked {
                Some(Ok(asked)) => when(&asked, move |next| this.go_on(next)),
                _ => (this.lost)(),
            }
        });
    }

    /// With the next microphone, if there is one.
    fn go_on(self: &Rc<Self>, next: Outcome) {
        let next = next.map(JsCast::unchecked_into);
        if self.stopped.get() {
            if let Ok(next) = next {
                microphone_access::stop(&next);
            }
        } else if next.and_then(|next| self.take(&next)).is_err() {
            self.stop();
            (self.lost)();
        }
    }

    /// The microphone that is in use, if there is one just now.
    pub fn stream(&self) -> Option<MediaStream> {
        let stream = self.stream.take();
        self.stream.set(Clone::clone(&stream));
        stream
    }

    /// Mutes this microphone and those that take its place, or lets the visitor be heard again.
    pub fn mute(&self, muted: bool) {
        self.muted.set(muted);
        if let Some(stream) = self.stream() {
            microphone_access::enable(&stream, !muted);
        }
    }

    /// Takes another microphone instead.
    pub fn change(self: &Rc<Self>, next: MediaStream) {
        self.let_go();
        self.go_on(Ok(next.into()));
    }

    fn disconnect(&self) {
        self.ended.take();
        if let Some(source) = self.source.take() {
            let _ = source.disconnect();
        }
    }

    fn let_go(&self) {
        self.disconnect();
        if let Some(stream) = self.stream.take() {
            microphone_access::stop(&stream);
        }
    }

    /// Stops every track: the recording indicator goes out.
    pub fn stop(&self) {
        self.stopped.set(true);
        self.let_go();
    }
}
