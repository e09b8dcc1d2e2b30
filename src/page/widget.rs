//! One host and its call: brings the state machine what happens and does what it says.

mod controls;

use super::call_bar::{BarUpdate, CallBar};
use super::call_lock::CallLock;
use super::call_state::{CallEffect, CallEvent, CallState};
use super::media::audio_graph::{AudioEvent, AudioGraph};
use super::media::microphone_access;
use super::media::worklet_node::WorkletEvent;
use super::options::{Options, UI_ATTRIBUTE};
use super::realms::Realms;
use super::session_client::{SessionClient, SessionEvent};
use super::view::host::Host;
use super::view::host_view::HostView;
use super::view::view_model;
use super::{custom_events, visitor_id};
use crate::browser::clock::{Timer, now_ms};
use crate::browser::exception::Exception;
use crate::error::CallError;
use crate::event_queue::EventQueue;
use crate::protocol::session::{Connect, SessionUpdate};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{HtmlElement, MessagePort};

/// How long the end of a call, or an error, stays to be read.
const SETTLE_MS: f64 = 6_000.0;

/// What one call holds on the page, from the click to its end.
struct Call {
    session: Rc<SessionClient>,
    audio: Rc<AudioGraph>,
    audio_port: Option<MessagePort>,
    lock: Option<CallLock>,
}

/// One bound host.
pub struct Widget {
    realms: Realms,
    host: Host,
    view: HostView,
    options: RefCell<Options>,
    /// The number of its latest mount; 0 for a host that is only marked up.
    mount: Cell<u32>,
    /// The embed's id when it was bound, or last called.
    known_id: RefCell<String>,
    call_state: Cell<CallState>,
    /// Its name, as it was drawn.
    state: Cell<&'static str>,
    /// Counts calls: what an earlier call's tasks bring late is told by its number, and dropped.
    number: Cell<u32>,
    call: RefCell<Option<Call>>,
    events: EventQueue<CallEvent>,
    /// The visitor is not to be heard, in this call or the next.
    muted: Cell<bool>,
    /// While a call runs.
    bar: RefCell<Option<CallBar>>,
    ticking: Cell<Option<Timer>>,
    settling: Cell<Option<Timer>>,
}

impl Widget {
    /// Binds an element, and changes nothing about it yet; nothing where it belongs to no document.
    pub fn bind(realms: &Realms, element: HtmlElement, options: Options) -> Option<Rc<Self>> {
        let view = HostView::new(element.owner_document()?);
        let widget = Rc::new_cyclic(|this: &std::rc::Weak<Self>| {
            let this = this.clone();
            let host = Host::new(element, move || {
                if let Some(widget) = this.upgrade() {
                    widget.dispatch(CallEvent::Click { at_ms: now_ms() });
                }
            });
            Self {
                realms: realms.clone(),
                host,
                view,
                options: RefCell::new(options),
                mount: Cell::new(0),
                known_id: RefCell::default(),
                call_state: Cell::new(CallState::Idle),
                state: Cell::new("idle"),
                number: Cell::new(0),
                call: RefCell::default(),
                events: EventQueue::default(),
                muted: Cell::new(false),
                bar: RefCell::default(),
                ticking: Cell::default(),
                settling: Cell::default(),
            }
        });
        Some(widget)
    }

    /// Reads its options and shows itself. Whoever keeps the hosts knows it by now: the page's own code may
    /// run in both, and mount or destroy what is just being bound.
    pub fn appear(self: &Rc<Self>) {
        self.known_id.replace(self.embed_id());
        self.draw();
        self.host.behave_like_a_button();
    }

    /// The customer's element.
    pub fn element(&self) -> &HtmlElement {
        self.host.element()
    }

    /// Never borrowed while they are read: the page's object may have getters, which call us.
    fn options(&self) -> Options {
        self.options.borrow().clone()
    }

    /// The embed's id as it stands now.
    pub fn embed_id(&self) -> String {
        self.options().embed_id(self.element())
    }

    /// Notes the number of its latest mount.
    pub fn mounted(&self, number: u32) {
        self.mount.set(number);
    }

    /// Whether that mount was its latest.
    pub fn is_mounted_as(&self, number: u32) -> bool {
        self.mount.get() == number
    }

    /// Whether it was mounted, and not only marked up.
    pub fn is_mounted(&self) -> bool {
        self.mount.get() != 0
    }

