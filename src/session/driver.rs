//! Runs a [`SessionState`]: brings it events and does what it says.

mod agent;
mod microphone;
mod timers;

use super::alarm::Alarm;
use super::event::{Effect, Event, Releaser};
use super::line::LOOK_EVERY_MS;
use super::line_watch::LineWatch;
use super::opus::decoder::OpusDecoder;
use super::opus::encoder::OpusEncoder;
use super::opus::format::FORMAT;
use super::send_buffer::SendBuffer;
use super::socket::{ABNORMAL_CLOSURE, Socket, SocketEvent};
use super::socket_frames::OutgoingFrame;
use super::state::SessionState;
use super::token;
use crate::browser::clock::{Timer, now_ms};
use crate::browser::engine;
use crate::browser::events::Listener;
use crate::browser::port;
use crate::event_queue::EventQueue;
use crate::protocol::audio_port;
use crate::protocol::frames;
use crate::protocol::session::{Connect, Dropped, SessionCommand, SessionUpdate};
use crate::protocol::sound::Sound;
use js_sys::Function;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, MessagePort};

/// A page that has not asked for us for so long stands still, and with it, in Firefox, the sockets of its Workers. Otherwise
/// it asks once a second.
const PAGE_STANDS_MS: f64 = 2_000.0;

/// One call's driver, alive as long as its listeners are.
pub struct SessionDriver {
    state: RefCell<SessionState>,
    events: EventQueue<Event>,
    page: MessagePort,
    /// Called when nothing is left to do, so that the Worker can close itself.
    on_idle: Function,
    /// Called with each socket, so that the page can close it where we share its thread and cannot any more.
    on_socket: Function,
    connect: RefCell<Option<Connect>>,
    audio: RefCell<Option<MessagePort>>,
    socket: RefCell<Option<Socket>>,
    deadline: Cell<Option<(Alarm, Timer)>>,
    /// Looks after a line that outlives its socket.
    next_look: Cell<Option<Timer>>,
    /// What the microphone gave and the socket has not taken.
    send_buffer: RefCell<SendBuffer<Sound>>,
    line_watch: RefCell<LineWatch>,
    /// When the page last asked for us; nothing where we are on its own thread.
    pinged_ms: Cell<Option<f64>>,
    /// Socket frames that nobody could read.
    malformed: Cell<u32>,
    /// The outgoing audio frame, built in place fifty times a second.
    frame: RefCell<OutgoingFrame>,
    /// What the microphone gave goes through it, where the call speaks Opus.
    encoder: RefCell<Option<Rc<OpusEncoder>>>,
    /// What comes from the server goes through it, where the call speaks Opus.
    decoder: RefCell<Option<Rc<OpusDecoder<Event>>>>,
    /// Looks after a decoder that owes something.
    decoder_look: Cell<Option<Timer>>,
    listeners: Cell<Vec<Listener>>,
}

impl SessionDriver {
    /// Serves the page at the other end of `page`, until the call is over.
    pub fn serve(page: MessagePort, on_idle: Function, on_socket: Function) {
        let driver = Rc::new(Self {
            state: RefCell::default(),
            events: EventQueue::default(),
            page: page.clone(),
            on_idle,
            on_socket,
            connect: RefCell::default(),
            audio: RefCell::default(),
            socket: RefCell::default(),
            deadline: Cell::default(),
            next_look: Cell::default(),
            send_buffer: RefCell::default(),
            line_watch: RefCell::default(),
            pinged_ms: Cell::default(),
            malformed: Cell::default(),
            frame: RefCell::default(),
            encoder: RefCell::default(),
            decoder: RefCell::default(),
            decoder_look: Cell::default(),
            listeners: Cell::default(),
        });
        driver.listen(&page, Self::from_page);
        driver.report(SessionUpdate::Ready);
    }

    /// Listens to a port for as long as the driver lives.
    fn listen(self: &Rc<Self>, port: &MessagePort, receive: fn(&Rc<Self>, &MessageEvent)) {
        let driver = self.clone();
        let listener = Listener::new(port, "message", move |event| {
            receive(&driver, event.unchecked_ref());
        });
        port.start();
        let mut listeners = self.listeners.take();
        listeners.push(listener);
        self.listeners.set(listeners);
    }

    fn from_page(self: &Rc<Self>, event: &MessageEvent) {
        match port::read(event) {
            Some(SessionCommand::Connect(connect)) => {
                self.connect.replace(Some(connect));
                self.look_for_opus();
                if engine::is_gecko() {
                    self.dispatch(Event::DelaysSockets);
                }
                self.dispatch(Event::Connect);
            }
            Some(SessionCommand::Join) => {
                if let Ok(port) = event.ports().get(0).dyn_into::<MessagePort>() {
                    self.listen(&port, Self::from_audio);
                    self.audio.replace(Some(port));
                    self.dispatch(Event::Joined);
                }
            }
            Some(SessionCommand::HangUp) => self.dispatch(Event::HangUp),
            Some(SessionCommand::Leave { released }) => self.dispatch(Event::Leave { released }),
            Some(SessionCommand::Ping) => {
                self.pinged_ms.set(Some(now_ms()));
                self.report(SessionUpdate::Pong);
            }
            Some(SessionCommand::Offline(offline)) => self.dispatch(Event::Offline(offline)),
            Some(SessionCommand::Shown) => self.dispatch(Event::TryNow),
            Some(SessionCommand::Released) => self.dispatch(Event::Released),
            None => {}
        }
    }

