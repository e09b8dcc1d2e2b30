//! The line to the session: a Worker, or the same engine on this thread where a Worker
//! is refused or does not wake up.
//!
//! A client outlives its call for as long as the session needs to release the token; it keeps itself
//! alive until then, and the visitor's lock with it.

use super::call_lock::CallLock;
use super::diagnostics;
use super::kill_list::{self, Debt};
use super::network::back_online;
use super::realms::Realms;
use super::window::window;
use super::worker_watch::WorkerWatch;
use crate::browser::by_prototype;
use crate::browser::clock::Timer;
use crate::browser::events::{Listener, PageListener};
use crate::browser::value::stringify;
use crate::browser::{fetch, port};
use crate::protocol::http::{RELEASE_PATH, Request, endpoint};
use crate::protocol::session::{Connect, SessionCommand, SessionUpdate};
use js_sys::{Array, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageChannel, MessageEvent, MessagePort, Worker};

/// A Worker that has not reported by then is taken for refused. Waking one takes tens of milliseconds
/// on a slow phone.
const READY_DEADLINE_MS: f64 = 5_000.0;

/// What a client reports.
pub enum SessionEvent {
    /// The session's own report.
    Update(SessionUpdate),
    /// The session died in the middle of its work.
    Died,
}

/// Who is notified of what a client reports.
pub type OnSessionEvent = Rc<dyn Fn(SessionEvent)>;

/// What the page knows of its call's token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    /// Not asked for, on its way, refused, or granted a moment ago.
    NotHeardOf,
    /// It must be released.
    Granted,
    /// The request for that is sent.
    Released,
}

/// The line to one call.
pub struct SessionClient {
    realms: Realms,
    port: RefCell<Option<MessagePort>>,
    worker: Cell<Option<Worker>>,
    listeners: Cell<Vec<Listener>>,
    page_listeners: Cell<Vec<PageListener>>,
    ready_deadline: Cell<Option<Timer>>,
    ready: Cell<bool>,
    /// While it serves in a Worker: on the page's own thread nobody can take it away.
    watch: RefCell<Option<Rc<WorkerWatch>>>,
    /// Sent before the session was ready.
    waiting: Cell<Vec<(SessionCommand, Option<MessagePort>)>>,
    token: Cell<Token>,
    connect: RefCell<Option<Connect>>,
    debt: Cell<Option<Debt>>,
    lock: Cell<Option<CallLock>>,
    on_event: RefCell<Option<OnSessionEvent>>,
}

impl SessionClient {
    /// Wakes the session.
    pub fn open(realms: &Realms) -> Rc<Self> {
        let client = Rc::new(Self {
            realms: realms.clone(),
            port: RefCell::default(),
            worker: Cell::default(),
            listeners: Cell::default(),
            page_listeners: Cell::default(),
            ready_deadline: Cell::default(),
            ready: Cell::new(false),
            watch: RefCell::default(),
            waiting: Cell::default(),
            token: Cell::new(Token::NotHeardOf),
            connect: RefCell::default(),
            debt: Cell::default(),
            lock: Cell::default(),
            on_event: RefCell::default(),
        });
        match realms.make_worker() {
            Ok(worker) => client.serve_in(worker),
            Err(_) => client.serve_here(),
        }
        client
    }

    /// Notifies of what comes from now on, until the call is over for the page.
    pub fn listen(&self, on_event: impl Fn(SessionEvent) + 'static) {
        self.on_event.replace(Some(Rc::new(on_event)));
    }

