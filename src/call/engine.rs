//! CALL WORKER. Runs a [`Session`]: brings it events and does what it says.

use super::backlog::Backlog;
use super::session::{Deadline, Effect, Event, Session};
use super::socket::{ABNORMAL_CLOSURE, Socket, SocketEvent};
use super::token;
use super::wire::{self, ServerFrame};
use crate::realm::channel;
use crate::realm::clock::{Timer, now_ms};
use crate::realm::listening::Listening;
use crate::shared::inbox::Inbox;
use crate::shared::message::{CallToPage, Connect, PageToCall};
use crate::shared::packet;
use js_sys::{ArrayBuffer, Function, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, MessagePort};

/// More of a kind are told as so many: twelve bits.
const MOST_COUNTED: u32 = 4_095;

/// One call's engine, alive as long as its listeners are.
pub struct Engine {
    session: RefCell<Session>,
    inbox: Inbox<Event>,
    page: MessagePort,
    /// Called when nothing is left to do, so that the Worker can close itself.
    on_idle: Function,
    connect: RefCell<Option<Connect>>,
    audio: RefCell<Option<MessagePort>>,
    socket: RefCell<Option<Socket>>,
    deadline: Cell<Option<Timer>>,
    /// What the microphone gave and the socket has not taken.
    backlog: RefCell<Backlog<Vec<u8>>>,
    /// Socket frames that nobody could read.
    malformed: Cell<u32>,
    /// The outgoing audio frame, built in place fifty times a second.
    frame: RefCell<String>,
    listeners: Cell<Vec<Listening>>,
}

impl Engine {
    /// Serves the page at the other end of `page`, until the call is over.
    pub fn serve(page: MessagePort, on_idle: Function) {
        let engine = Rc::new(Self {
            session: RefCell::default(),
            inbox: Inbox::default(),
            page: page.clone(),
            on_idle,
            connect: RefCell::default(),
            audio: RefCell::default(),
            socket: RefCell::default(),
            deadline: Cell::default(),
            backlog: RefCell::default(),
            malformed: Cell::default(),
            frame: RefCell::default(),
            listeners: Cell::default(),
        });
        engine.listen(&page, Self::from_page);
        engine.report(CallToPage::Ready);
    }

    /// Listens to a port for as long as the engine lives.
    fn listen(self: &Rc<Self>, port: &MessagePort, hear: fn(&Rc<Self>, &MessageEvent)) {
        let engine = self.clone();
        let listener = Listening::to(port, "message", move |event| {
            hear(&engine, event.unchecked_ref());
        });
        port.start();
        let mut listeners = self.listeners.take();
        listeners.push(listener);
        self.listeners.set(listeners);
    }

    fn from_page(self: &Rc<Self>, event: &MessageEvent) {
        match PageToCall::from_fields(channel::read(&event.data())) {
            Some(PageToCall::Connect(connect)) => {
                self.connect.replace(Some(connect));
                self.tell(Event::Connect);
            }
            Some(PageToCall::Join) => {
                if let Ok(port) = event.ports().get(0).dyn_into::<MessagePort>() {
                    self.listen(&port, Self::from_audio);
                    self.audio.replace(Some(port));
                    self.tell(Event::Joined);
                }
            }
            Some(PageToCall::HangUp) => self.tell(Event::HangUp),
            Some(PageToCall::Leave) => self.tell(Event::Leave),
            None => {}
        }
    }

