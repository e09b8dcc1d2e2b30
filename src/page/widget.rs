//! One host and its call: brings the state machine what happens and does what it says.
//!
//! The state changes at once, and what cannot wait is done at once: microphone, session, lock. What the page can see, the
//! host's attributes and `vocadesk:*`, waits in line for a microtask of its own, so that no listener of ours runs the page's
//! code; what the page calls itself shows it before it returns.

mod controls;
mod presses;

use super::call::{Call, CallReport};
use super::call_bar::{BarUpdate, CallBar};
use super::call_state::{CallEffect, CallEvent, CallState};
use super::custom_events;
use super::kill_list;
use super::options::{MountOptions, Presentation, UI_ATTRIBUTE};
use super::press::rule::Presses;
use super::realms::Realms;
use super::view::host::Host;
use super::view::host_view::HostView;
use super::view::view_model;
use crate::browser::clock::{Timer, now_ms};
use crate::browser::promise::sleep;
use crate::error::ErrorReport;
use crate::event_queue::EventQueue;
use crate::protocol::session::Transcript;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// How long the end of a call, or an error, stays to be read.
const SETTLE_MS: f64 = 6_000.0;

/// What the page is to see or to be told.
enum Shown {
    /// The call's state.
    State(CallState),
    /// `vocadesk:start`.
    Start,
    /// `vocadesk:end`, after so long.
    End(f64),
    /// `vocadesk:error`.
    Error(ErrorReport),
    /// Something was said.
    Transcript(Transcript),
    /// The visitor was muted, or is heard again.
    Mute(bool),
    /// All of a call was told.
    Over,
}

/// One bound host.
pub struct Widget {
    realms: Realms,
    host: Host,
    view: HostView,
    options: RefCell<MountOptions>,
    /// The number of its latest mount; 0 for a host that is only marked up.
    mount: Cell<u32>,
    presses: Cell<Presses>,
    /// The page is being told of the start of the call that runs.
    telling_start: Cell<bool>,
    /// When it had been told.
    told_start_ms: Cell<Option<f64>>,
    /// When a call ended that nobody here had ended.
    ended_ms: Cell<Option<f64>>,
    /// And that has not been drawn yet.
    end_is_drawn_next: Cell<bool>,
    call_state: Cell<CallState>,
    /// Its name, as it was drawn.
    state: Cell<&'static str>,
    /// And as the page was told.
    told_state: Cell<&'static str>,
    call: RefCell<Option<Rc<Call>>>,
    events: EventQueue<CallEvent>,
    shown: EventQueue<Shown>,
    showing_soon: Cell<bool>,
    /// The visitor is not to be heard, in this call or the next.
    muted: Cell<bool>,
    /// The microphone gives silence, and nobody here has muted it.
    silenced: Cell<bool>,
    /// It is called live, and has given nothing for seconds.
    unheard: Cell<bool>,
    /// While a call runs.
    bar: RefCell<Option<CallBar>>,
    ticking: Cell<Option<Timer>>,
    settling: Cell<Option<Timer>>,
}

impl Widget {
    /// Binds an element, and changes nothing about it yet; nothing where it belongs to no document.
    pub fn bind(realms: &Realms, element: HtmlElement, options: MountOptions) -> Option<Rc<Self>> {
        let view = HostView::new(element.owner_document()?);
        let widget = Rc::new_cyclic(|this: &Weak<Self>| {
            let this = this.clone();
            let host = Host::new(element, move |click| {
                if let Some(widget) = this.upgrade().filter(|this| this.host.is_bound()) {
                    widget.clicked(click);
                }
            });
            Self {
                realms: realms.clone(),
                host,
                view,
                options: RefCell::new(options),
                mount: Cell::new(0),
                presses: Cell::default(),
                telling_start: Cell::new(false),
                told_start_ms: Cell::default(),
                ended_ms: Cell::default(),
                end_is_drawn_next: Cell::new(false),
                call_state: Cell::new(CallState::Idle),
                state: Cell::new("idle"),
                told_state: Cell::new("idle"),
                call: RefCell::default(),
                events: EventQueue::default(),
                shown: EventQueue::default(),
                showing_soon: Cell::new(false),
                muted: Cell::new(false),
                silenced: Cell::new(false),
                unheard: Cell::new(false),
                bar: RefCell::default(),
                ticking: Cell::default(),
                settling: Cell::default(),
            }
        });
        Some(widget)
    }