    fn serve_in(self: &Rc<Self>, worker: Worker) {
        let Some(far_end) = self.new_channel() else {
            return;
        };
        let this = self.clone();
        let failed = Listener::new(&worker, "error", move |event| {
            // Handled here: the page's own error reporting need not see it.
            event.prevent_default();
            if this.ready.get() {
                this.died()
            } else {
                this.serve_here()
            }
        });
        self.keep(failed);
        let message = Array::of2(&self.realms.module(), &far_end);
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

    /// A page that is left releases; and it may be kept as it is, in case the visitor comes back, with its session asleep:
    /// that would not hear that the call is over. In WebKit a Worker's socket would stay open for minutes,
    /// the visitor's lock stay taken everywhere.
    fn end_when_left(self: &Rc<Self>) -> PageListener {
        let this = Rc::downgrade(self);
        // The hosts' own listener was there first: by now the call is over for the page, whichever it is.
        PageListener::new(&window(), "pagehide", move |event| {
            let kept = Reflect::get(event, &"persisted".into()).is_ok_and(|kept| kept.is_truthy());
            if let Some(this) = this.upgrade() {
                // One that was hung up a moment ago may not have asked for its release yet, or still awaits its token.
                if this.token.get() != Token::Released {
                    this.leave();
                }
                if kept {
                    this.drop_worker();
                    this.close();
                }
            }
        })
    }

    /// Tells the session whether there is a network: of the page's windows each browser says so, of its Workers not all.
    fn tell_of_network(self: &Rc<Self>, event: &'static str, offline: bool) -> PageListener {
        let this = Rc::downgrade(self);
        PageListener::new(&window(), event, move |_| {
            if let Some(this) = this.upgrade() {
                this.send(SessionCommand::Offline(offline), None);
            }
        })
    }

    /// Tells the session that the page is seen again, or awake: a line that was lost meanwhile may be taken up now.
    fn tell_of_showing(self: &Rc<Self>) -> PageListener {
        let this = Rc::downgrade(self);
        PageListener::new(&window(), "visibilitychange", move |_| {
            let is_hidden = window()
                .document()
                .is_some_and(|document| by_prototype::get(&document, "hidden").is_truthy());
            if let Some(this) = this.upgrade().filter(|_| !is_hidden) {
                this.send(SessionCommand::Shown, None);
            }
        })
    }

    fn serve_here(self: &Rc<Self>) {
        self.drop_worker();
        if let Some(far_end) = self.new_channel() {
            self.realms.serve_here(&far_end);
        }
    }

    /// A fresh channel, whose near end we listen to; gives the far end.
    fn new_channel(self: &Rc<Self>) -> Option<MessagePort> {
        let channel = MessageChannel::new().ok()?;
        let port = channel.port1();
        let this = self.clone();
        let listener = Listener::new(&port, "message", move |event| {
            if let Some(message) = port::read(event.unchecked_ref::<MessageEvent>()) {
                this.receive(message);
            }
        });
        port.start();
        self.listeners.set(vec![listener]);
        self.page_listeners.set(vec![
            self.end_when_left(),
            self.tell_of_network("offline", true),
            self.tell_of_network("online", false),
            self.tell_of_showing(),
        ]);
        self.close_port();
        self.port.replace(Some(port));
        Some(channel.port2())
    }

    fn receive(self: &Rc<Self>, message: SessionUpdate) {
        if let Some(watch) = self.watch.borrow().as_ref() {
            watch.heard();
        }
        match &message {
            SessionUpdate::Ready => {
                self.ready.set(true);
                self.ready_deadline.take();
                for (message, port) in self.waiting.take() {
                    self.send(message, port);
                }
                self.watch_worker();
            }
            SessionUpdate::Pong => return,
            SessionUpdate::Granted => self.token.set(Token::Granted),
            SessionUpdate::Release => self.release(),
            SessionUpdate::Closed => self.close(),
            SessionUpdate::Dropped(counts) => diagnostics::dropped(*counts),
            _ => {}
        }
        self.notify(SessionEvent::Update(message));
    }

    fn watch_worker(self: &Rc<Self>) {
        let worker = self.worker.take();
        if let Some(worker) = &worker {
            let this = self.clone();
            let ping = move || this.post(SessionCommand::Ping, None);
            let this = self.clone();
            let watch = WorkerWatch::start(&self.realms, worker, ping, move || this.died());
            self.watch.replace(Some(watch));
        }
        self.worker.set(worker);
    }

    fn notify(&self, event: SessionEvent) {
        let on_event = self.on_event.borrow().clone();
        if let Some(on_event) = on_event {
            on_event(event);
        }
    }

    /// Lets the session get a token, and connect once it was joined.
    pub fn connect(&self, connect: Connect, lock: Option<CallLock>) {
        self.lock.set(lock);
        self.connect.replace(Some(connect.clone()));
        if let Ok(url) = endpoint(&connect, RELEASE_PATH) {
            let body = stringify(&Request::release(&connect));
            let debt = kill_list::owe(&url, &fetch::json_to_post(body, true));
            self.debt.set(Some(debt));
        }
        self.send(SessionCommand::Connect(connect), None);
    }

    /// Gives the session its end of the line to the audio worklet.
    pub fn join(&self, audio: MessagePort) {
        self.send(SessionCommand::Join, Some(audio));
    }

    /// Now, or as soon as the session is ready.
    fn send(&self, message: SessionCommand, transfer: Option<MessagePort>) {
        if self.ready.get() {
            self.post(message, transfer);
        } else {
            let mut waiting = self.waiting.take();
            waiting.push((message, transfer));
            self.waiting.set(waiting);
        }
    }

    /// The call is over for the page: nothing is reported any more, and the session cleans up.
    pub fn hang_up(&self) {
        self.on_event.take();
        if let Some(lock) = self.lock.take() {
            lock.leaving();
            self.lock.set(Some(lock));
        }
        if self.ready.get() && self.connect.borrow().is_some() {
            self.post(SessionCommand::HangUp, None);
        } else {
            self.drop_worker();
            self.close();
        }
    }

    /// The page is being left: release from here, with a request that outlives the page.
    pub fn leave(self: &Rc<Self>) {
        self.on_event.take();
        // A token that we have not heard of may be out already, or still come: then the session
        // releases it, in case it lives that long.
        let released = self.token.get() == Token::Granted;
        self.post(SessionCommand::Leave { released }, None);
        self.release();
    }

    fn post(&self, message: SessionCommand, transfer: Option<MessagePort>) {
        if let Some(port) = self.port.borrow().as_ref() {
            port::post(port, &message, transfer.as_ref());
        }
    }

    fn keep(&self, listener: Listener) {
        let mut listeners = self.listeners.take();
        listeners.push(listener);
        self.listeners.set(listeners);
    }

    fn died(self: &Rc<Self>) {
        self.drop_worker();
        // It may have had a token that we have not heard of, or been told to release one.
        self.release();
        self.notify(SessionEvent::Died);
        self.close();
    }

    /// Releases the token, once, by a request that outlives the page, and tells the session when that was answered.
    fn release(self: &Rc<Self>) {
        if self.token.replace(Token::Released) != Token::Released
            && let Some(connect) = self.connect.borrow().as_ref()
            && let Ok(url) = endpoint(connect, RELEASE_PATH)
        {
            let body = stringify(&Request::release(connect));
            let request = fetch::post_json(&url, body.clone(), true);
            self.debt.take();
            let this = self.clone();
            // A rejection that nobody handles would be an error in the page.
            spawn_local(async move {
                if request.await.is_err() && back_online().await {
                    drop(fetch::post_json(&url, body, true).await);
                }
                this.post(SessionCommand::Released, None);
            });
        }
    }

    /// The session needs us no more. The Worker closes itself when it has nothing left to do.
    fn close(&self) {
        self.listeners.take();
        self.page_listeners.take();
        self.ready_deadline.take();
        self.watch.take();
        self.waiting.take();
        self.debt.take();
        self.lock.take();
        self.close_port();
    }

    /// Chromium (156) keeps a port that was not closed for as long as the page lives, though the other end is gone.
    fn close_port(&self) {
        if let Some(port) = self.port.take() {
            port.close();
        }
    }

    fn drop_worker(&self) {
        self.watch.take();
        self.ready_deadline.take();
        if let Some(worker) = self.worker.take() {
            worker.terminate();
        }
    }
}
