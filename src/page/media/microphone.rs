//! The microphone of a running call: its stream, how it is connected, and the next one
//! where it is lost, or where the system's default is another.

use super::chosen_microphone;
use super::default_microphone;
use super::microphone_access::{self, MicrophoneStream};
use super::microphone_error;
use crate::browser::clock::now_ms;
use crate::browser::events::{Listener, PageListener};
use crate::browser::member;
use crate::error::CallError;
use crate::page::kill_list;
use crate::page::realms::Realms;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AudioContext, AudioNode, MediaStream, MediaStreamAudioSourceNode};

/// A microphone that goes within this time of coming is not worth another try: a loose plug, or a driver
/// that opens what it cannot read.
const SHORTEST_LIFE_MS: f64 = 1_000.0;

/// What happens to a microphone.
pub enum MicrophoneEvent {
    /// It gives silence, by the system's will or a switch of its own, or sound again.
    Silenced(bool),
    /// It is gone, and there is no other, for this reason.
    Lost(CallError),
}

/// A microphone on its way into the graph.
pub struct Microphone {
    this: Weak<Self>,
    realms: Realms,
    context: RefCell<AudioContext>,
    into: RefCell<Option<AudioNode>>,
    notify: Box<dyn Fn(MicrophoneEvent)>,
    stream: RefCell<Option<MicrophoneStream>>,
    source: RefCell<Option<MediaStreamAudioSourceNode>>,
    listeners: Cell<Vec<Listener>>,
    /// The system's default one, as it was last seen.
    default: RefCell<Option<String>>,
    _devices: PageListener,
    since_ms: Cell<f64>,
    muted: Cell<bool>,
    stopped: Cell<bool>,
}

impl Microphone {
    /// Takes a stream, which leads nowhere yet; `notify` is told of what happens to it.
    pub fn new(
        realms: &Realms,
        context: &AudioContext,
        stream: MicrophoneStream,
        notify: impl Fn(MicrophoneEvent) + 'static,
    ) -> Rc<Self> {
        let microphone = Rc::new_cyclic(|this| Self {
            this: this.clone(),
            realms: realms.clone(),
            context: RefCell::new(context.clone()),
            into: RefCell::default(),
            notify: Box::new(notify),
            stream: RefCell::new(Some(stream)),
            source: RefCell::default(),
            listeners: Cell::default(),
            default: RefCell::default(),
            _devices: follow_default(this),
            since_ms: Cell::new(now_ms()),
            muted: Cell::new(false),
            stopped: Cell::new(false),
        });
        look_at_default(&microphone.this);
        microphone
    }