    fn from_audio(self: &Rc<Self>, event: &MessageEvent) {
        let data = event.data();
        if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
            self.speak(Uint8Array::new(buffer).to_vec());
        } else if data.as_f64() == Some(f64::from(packet::DRAINED)) {
            self.tell(Event::Drained);
        }
    }

    /// Sends a microphone packet, after those that the socket could not take before it.
    fn speak(&self, packet: Vec<u8>) {
        let mut backlog = self.backlog.borrow_mut();
        let socket = self.socket.borrow();
        let Some(socket) = socket.as_ref().filter(|_| self.session.borrow().speaks()) else {
            return backlog.clear();
        };
        backlog.push(now_ms(), packet);
        let mut frame = self.frame.borrow_mut();
        while let Some(packet) = backlog.next(socket.unsent_bytes()) {
            wire::write_audio(&mut frame, &packet);
            socket.send(&frame);
        }
    }

    fn from_socket(self: &Rc<Self>, event: SocketEvent) {
        match event {
            SocketEvent::Opened => self.tell(Event::SocketOpened),
            SocketEvent::Closed(code, reason) => self.tell(Event::SocketClosed { code, reason }),
            SocketEvent::Text(text) => match wire::read(&text) {
                Some(ServerFrame::Audio(pcm)) => self.play(&pcm),
                Some(frame) => self.tell(Event::Frame(frame)),
                None => self.malformed.set(self.malformed.get() + 1),
            },
        }
    }

    /// Sound of a call that is not running, or already played out, is dropped.
    fn play(self: &Rc<Self>, pcm: &[u8]) {
        if !self.session.borrow().hears() {
            return;
        }
        self.tell(Event::Audio { bytes: pcm.len() });
        if let Some(audio) = self.audio.borrow().as_ref() {
            // Cloned: that costs less than giving it away.
            let _ = audio.post_message(&Uint8Array::from(pcm).buffer());
        }
    }

    fn word_to_audio(&self, word: u32) {
        if let Some(audio) = self.audio.borrow().as_ref() {
            let _ = audio.post_message(&word.into());
        }
    }

    fn report(&self, message: CallToPage) {
        let closed = message == CallToPage::Closed;
        if closed {
            let late = self.backlog.borrow().dropped().min(MOST_COUNTED);
            let dropped = CallToPage::Dropped(self.malformed.get().min(MOST_COUNTED) | late << 12);
            channel::post(&self.page, dropped.into_fields(), None);
        }
        channel::post(&self.page, message.into_fields(), None);
        if closed && !self.session.borrow().awaits_unwanted_token() {
            self.listeners.take();
            let _ = self.on_idle.call0(&JsValue::NULL);
        }
    }

    /// Brings the session an event; one that comes while another is being worked on waits its turn.
    fn tell(self: &Rc<Self>, event: Event) {
        self.inbox.work_on(event, |event| {
            let effects = self.session.borrow_mut().on(event, now_ms());
            for effect in effects {
                self.perform(effect);
            }
        });
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::RequestToken => {
                let engine = self.clone();
                if let Some(connect) = self.connect.borrow().as_ref() {
                    token::request(connect, move |event| engine.tell(event));
                }
            }
            Effect::OpenSocket(url) => {
                let engine = self.clone();
                match Socket::open(&url, move |event| engine.from_socket(event)) {
                    Some(socket) => drop(self.socket.replace(Some(socket))),
                    None => self.tell(Event::SocketClosed {
                        code: ABNORMAL_CLOSURE,
                        reason: String::new(),
                    }),
                }
            }
            Effect::Send(text) => {
                if let Some(socket) = self.socket.borrow().as_ref() {
                    socket.send(text);
                }
            }
            Effect::CloseSocket => drop(self.socket.take()),
            Effect::ClearAudio => self.word_to_audio(packet::CLEAR),
            Effect::DrainAudio => self.word_to_audio(packet::DRAIN),
            Effect::HushAudio => self.word_to_audio(packet::HUSH),
            Effect::Arm(deadline, delay_ms) => self.arm(deadline, delay_ms),
            Effect::Disarm => drop(self.deadline.take()),
            Effect::Release => {
                let engine = self.clone();
                match self.connect.borrow().as_ref() {
                    Some(connect) => token::release(connect, move || engine.tell(Event::Released)),
                    None => self.tell(Event::Released),
                }
            }
            Effect::Report(message) => self.report(message),
        }
    }

    fn arm(self: &Rc<Self>, deadline: Deadline, delay_ms: f64) {
        let engine = self.clone();
        let timer = Timer::after(delay_ms, move || engine.tell(Event::Late(deadline)));
        self.deadline.set(Some(timer));
    }
}
