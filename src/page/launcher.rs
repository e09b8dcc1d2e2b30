//! MAIN THREAD. One host and its call: brings the state machine what happens and does what it says.

mod controls;

use super::audio_graph::{AudioEvent, AudioGraph};
use super::call_bar::CallBar;
use super::call_link::{CallLink, LinkEvent};
use super::environment::Environment;
use super::event;
use super::host::Host;
use super::microphone;
use super::options::{Options, UI_ATTRIBUTE};
use super::state::{Action, Happening, Phase};
use super::ui::Ui;
use super::view;
use super::visitor::{self, Place};
use super::worklet::WorkletEvent;
use crate::realm::clock::{Timer, now_ms};
use crate::realm::thrown::Thrown;
use crate::shared::error::{CallError, ErrorCode};
use crate::shared::inbox::Inbox;
use crate::shared::message::{CallToPage, Connect};
use crate::shared::text::{concat, decimal};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{HtmlElement, MessagePort};

/// How long the end of a call, or an error, stays to be read.
const SETTLE_MS: f64 = 6_000.0;

/// What one call holds on the page, from the click to its end.
struct Attempt {
    link: Rc<CallLink>,
    audio: Rc<AudioGraph>,
    audio_line: Option<MessagePort>,
    place: Option<Place>,
}

/// One bound host.
pub struct Launcher {
    environment: Environment,
    host: Host,
    ui: Ui,
    options: RefCell<Options>,
    /// The number of its latest mount; 0 for a host that is only marked up.
    mount: Cell<u32>,
    /// The embed's id when it was bound, or last called.
    known_id: RefCell<String>,
    phase: Cell<Phase>,
    /// Its name, as it was drawn.
    state: Cell<&'static str>,
    /// Counts calls: what an earlier call's tasks bring late is told by its number, and dropped.
    number: Cell<u32>,
    attempt: RefCell<Option<Attempt>>,
    inbox: Inbox<Happening>,
    /// The visitor is not to be heard, in this call or the next.
    muted: Cell<bool>,
    /// While a call runs.
    bar: RefCell<Option<CallBar>>,
    ticking: Cell<Option<Timer>>,
    settling: Cell<Option<Timer>>,
}

impl Launcher {
    /// Binds an element, and changes nothing about it yet; nothing where it belongs to no document.
    pub fn bind(
        environment: &Environment,
        element: HtmlElement,
        options: Options,
    ) -> Option<Rc<Self>> {
        let ui = Ui::new(element.owner_document()?);
        let launcher = Rc::new_cyclic(|this: &std::rc::Weak<Self>| {
            let this = this.clone();
            let host = Host::new(element, move || {
                if let Some(launcher) = this.upgrade() {
                    launcher.happen(Happening::Click { at_ms: now_ms() });
                }
            });
            Self {
                environment: environment.clone(),
                host,
                ui,
                options: RefCell::new(options),
                mount: Cell::new(0),
                known_id: RefCell::default(),
                phase: Cell::new(Phase::Idle),
                state: Cell::new("idle"),
                number: Cell::new(0),
                attempt: RefCell::default(),
                inbox: Inbox::default(),
                muted: Cell::new(false),
                bar: RefCell::default(),
                ticking: Cell::default(),
                settling: Cell::default(),
            }
        });
        Some(launcher)
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
        self.happen(Happening::Stop { at_ms: now_ms() });
        self.ticking.take();
        self.settling.take();
        self.bar.take();
        self.ui.remove(self.element());
        self.host.unbind();
    }

    /// Takes what happens; what comes while something is being worked on waits its turn.
    pub fn happen(self: &Rc<Self>, happening: Happening) {
        self.inbox.work_on(happening, |happening| {
            let (phase, actions) = self.phase.get().on(happening);
            self.phase.set(phase);
            self.draw();
            for action in actions {
                self.act(action);
            }
        });
    }

    fn act(self: &Rc<Self>, action: Action) {
        match action {
            Action::Begin => self.begin(),
            Action::Authorize => self.authorize(),
            Action::Join => self.with_attempt(|attempt| {
                if let Some(line) = attempt.audio_line.take() {
                    attempt.link.join(line);
                }
            }),
            Action::Finish { let_ring_out } => {
                self.muted.set(false);
                if let Some(attempt) = self.attempt.take() {
                    attempt.audio.stop(let_ring_out);
                    attempt.link.hang_up();
                }
            }
            Action::Leave => {
                self.muted.set(false);
                if let Some(attempt) = self.attempt.take() {
                    attempt.link.leave();
                    attempt.audio.stop(false);
                }
            }
            Action::SettleLater => {
                let this = self.clone();
                let settle = Timer::after(SETTLE_MS, move || this.happen(Happening::Settled));
                self.settling.set(Some(settle));
            }
            Action::EmitStart => event::start(self.element()),
            Action::EmitEnd { duration_ms } => event::end(self.element(), duration_ms),
            Action::EmitError(error) => event::error(self.element(), &error),
        }
    }