    /// From now on the microphone leads into this node alone.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn lead_into(&self, node: &AudioNode) -> Result<(), JsValue> {
        self.into.replace(Some(node.clone()));
        if let Some(source) = self.source.borrow().as_ref() {
            let _ = source.disconnect();
            return source.connect_with_audio_node(node).map(drop);
        }
        self.connect()
    }

    /// Whether its context takes it.
    ///
    /// # Errors
    /// What the browser threw where it does not.
    pub fn fits(&self) -> Result<(), JsValue> {
        let stream = self.stream.borrow();
        let Some(stream) = stream.as_ref() else {
            return Ok(());
        };
        let context = self.context.borrow();
        context.create_media_stream_source(stream.get()).map(drop)
    }

    /// From now on its sources are made in this context; one that leads somewhere leads nowhere until it is led again.
    pub fn move_to(&self, context: &AudioContext) {
        self.context.replace(context.clone());
        self.into.take();
        if let Some(source) = self.source.take() {
            let _ = source.disconnect();
        }
    }

    /// Makes a source of the stream that is there, and listens to its end.
    fn connect(&self) -> Result<(), JsValue> {
        let stream = self.stream.borrow();
        let into = self.into.borrow();
        let (Some(stream), Some(into)) = (stream.as_ref(), into.as_ref()) else {
            return Ok(());
        };
        let source = self
            .context
            .borrow()
            .create_media_stream_source(stream.get())?;
        source.connect_with_audio_node(into)?;
        self.source.replace(Some(source));
        let mut listeners = Vec::new();
        for track in stream.tracks() {
            let this = self.this.clone();
            listeners.push(Listener::new(&track, "ended", move |_| recover(&this)));
            for (event, silenced) in [("mute", true), ("unmute", false)] {
                let this = self.this.clone();
                listeners.push(Listener::new(&track, event, move |_| {
                    if let Some(this) = this.upgrade() {
                        (this.notify)(MicrophoneEvent::Silenced(silenced));
                    }
                }));
            }
            // It may have ended before we listened.
            if member::is(&track, "readyState", "ended") {
                recover(&self.this);
            }
        }
        self.listeners.set(listeners);
        Ok(())
    }

    /// Takes the next microphone, if it is there.
    fn go_on(&self, next: Result<MicrophoneStream, CallError>) {
        // Who has been stopped meanwhile drops it, and so stops it.
        if self.stopped.get() {
            return;
        }
        let taken = next.and_then(|next| {
            next.enable(!self.muted.get());
            self.since_ms.set(now_ms());
            self.stream.replace(Some(next));
            self.connect().map_err(|_| CallError::MicrophoneLost)?;
            // Whatever the last one was.
            (self.notify)(MicrophoneEvent::Silenced(false));
            Ok(())
        });
        if let Err(why) = taken {
            self.stop();
            (self.notify)(MicrophoneEvent::Lost(microphone_error::in_mid_call(why)));
        }
    }

    /// The stream that is in use, if there is one just now.
    pub fn stream(&self) -> Option<MediaStream> {
        let stream = self.stream.borrow();
        // By Rust's `Clone`, another handle of the same stream: `stream.clone()` is JavaScript's, whose
        // copy has live tracks of its own, and would leave the microphone open for ever.
        stream.as_ref().map(|stream| Clone::clone(stream.get()))
    }

    /// Mutes this microphone and those that take its place, or lets the visitor be heard again.
    pub fn mute(&self, muted: bool) {
        self.muted.set(muted);
        if let Some(stream) = self.stream.borrow().as_ref() {
            stream.enable(!muted);
        }
    }

    /// Takes another microphone instead, which the visitor has chosen.
    pub fn change(&self, next: MediaStream) {
        kill_list::keep_microphone(&next);
        let next = MicrophoneStream::new(next);
        if let Some(id) = next.device_id() {
            chosen_microphone::set(&id);
        }
        self.let_go();
        self.go_on(Ok(next));
    }

    /// Whether there is one just now, and it is not the one that the visitor has chosen.
    fn is_unchosen(&self) -> bool {
        let stream = self.stream.borrow();
        let chosen = chosen_microphone::get();
        let is_chosen =
            |stream: &MicrophoneStream| chosen.is_some() && stream.device_id() == chosen;
        stream.as_ref().is_some_and(|stream| !is_chosen(stream))
    }

    /// Disconnects the stream and stops its tracks.
    fn let_go(&self) {
        self.listeners.take();
        if let Some(source) = self.source.take() {
            let _ = source.disconnect();
        }
        self.stream.take();
    }

    /// Stops every track: the recording indicator goes out.
    pub fn stop(&self) {
        self.stopped.set(true);
        self.let_go();
    }
}

/// Unplugged, or taken away by the system: the browser gives the next microphone that there is. A
/// visitor who has allowed one is not asked again.
fn recover(microphone: &Weak<Microphone>) {
    let microphone = microphone.clone();
    spawn_local(async move {
        let Some(this) = microphone.upgrade().filter(|this| !this.stopped.get()) else {
            return;
        };
        this.let_go();
        let lived_ms = now_ms() - this.since_ms.get();
        let next = if lived_ms > SHORTEST_LIFE_MS {
            microphone_access::next(&this.realms).await
        } else {
            Err(CallError::MicrophoneLost)
        };
        this.go_on(next);
    });
}

/// Looks whenever devices come or go, or another is made the default one.
fn follow_default(microphone: &Weak<Microphone>) -> PageListener {
    let microphone = microphone.clone();
    let devices = microphone_access::devices();
    PageListener::new(devices.unchecked_ref(), "devicechange", move |_| {
        look_at_default(&microphone);
    })
}

/// Takes the system's default microphone where that is another than before and the visitor has chosen none. Where the visitor
/// would be asked again, the one in use stays.
fn look_at_default(microphone: &Weak<Microphone>) {
    let microphone = microphone.clone();
    spawn_local(async move {
        let now = default_microphone::find(&microphone_access::devices()).await;
        let Some(this) = microphone.upgrade().filter(|_| now.is_some()) else {
            return;
        };
        let before = this.default.replace(now.clone());
        if before.is_some()
            && before != now
            && this.is_unchosen()
            && microphone_access::is_allowed().await
            && let Ok(next) = microphone_access::next(&this.realms).await
        {
            this.let_go();
            this.go_on(Ok(next));
        }
    });
}