    /// Looks after a line that outlives its socket, for as long as there is one.
    fn look_after_line(self: &Rc<Self>) {
        if !self.state.borrow().has_line() {
            return;
        }
        let driver = self.clone();
        let next = Timer::after(LOOK_EVERY_MS, move || {
            driver.do_what_is_due();
            driver.send_what_waits();
            driver.look_after_line();
        });
        self.next_look.set(Some(next));
    }

    fn do_what_is_due(self: &Rc<Self>) {
        let mut state = self.state.borrow_mut();
        let Some(line) = state.line() else {
            return;
        };
        if self.page_stands() {
            line.start_anew(now_ms());
        }
        let due = line.due(now_ms());
        drop(state);
        if let Some(number) = due.ack {
            self.send_text(&frames::ack(number));
        }
        if due.ping {
            self.send_text(frames::PING);
        }
        if due.is_lost {
            self.dispatch(Event::Silent);
        }
    }

    fn page_stands(&self) -> bool {
        let stands = |pinged_ms| now_ms() - pinged_ms > PAGE_STANDS_MS;
        self.pinged_ms.get().is_some_and(stands)
    }

    fn send_text(&self, text: &str) {
        if let Some(socket) = self.socket.borrow().as_ref() {
            socket.send(text);
        }
    }

    fn from_socket(self: &Rc<Self>, event: SocketEvent) {
        match event {
            SocketEvent::Opened => self.dispatch(Event::SocketOpened),
            SocketEvent::Closed(code, reason) => {
                self.dispatch_in_order(Event::SocketClosed { code, reason });
            }
            SocketEvent::Message(data) => self.read(&data),
        }
    }

    fn control_audio(&self, code: u32) {
        if let Some(audio) = self.audio.borrow().as_ref() {
            let _ = audio.post_message(&code.into());
        }
    }

    fn report(&self, message: SessionUpdate) {
        let closed = message == SessionUpdate::Closed;
        if closed {
            let dropped = SessionUpdate::Dropped(Dropped {
                malformed: self.malformed.get(),
                late: self.late_packets(),
            });
            port::post(&self.page, &dropped, None);
        }
        port::post(&self.page, &message, None);
        if closed && !self.state.borrow().awaits_unwanted_token() {
            self.listeners.take();
            let _ = self.on_idle.call0(&JsValue::NULL);
        }
    }

    /// How many microphone packets came too late to be sent.
    fn late_packets(&self) -> u32 {
        let mut state = self.state.borrow_mut();
        let line = state.line().map_or(0, |line| line.sent.dropped());
        line + self.send_buffer.borrow().dropped()
    }

    /// Whether the browser has Opus is known long before the socket is open, or too late.
    fn look_for_opus(self: &Rc<Self>) {
        let driver = self.clone();
        spawn_local(async move {
            if FORMAT.is_supported().await {
                driver.dispatch(Event::HasOpus);
            }
        });
    }

    fn use_opus(self: &Rc<Self>) {
        let (driver, on_sound) = (Rc::downgrade(self), Rc::downgrade(self));
        let encoder = OpusEncoder::new(move || {
            if let Some(driver) = driver.upgrade() {
                driver.send_what_is_encoded();
            }
        });
        self.encoder.replace(Some(encoder));
        let decoder = OpusDecoder::new(move || {
            if let Some(driver) = on_sound.upgrade() {
                driver.take_what_is_decoded();
            }
        });
        self.decoder.replace(Some(decoder));
    }

    /// Brings the state an event; one that comes while another is being worked on waits its turn.
    fn dispatch(self: &Rc<Self>, event: Event) {
        self.events.dispatch(event, |event| {
            let effects = self.state.borrow_mut().on(event, now_ms());
            for effect in effects {
                self.perform(effect);
            }
        });
    }

    /// Brings the state an event once that is there. The driver lives on until then: a token that comes for a call that is
    /// over must be released.
    fn dispatch_later(self: &Rc<Self>, event: impl Future<Output = Event> + 'static) {
        let driver = self.clone();
        spawn_local(async move { driver.dispatch(event.await) });
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::RequestToken => {
                if let Some(connect) = self.connect.borrow().clone() {
                    self.dispatch_later(token::request(connect));
                }
            }
            Effect::OpenSocket(url) => {
                let driver = self.clone();
                match Socket::open(&url, move |event| driver.from_socket(event)) {
                    Some(socket) => {
                        let _ = self.on_socket.call1(&JsValue::UNDEFINED, socket.raw());
                        self.socket.replace(Some(socket));
                    }
                    None => self.dispatch(Event::SocketClosed {
                        code: ABNORMAL_CLOSURE,
                        reason: String::new(),
                    }),
                }
            }
            Effect::Send(text) => self.send_text(&text),
            Effect::UseOpus => self.use_opus(),
            Effect::WatchLine => self.look_after_line(),
            Effect::CloseSocket => drop(self.socket.take()),
            Effect::GiveUpSocket => {
                if let Some(socket) = self.socket.take() {
                    socket.give_up();
                }
            }
            Effect::ClearAudio => self.control_audio(audio_port::CLEAR),
            Effect::DrainAudio => self.control_audio(audio_port::DRAIN),
            Effect::HushAudio => self.control_audio(audio_port::HUSH),
            Effect::Arm(deadline, delay_ms) => self.arm(deadline, delay_ms),
            Effect::Disarm => drop(self.deadline.take()),
            Effect::Release(Releaser::Page) => self.report(SessionUpdate::Release),
            Effect::Release(Releaser::Session) => match self.connect.borrow().clone() {
                Some(connect) => self.dispatch_later(async {
                    token::release(connect).await;
                    Event::Released
                }),
                None => self.dispatch(Event::Released),
            },
            Effect::Report(message) => self.report(message),
        }
    }
}
