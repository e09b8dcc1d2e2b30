//! MAIN THREAD. The line to the call wing: a Worker, or the same engine on this thread where a Worker
//! is refused or does not wake up.
//!
//! A link outlives its call for as long as the call wing needs to release the token; it keeps itself
//! alive until then, and the visitor's place with it.

use super::counted;
use super::environment::Environment;
use super::visitor::Place;
use super::window::window;
use crate::realm::channel;
use crate::realm::clock::Timer;
use crate::realm::http;
use crate::realm::listening::Listening;
use crate::shared::endpoint::{RELEASE_PATH, body, endpoint};
use crate::shared::message::{CallToPage, Connect, PageToCall};
use js_sys::{Array, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessageEvent, MessagePort, Worker};

/// A Worker that has not reported by then is taken for refused. Waking one takes tens of milliseconds
/// on a slow phone.
const READY_DEADLINE_MS: f64 = 5_000.0;

/// What a link tells the launcher.
pub enum LinkEvent {
    /// The call wing reports.
    Said(CallToPage),
    /// The call wing died in the middle of its work.
    Died,
}

/// Who hears what a link tells.
pub type Listener = Rc<dyn Fn(LinkEvent)>;

/// The line to one call.
pub struct CallLink {
    environment: Environment,
    port: RefCell<Option<MessagePort>>,
    worker: Cell<Option<Worker>>,
    listeners: Cell<Vec<Listening>>,
    ready_deadline: Cell<Option<Timer>>,
    ready: Cell<bool>,
    /// Asked for before the call wing was ready.
    waiting: Cell<Vec<(PageToCall, Option<MessagePort>)>>,
    /// A token is out that the call wing has not begun to release.
    granted: Cell<bool>,
    connect: RefCell<Option<Connect>>,
    place: Cell<Option<Place>>,
    tell: RefCell<Option<Listener>>,
}

impl CallLink {
    /// Wakes the call wing.
    pub fn open(environment: &Environment, tell: Listener) -> Rc<Self> {
        let link = Rc::new(Self {
            environment: environment.clone(),
            port: RefCell::default(),
            worker: Cell::default(),
            listeners: Cell::default(),
            ready_deadline: Cell::default(),
            ready: Cell::new(false),
            waiting: Cell::default(),
            granted: Cell::new(false),
            connect: RefCell::default(),
            place: Cell::default(),
            tell: RefCell::new(Some(tell)),
        });
        match environment.make_worker() {
            Ok(worker) => link.serve_in(worker),
            Err(_) => link.serve_here(),
        }
        link
    }

    fn serve_in(self: &Rc<Self>, worker: Worker) {
        let Some(far_end) = self.new_channel() else {
            return;
        };
        let this = self.clone();
        let failed = Listening::to(&worker, "error", move |event| {
            // Handled here: the page's own error reporting need not see it.
            event.prevent_default();
            if this.ready.get() {
                this.died()
            } else {
                this.serve_here()
            }
        });
        self.keep(failed);
        let message = Array::of2(&self.environment.module(), &far_end);
        let _ = worker.post_message_with_transfer(&message, &Array::of1(&far_end));
        self.worker.set(Some(worker));
        let this = self.clone();
        let late = Timer::after(READY_DEADLINE_MS, move || {
            if !this.ready.get() {
                this.serve_here();
            }
        });
        self.ready_deadline.set(Some(late));
    }

    /// A page that is left may be kept as it is, in case the visitor comes back, with its call wing asleep:
    /// that would not hear that the call is over. In WebKit a Worker's socket would stay open for minutes,
    /// the visitor's place stay taken everywhere.
    fn end_when_frozen(self: &Rc<Self>) {
        let this = self.clone();
        // The hosts' own listener was there first: by now the call is over for the page, whichever it is.
        let frozen = Listening::to(&window(), "pagehide", move |event| {
            let kept = Reflect::get(event, &"persisted".into()).is_ok_and(|kept| kept.is_truthy());
            if kept {
                this.release_from_here();
                this.drop_worker();
                this.close();
            }
        });
        self.keep(frozen);
    }

    fn serve_here(self: &Rc<Self>) {
        self.drop_worker();
        if let Some(far_end) = self.new_channel() {
            self.environment.serve_here(&far_end);
        }
    }