    /// All that starts with the click, side by side: microphone, audio wing, call wing, place.
    fn begin(self: &Rc<Self>) {
        self.settling.take();
        let number = self.number.get().wrapping_add(1);
        self.number.set(number);
        let embed_id = self.embed_id();
        if embed_id.is_empty() {
            return self.fail(CallError::new(
                ErrorCode::TokenFailed,
                "This element has no embed id: write data-vocadesk-embed=\"emb_…\" with the id from \
                 the dashboard.",
            ));
        }
        self.known_id.replace(embed_id.clone());
        let audio = match AudioGraph::begin(&self.environment) {
            Ok(audio) => audio,
            Err(error) => return self.fail(error),
        };
        let this = self.clone();
        let link = CallLink::open(
            &self.environment,
            Rc::new(move |event| this.during(number, |this| this.hear_call(event))),
        );
        self.attempt.replace(Some(Attempt {
            link,
            audio: audio.clone(),
            audio_line: None,
            place: None,
        }));
        let (this, hear) = (self.clone(), self.clone());
        audio.run(
            &self.environment,
            Rc::new(move |event| hear.during(number, |this| this.hear_audio(&event))),
            Box::new(move |line| this.during(number, |this| this.has_sound(line))),
        );
        let this = self.clone();
        microphone::when_allowed(move || {
            this.during(number, |this| this.happen(Happening::MicrophoneAllowed));
        });
        let this = self.clone();
        Place::take(embed_id, move |place| {
            this.during(number, |this| this.has_place(place));
        });
    }

    fn has_sound(self: &Rc<Self>, line: Result<MessagePort, CallError>) {
        match line {
            Ok(line) => {
                self.mute_capture();
                self.with_attempt(|attempt| attempt.audio_line = Some(line));
                self.happen(Happening::MicrophoneReady);
            }
            Err(error) => self.fail(error),
        }
    }

    fn has_place(self: &Rc<Self>, place: Option<Place>) {
        if place.is_some() {
            self.with_attempt(|attempt| attempt.place = place);
            self.happen(Happening::PlaceTaken);
        } else {
            self.fail(CallError::new(
                ErrorCode::ConcurrentCallActive,
                "This browser already has a call open for this embed, in this tab or another. \
                 End it first.",
            ));
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
                let message = concat(&[
                    "The page's own turnstileToken failed (",
                    &Thrown::from(thrown).describe(),
                    "). Look at the page's bot challenge.",
                ]);
                return self.fail(CallError {
                    code: ErrorCode::TokenFailed,
                    message,
                });
            }
        };
        let host = self.element();
        let connect = Connect {
            api_url: options.api_url(host),
            wss_url: options.wss_url(host),
            embed_id: options.embed_id(host),
            browser_id: visitor::browser_id(),
            turnstile_token,
        };
        self.with_attempt(|attempt| attempt.link.connect(connect, attempt.place.take()));
    }

    /// Does something for a call, unless that call is over.
    fn during(self: &Rc<Self>, number: u32, work: impl FnOnce(&Rc<Self>)) {
        if self.number.get() == number && self.attempt.borrow().is_some() {
            work(self);
        }
    }

    fn with_attempt(&self, work: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.attempt.borrow_mut().as_mut() {
            work(attempt);
        }
    }

    fn fail(self: &Rc<Self>, error: CallError) {
        self.happen(Happening::Failed {
            error,
            at_ms: now_ms(),
        });
    }

    fn hear_call(self: &Rc<Self>, event: LinkEvent) {
        match event {
            LinkEvent::Said(CallToPage::Started { at_ms }) => {
                self.happen(Happening::Started { at_ms });
            }
            LinkEvent::Said(CallToPage::Ending) => self.happen(Happening::Ending),
            LinkEvent::Said(CallToPage::Ended { at_ms }) => self.happen(Happening::Ended { at_ms }),
            LinkEvent::Said(CallToPage::Failed { error, at_ms }) => {
                self.happen(Happening::Failed { error, at_ms });
            }
            LinkEvent::Said(CallToPage::Transcript(detail)) => {
                self.tell_bar(&[r#"["transcript","#, &detail, "]"]);
                event::transcript(self.element(), &detail);
            }
            LinkEvent::Said(_) => {}
            LinkEvent::Died => self.fail(CallError::new(
                ErrorCode::Unknown,
                "The call's worker stopped unexpectedly. Try again.",
            )),
        }
    }

    fn hear_audio(self: &Rc<Self>, event: &AudioEvent) {
        match event {
            AudioEvent::Worklet(WorkletEvent::Levels(microphone, agent)) => {
                let (microphone, agent) = (decimal(*microphone), decimal(*agent));
                self.ui.level(&microphone, &agent);
                self.tell_bar(&[r#"["levels","#, &microphone, ",", &agent, "]"]);
            }
            AudioEvent::MicrophoneLost => self.fail(super::microphone_failure::lost()),
            AudioEvent::Worklet(WorkletEvent::Died) => self.fail(CallError::new(
                ErrorCode::Unknown,
                "The call's audio stopped unexpectedly. Try again.",
            )),
        }
    }

    /// Puts right what the page has done to its element meanwhile: a framework that re-renders may drop
    /// what we have drawn, or the content that a host had when it was bound.
    pub fn tend(self: &Rc<Self>) {
        if self.ui.is_drawn() || self.element().first_child().is_none() {
            self.draw();
        }
    }

    /// Draws the state as it is now, and sees to it that the timer goes on.
    pub fn draw(self: &Rc<Self>) {
        if !self.host.is_bound() {
            return;
        }
        let view = view::view(self.phase.get(), now_ms());
        self.state.set(view.state);
        let options = self.options();
        self.ui.show(&self.host, &view, &options);
        if !self.host.is_bound() {
            return;
        }
        self.draw_bar(&view, &options);
        match self.ticking.take().filter(|_| view.meter) {
            None => self.tick(),
            ticking => self.ticking.set(ticking),
        }
    }

    fn tick(self: &Rc<Self>) {
        let (Phase::Live { since_ms } | Phase::Ending { since_ms }) = self.phase.get() else {
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