    /// The customer's element.
    pub fn element(&self) -> &HtmlElement {
        self.host.element()
    }

    /// As the call has found it that is under way, or as it stands now.
    fn presentation(&self) -> Presentation {
        match self.call.borrow().as_ref() {
            Some(call) => call.config().presentation.clone(),
            None => self.options.borrow().presentation(self.element()),
        }
    }

    /// Notes the number of its latest mount.
    pub fn mounted(&self, number: u32) {
        self.mount.set(number);
    }

    /// Whether that mount was its latest.
    pub fn is_mounted_as(&self, number: u32) -> bool {
        self.mount.get() == number
    }

    /// Whether it was only marked up, and is no more. A call that runs goes on: nothing that the page changes counts for it.
    pub fn is_let_go(&self) -> bool {
        let was_marked_up = self.mount.get() == 0;
        let is_busy = self.call_state.get().is_busy();
        was_marked_up && !is_busy && self.options.borrow().embed_id(self.element()).is_empty()
    }

    /// Replaces the options of a host that is bound already; a running call goes on.
    pub fn rebind(self: &Rc<Self>, options: MountOptions) {
        self.options.replace(options);
        // It may be ours.
        self.host.restore(UI_ATTRIBUTE);
        self.draw();
    }

    /// Ends a running call and leaves the host as it was found.
    pub fn destroy(self: &Rc<Self>) {
        self.dispatch(CallEvent::Stop { at_ms: now_ms() });
        self.show_now();
        self.ticking.take();
        self.settling.take();
        self.bar.take();
        self.view.remove(&self.host);
        self.host.unbind();
    }

    /// Takes what happens: the state changes, and what cannot wait is done, before this returns. What comes while an event
    /// is being worked on waits its turn.
    pub fn dispatch(self: &Rc<Self>, event: CallEvent) {
        self.events.dispatch(event, |event| {
            let ends_by_itself = event.is_not_of_the_visitor();
            let (call_state, effects) = self.call_state.get().on(event);
            let (was_busy, is_busy) = (self.call_state.get().is_busy(), call_state.is_busy());
            if is_busy && !was_busy {
                kill_list::call_begins(self.element());
            }
            if ends_by_itself && was_busy && !is_busy {
                self.ended_ms.set(Some(now_ms()));
                self.end_is_drawn_next.set(true);
            }
            self.call_state.set(call_state);
            self.shown.push(Shown::State(call_state));
            for effect in effects {
                self.perform(effect);
            }
            if was_busy && !is_busy {
                self.shown.push(Shown::Over);
            }
        });
        self.show_soon();
    }

    fn perform(self: &Rc<Self>, effect: CallEffect) {
        match effect {
            CallEffect::Begin => self.begin(),
            CallEffect::Authorize => self.with_call(|call| call.authorize()),
            CallEffect::Join => self.with_call(|call| call.join()),
            CallEffect::Finish { let_ring_out } => {
                self.muted.set(false);
                if let Some(call) = self.call.take() {
                    call.finish(let_ring_out);
                }
            }
            CallEffect::Leave => {
                self.muted.set(false);
                if let Some(call) = self.call.take() {
                    call.leave();
                }
            }
            CallEffect::SettleLater => {
                let this = self.clone();
                let settle = Timer::after(SETTLE_MS, move || this.dispatch(CallEvent::Settled));
                self.settling.set(Some(settle));
            }
            CallEffect::EmitStart => self.shown.push(Shown::Start),
            CallEffect::EmitEnd { duration_ms } => self.shown.push(Shown::End(duration_ms)),
            CallEffect::EmitError(error) => self.shown.push(Shown::Error(error)),
        }
    }

    /// Inside the click.
    fn begin(self: &Rc<Self>) {
        self.settling.take();
        self.telling_start.set(false);
        self.told_start_ms.take();
        self.silenced.set(false);
        self.unheard.set(false);
        let config = self.options.borrow().call_config(self.element());
        let this = Rc::downgrade(self);
        let on_report = move |report| {
            if let Some(this) = this.upgrade() {
                this.call_reports(report);
            }
        };
        match Call::begin(&self.realms, config, Rc::new(on_report)) {
            Ok(call) => drop(self.call.replace(Some(call))),
            Err(error) => self.dispatch(CallEvent::Failed {
                error: error.into(),
                at_ms: now_ms(),
            }),
        }
    }