    /// A fresh channel, whose near end we listen to; gives the far end.
    fn new_channel(self: &Rc<Self>) -> Option<MessagePort> {
        let channel = MessageChannel::new().ok()?;
        let port = channel.port1();
        let this = self.clone();
        let listener = Listening::to(&port, "message", move |event| {
            let data = event.unchecked_ref::<MessageEvent>().data();
            if let Some(message) = CallToPage::from_fields(channel::read(&data)) {
                this.hear(message);
            }
        });
        port.start();
        self.listeners.set(vec![listener]);
        self.end_when_frozen();
        self.port.replace(Some(port));
        Some(channel.port2())
    }

    fn hear(self: &Rc<Self>, message: CallToPage) {
        match message {
            CallToPage::Ready => {
                self.ready.set(true);
                self.ready_deadline.take();
                for (message, port) in self.waiting.take() {
                    self.send(message, port);
                }
            }
            CallToPage::Granted => self.granted.set(true),
            CallToPage::Releasing => self.granted.set(false),
            CallToPage::Closed => self.close(),
            CallToPage::Dropped(counts) => counted::dropped(counts),
            _ => {}
        }
        self.tell(LinkEvent::Said(message));
    }

    fn tell(&self, event: LinkEvent) {
        let tell = self.tell.borrow().clone();
        if let Some(tell) = tell {
            tell(event);
        }
    }

    /// Lets the call wing get a token, and connect once it was joined.
    pub fn connect(&self, connect: Connect, place: Option<Place>) {
        self.place.set(place);
        self.connect.replace(Some(connect.clone()));
        self.send(PageToCall::Connect(connect), None);
    }

    /// Gives the call wing its end of the line to the audio wing.
    pub fn join(&self, audio: MessagePort) {
        self.send(PageToCall::Join, Some(audio));
    }

    /// Now, or as soon as the call wing is ready.
    fn send(&self, message: PageToCall, transfer: Option<MessagePort>) {
        if self.ready.get() {
            self.say(message, transfer);
        } else {
            let mut waiting = self.waiting.take();
            waiting.push((message, transfer));
            self.waiting.set(waiting);
        }
    }

    /// The call is over for the page: nothing is told any more, and the call wing cleans up.
    pub fn hang_up(&self) {
        self.tell.take();
        if let Some(place) = self.place.take() {
            place.leaving();
            self.place.set(Some(place));
        }
        if self.ready.get() && self.connect.borrow().is_some() {
            self.say(PageToCall::HangUp, None);
        } else {
            self.drop_worker();
            self.close();
        }
    }

    /// The page is being left: release from here, with a request that outlives the page.
    pub fn leave(&self) {
        self.tell.take();
        if self.granted.get() {
            self.say(PageToCall::Leave, None);
        } else {
            // A token that we have not heard of may be out already, or still come: then the call wing
            // releases it, in case it lives that long.
            self.granted.set(true);
            self.say(PageToCall::HangUp, None);
        }
        self.release_from_here();
    }

    fn say(&self, message: PageToCall, transfer: Option<MessagePort>) {
        if let Some(port) = self.port.borrow().as_ref() {
            channel::post(port, message.into_fields(), transfer.as_ref());
        }
    }

    fn keep(&self, listener: Listening) {
        let mut listeners = self.listeners.take();
        listeners.push(listener);
        self.listeners.set(listeners);
    }

    fn died(self: &Rc<Self>) {
        self.drop_worker();
        self.release_from_here();
        self.tell(LinkEvent::Died);
        self.close();
    }

    fn release_from_here(&self) {
        if self.granted.take()
            && let Some(connect) = self.connect.borrow().as_ref()
            && let Ok(url) = endpoint(&connect.api_url, RELEASE_PATH)
        {
            let body = body(&connect.embed_id, &connect.browser_id, None);
            http::post_json(&url, &body, true, Box::new(drop));
        }
    }

    /// The call wing needs us no more. The Worker closes itself when it has nothing left to do.
    fn close(&self) {
        self.listeners.take();
        self.ready_deadline.take();
        self.waiting.take();
        self.place.take();
    }

    fn drop_worker(&self) {
        self.ready_deadline.take();
        if let Some(worker) = self.worker.take() {
            worker.terminate();
        }
    }
}
