//! Notices that the Worker is gone: one that was terminated says nothing, and no event tells of it.
//!
//! It is asked again and again whether it is there. One that owes answers may only be slow, beside other work of the same
//! machine: whether it lives says the Web Lock that it holds.

use super::realms::Realms;
use crate::browser::clock::{Timer, now_ms};
use crate::browser::promise::settle;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Worker;

/// It is asked so often.
const PING_EVERY_MS: f64 = 900.0;
/// So many pings without an answer, and it is gone unless its lock says that it lives.
const UNANSWERED_PINGS: u32 = 2;
/// So many, and it is of no use any more, even if it lives.
const MOST_UNANSWERED_PINGS: u32 = 10;
/// A ping that is sent so much too late says that the page's thread was blocked, throttled or asleep, and an answer with it.
const LATE_MS: f64 = 200.0;

/// Watches over a Worker, until it is dropped.
pub struct WorkerWatch {
    realms: Realms,
    worker: Worker,
    ping: Box<dyn Fn()>,
    on_gone: Box<dyn Fn()>,
    next_ping: Cell<Option<Timer>>,
    unanswered_pings: Cell<u32>,
    /// The last ping was sent too late.
    was_late: Cell<bool>,
}

impl WorkerWatch {
    /// Asks by `ping` from now on, and calls `on_gone` once the Worker is gone.
    pub fn start(
        realms: &Realms,
        worker: &Worker,
        ping: impl Fn() + 'static,
        on_gone: impl Fn() + 'static,
    ) -> Rc<Self> {
        let watch = Rc::new(Self {
            realms: realms.clone(),
            worker: worker.clone(),
            ping: Box::new(ping),
            on_gone: Box::new(on_gone),
            next_ping: Cell::default(),
            unanswered_pings: Cell::new(0),
            was_late: Cell::default(),
        });
        watch.ping_later();
        watch
    }

    /// The Worker has said something. Whatever it is, it is there: an answer may stand behind hundreds of transcripts that
    /// the page has not read yet.
    pub fn heard(&self) {
        self.unanswered_pings.set(0);
        self.was_late.set(false);
    }

    fn ping_later(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        let late_ms = now_ms() + PING_EVERY_MS + LATE_MS;
        let next = Timer::after(PING_EVERY_MS, move || {
            if let Some(this) = this.upgrade() {
                this.ping(now_ms() > late_ms);
            }
        });
        self.next_ping.set(Some(next));
    }

    fn ping(self: &Rc<Self>, is_late: bool) {
        // Again and again, with no answer between: a page that nobody sees, whose timers are held back. It does read
        // what comes.
        let was_late = self.was_late.replace(is_late);
        if is_late && !was_late {
            self.unanswered_pings.set(0);
        }
        let unanswered = self.unanswered_pings.get();
        if unanswered >= MOST_UNANSWERED_PINGS {
            return (self.on_gone)();
        }
        if unanswered >= UNANSWERED_PINGS {
            self.look_for_lock();
        }
        self.unanswered_pings.set(unanswered + 1);
        (self.ping)();
        self.ping_later();
    }

    /// Where the lock says nothing, what the pings say counts.
    fn look_for_lock(self: &Rc<Self>) {
        let is_gone = self.realms.is_gone(&self.worker);
        let this = Rc::downgrade(self);
        spawn_local(async move {
            let lives = settle(&is_gone).await == Ok(JsValue::FALSE);
            if let Some(this) = this.upgrade()
                && !lives
                && this.unanswered_pings.get() > UNANSWERED_PINGS
            {
                (this.on_gone)();
            }
        });
    }
}