    /// Whether the page has given it another id since it was bound, or last called.
    pub fn is_remarked(&self) -> bool {
        let id = self.embed_id();
        *self.known_id.borrow() != id
    }

    /// Replaces the options of a host that is bound already; a running call goes on.
    pub fn rebind(self: &Rc<Self>, options: Options) {
        self.options.replace(options);
        // It may be ours.
        self.host.restore(UI_ATTRIBUTE);
        self.draw();
    }

    /// Ends a running call and leaves the host as it was found.
    pub fn destroy(self: &Rc<Self>) {
        self.dispatch(CallEvent::Stop { at_ms: now_ms() });
        self.ticking.take();
        self.settling.take();
        self.bar.take();
        self.view.remove(self.element());
        self.host.unbind();
    }

    /// Takes what happens; what comes while something is being worked on waits its turn.
    pub fn dispatch(self: &Rc<Self>, event: CallEvent) {
        self.events.dispatch(event, |event| {
            let (call_state, effects) = self.call_state.get().on(event);
            self.call_state.set(call_state);
            self.draw();
            for effect in effects {
                self.perform(effect);
            }
        });
    }

    fn perform(self: &Rc<Self>, effect: CallEffect) {
        match effect {
            CallEffect::Begin => self.begin(),
            CallEffect::Authorize => self.authorize(),
            CallEffect::Join => self.with_call(|call| {
                if let Some(port) = call.audio_port.take() {
                    call.session.join(port);
                }
            }),
            CallEffect::Finish { let_ring_out } => {
                self.muted.set(false);
                if let Some(call) = self.call.take() {
                    call.audio.stop(let_ring_out);
                    call.session.hang_up();
                }
            }
            CallEffect::Leave => {
                self.muted.set(false);
                if let Some(call) = self.call.take() {
                    call.session.leave();
                    call.audio.stop(false);
                }
            }
            CallEffect::SettleLater => {
                let this = self.clone();
                let settle = Timer::after(SETTLE_MS, move || this.dispatch(CallEvent::Settled));
                self.settling.set(Some(settle));
            }
            CallEffect::EmitStart => custom_events::start(self.element()),
            CallEffect::EmitEnd { duration_ms } => custom_events::end(self.element(), duration_ms),
            CallEffect::EmitError(error) => custom_events::error(self.element(), &error),
        }
    }

    /// All that starts with the click, side by side: microphone, audio worklet, session, lock.
    fn begin(self: &Rc<Self>) {
        self.settling.take();
        let number = self.number.get().wrapping_add(1);
        self.number.set(number);
        let embed_id = self.embed_id();
        if embed_id.is_empty() {
            return self.fail(CallError::NoEmbedId);
        }
        self.known_id.replace(embed_id.clone());
        let audio = match AudioGraph::begin(&self.realms) {
            Ok(audio) => audio,
            Err(error) => return self.fail(error),
        };
        let this = self.clone();
        let session = SessionClient::open(
            &self.realms,
            Rc::new(move |event| this.during(number, |this| this.hear_call(event))),
        );
        self.call.replace(Some(Call {
            session,
            audio: audio.clone(),
            audio_port: None,
            lock: None,
        }));
        let (this, hear) = (self.clone(), self.clone());
        audio.run(
            &self.realms,
            Rc::new(move |event| hear.during(number, |this| this.hear_audio(&event))),
            Box::new(move |port| this.during(number, |this| this.has_sound(port))),
        );
        let this = self.clone();
        microphone_access::when_allowed(move || {
            this.during(number, |this| this.dispatch(CallEvent::MicrophoneAllowed));
        });
        let this = self.clone();
        CallLock::acquire(embed_id, move |lock| {
            this.during(number, |this| this.has_lock(lock));
        });
    }

    fn has_sound(self: &Rc<Self>, port: Result<MessagePort, CallError>) {
        match port {
            Ok(port) => {
                self.mute_capture();
                self.with_call(|call| call.audio_port = Some(port));
                self.dispatch(CallEvent::MicrophoneReady);
            }
            Err(error) => self.fail(error),
        }
    }

    fn has_lock(self: &Rc<Self>, lock: Option<CallLock>) {
        if lock.is_some() {
            self.with_call(|call| call.lock = lock);
            self.dispatch(CallEvent::LockAcquired);
        } else {
            self.fail(CallError::LockHeld);
        }
    }