    fn call_reports(self: &Rc<Self>, report: CallReport) {
        match report {
            CallReport::Event(event) => {
                // Nothing is heard of a muted visitor from the first sample on.
                if event == CallEvent::MicrophoneReady {
                    self.mute_microphone();
                }
                self.dispatch(event);
            }
            CallReport::Silenced(is) => {
                self.silenced.set(is);
                self.show_state();
            }
            CallReport::Levels(levels) => {
                let (microphone, agent) = (levels.microphone, levels.agent);
                self.view.level(&self.host, microphone, agent);
                self.update_bar(&BarUpdate::Levels { microphone, agent });
                if self.unheard.replace(levels.unheard) != levels.unheard {
                    self.show_state();
                }
            }
            CallReport::Transcript(transcript) => {
                self.shown.push(Shown::Transcript(transcript));
                self.show_soon();
            }
        }
    }

    fn with_call(&self, work: impl FnOnce(&Rc<Call>)) {
        let call = self.call.borrow().clone();
        if let Some(call) = &call {
            work(call);
        }
    }

    /// Shows what has changed within a state.
    fn show_state(self: &Rc<Self>) {
        self.shown.push(Shown::State(self.call_state.get()));
        self.show_soon();
    }

    fn show_soon(self: &Rc<Self>) {
        if !self.showing_soon.replace(true) {
            let this = self.clone();
            spawn_local(async move {
                this.showing_soon.set(false);
                this.show_now();
            });
        }
    }

    /// Shows all that waits in line, unless that is being done.
    pub fn show_now(self: &Rc<Self>) {
        self.shown.drain(|shown| match shown {
            Shown::State(state) => {
                self.draw_state(state);
                // Drawing may have taken a while, and nobody has seen the end before that.
                if !state.is_busy() && self.end_is_drawn_next.take() {
                    self.ended_ms.set(Some(now_ms()));
                }
                let name = view_model::name(state);
                let previous = self.told_state.replace(name);
                if name != previous && self.host.is_bound() {
                    custom_events::state(self.element(), name, previous);
                }
            }
            Shown::Start => {
                self.telling_start.set(true);
                custom_events::start(self.element());
                let this = self.clone();
                // What waits for a listener of the page's runs before that.
                spawn_local(async move {
                    sleep(0.0).await;
                    if this.telling_start.replace(false) {
                        this.told_start_ms.set(Some(now_ms()));
                    }
                });
            }
            Shown::End(duration_ms) => custom_events::end(self.element(), duration_ms),
            Shown::Error(error) => custom_events::error(self.element(), &error),
            Shown::Transcript(transcript) => {
                self.update_bar(&BarUpdate::Transcript(&transcript));
                custom_events::transcript(self.element(), &transcript);
            }
            Shown::Mute(muted) => {
                self.draw();
                custom_events::mute(self.element(), muted);
            }
            Shown::Over => kill_list::call_is_over(self.element()),
        });
    }

    /// Puts right what the page has done to its element meanwhile: a framework that re-renders may drop
    /// what we have drawn, or the content that a host had when it was bound.
    pub fn tend(self: &Rc<Self>) {
        if self.view.is_drawn() || self.element().first_child().is_none() {
            self.draw();
        }
    }

    /// Draws the state as it is now: for the first time, and whenever a framework may have taken off what we had added.
    /// Whoever keeps the hosts knows this one by then: a custom element's own code may run in here, and mount or destroy it.
    pub fn draw(self: &Rc<Self>) {
        self.draw_state(self.call_state.get());
    }

    /// Draws a state, and sees to it that the timer goes on.
    fn draw_state(self: &Rc<Self>, call_state: CallState) {
        if !self.host.is_bound() {
            return;
        }
        let mut model = view_model::view(call_state, self.muted.get(), self.trouble(), now_ms());
        self.state.set(model.state);
        let presentation = self.presentation();
        model.writing = presentation.writing();
        let talks = model.meter;
        if self.draw_bar(&model, &presentation) {
            model = model.beside_bar();
        }
        self.view.show(&self.host, &model, &presentation);
        self.host.behave_like_a_button();
        if !self.host.is_bound() {
            return;
        }
        match self.ticking.take().filter(|_| talks) {
            None => self.tick(),
            ticking => self.ticking.set(ticking),
        }
    }

    fn tick(self: &Rc<Self>) {
        let Some(since_ms) = self.call_state.get().since_ms() else {
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