    fn authorize(self: &Rc<Self>) {
        let number = self.number.get();
        let options = self.options();
        let this = self.clone();
        options.clone().turnstile_token(move |token| {
            this.during(number, |this| this.connect(&options, token));
        });
    }

    fn connect(self: &Rc<Self>, options: &Options, token: Result<Option<String>, JsValue>) {
        let turnstile_token = match token {
            Ok(token) => token,
            Err(thrown) => {
                let why = Exception::from(thrown).describe();
                return self.fail(CallError::TurnstileFailed { why });
            }
        };
        let host = self.element();
        let connect = Connect {
            api_url: options.api_url(host),
            wss_url: options.wss_url(host),
            embed_id: options.embed_id(host),
            browser_id: visitor_id::browser_id(),
            turnstile_token,
        };
        self.with_call(|call| call.session.connect(connect, call.lock.take()));
    }

    /// Does something for a call, unless that call is over.
    fn during(self: &Rc<Self>, number: u32, work: impl FnOnce(&Rc<Self>)) {
        if self.number.get() == number && self.call.borrow().is_some() {
            work(self);
        }
    }

    fn with_call(&self, work: impl FnOnce(&mut Call)) {
        if let Some(call) = self.call.borrow_mut().as_mut() {
            work(call);
        }
    }

    fn fail(self: &Rc<Self>, error: CallError) {
        self.dispatch(CallEvent::Failed {
            error: error.into(),
            at_ms: now_ms(),
        });
    }

    fn hear_call(self: &Rc<Self>, event: SessionEvent) {
        match event {
            SessionEvent::Said(SessionUpdate::Started { at_ms }) => {
                self.dispatch(CallEvent::Started { at_ms });
            }
            SessionEvent::Said(SessionUpdate::Ending) => self.dispatch(CallEvent::Ending),
            SessionEvent::Said(SessionUpdate::Ended { at_ms }) => {
                self.dispatch(CallEvent::Ended { at_ms })
            }
            SessionEvent::Said(SessionUpdate::Failed { error, at_ms }) => {
                self.dispatch(CallEvent::Failed { error, at_ms });
            }
            SessionEvent::Said(SessionUpdate::Transcript(transcript)) => {
                self.update_bar(&BarUpdate::Transcript(&transcript));
                custom_events::transcript(self.element(), &transcript);
            }
            SessionEvent::Said(_) => {}
            SessionEvent::Died => self.fail(CallError::WorkerStopped),
        }
    }

    fn hear_audio(self: &Rc<Self>, event: &AudioEvent) {
        match event {
            AudioEvent::Worklet(WorkletEvent::Levels(microphone, agent)) => {
                let (microphone, agent) = (*microphone, *agent);
                self.view.level(microphone, agent);
                self.update_bar(&BarUpdate::Levels { microphone, agent });
            }
            AudioEvent::MicrophoneLost => self.fail(CallError::MicrophoneLost),
            AudioEvent::Worklet(WorkletEvent::Died) => self.fail(CallError::AudioStopped),
        }
    }

    /// Puts right what the page has done to its element meanwhile: a framework that re-renders may drop
    /// what we have drawn, or the content that a host had when it was bound.
    pub fn tend(self: &Rc<Self>) {
        if self.view.is_drawn() || self.element().first_child().is_none() {
            self.draw();
        }
    }

    /// Draws the state as it is now, and sees to it that the timer goes on.
    pub fn draw(self: &Rc<Self>) {
        if !self.host.is_bound() {
            return;
        }
        let model = view_model::view(self.call_state.get(), now_ms());
        self.state.set(model.state);
        let options = self.options();
        self.view.show(&self.host, &model, &options);
        if !self.host.is_bound() {
            return;
        }
        self.draw_bar(&model, &options);
        match self.ticking.take().filter(|_| model.meter) {
            None => self.tick(),
            ticking => self.ticking.set(ticking),
        }
    }

    fn tick(self: &Rc<Self>) {
        let (CallState::Live { since_ms } | CallState::Ending { since_ms }) = self.call_state.get()
        else {
            return;
        };
        // The next full second of the call, so that no second is skipped.
        let rest_ms = f64::from(1_000 - (now_ms() - since_ms) as u32 % 1_000);
        let this = self.clone();
        let timer = Timer::after(rest_ms, move || {
            this.ticking.take();
            this.draw();
        });
        self.ticking.set(Some(timer));
    }
}
