//! One call on the page, from the click to its end: asks for all that it needs at once, and brings its widget what comes
//! of it. What is to happen when, the widget's `CallState` decides.

use super::call_lock::CallLock;
use super::call_state::CallEvent;
use super::media::audio_graph::{AudioEvent, AudioGraph, OnAudioEvent};
use super::media::microphone::{Microphone, MicrophoneEvent};
use super::media::microphone_access;
use super::media::worklet_node::WorkletEvent;
use super::options::CallConfig;
use super::realms::Realms;
use super::session_client::{SessionClient, SessionEvent};
use super::visitor_id;
use super::window::window;
use crate::browser::clock::now_ms;
use crate::browser::member;
use crate::error::{CallError, ErrorReport};
use crate::protocol::audio_port::Levels;
use crate::protocol::session::{Connect, SessionUpdate, Transcript};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AudioNode, MessagePort};

/// What a call reports to its widget.
pub enum CallReport {
    /// Something that the call's state depends on.
    Event(CallEvent),
    /// The microphone gives silence, and nobody here has muted it; or sound again.
    Silenced(bool),
    /// What is to be shown of microphone and agent.
    Levels(Levels),
    /// Something was said.
    Transcript(Transcript),
}

/// Who is notified of what a call reports.
pub type OnCallReport = Rc<dyn Fn(CallReport)>;

/// What one call holds on the page.
pub struct Call {
    config: CallConfig,
    session: Rc<SessionClient>,
    audio: Rc<AudioGraph>,
    /// The session's end of the line to the audio worklet.
    line: Cell<Option<MessagePort>>,
    lock: Cell<Option<CallLock>>,
    on_report: RefCell<Option<OnCallReport>>,
}

impl Call {
    /// Runs inside the click: microphone, speaker, session and lock are asked for, side by side, before anything is awaited.
    ///
    /// # Errors
    /// What can be known at once: no embed id, no microphone on an insecure page, no Web Audio.
    pub fn begin(
        realms: &Realms,
        config: CallConfig,
        on_report: OnCallReport,
    ) -> Result<Rc<Self>, CallError> {
        if config.embed_id.is_empty() {
            return Err(CallError::NoEmbedId);
        }
        let audio = AudioGraph::request(realms)?;
        let lock = CallLock::acquire(config.embed_id.clone());
        let call = Rc::new(Self {
            config,
            session: SessionClient::open(realms),
            audio,
            line: Cell::default(),
            lock: Cell::default(),
            on_report: RefCell::new(Some(on_report)),
        });
        let this = call.clone();
        call.session
            .listen(move |event| this.session_reports(event));
        let (this, realms) = (call.clone(), realms.clone());
        spawn_local(async move { this.start_audio(&realms).await });
        let this = call.clone();
        spawn_local(async move {
            if microphone_access::is_allowed().await {
                this.event(CallEvent::MicrophoneAllowed);
            }
        });
        let this = call.clone();
        spawn_local(async move { this.take_lock(lock.await) });
        Ok(call)
    }

    async fn start_audio(self: &Rc<Self>, realms: &Realms) {
        let this = Rc::downgrade(self);
        let on_event = move |event| {
            if let Some(this) = this.upgrade() {
                this.audio_reports(event);
            }
        };
        let on_event: OnAudioEvent = Rc::new(on_event);
        match self.audio.start(realms, on_event.clone()).await {
            Ok(line) => {
                self.audio.watch(on_event);
                self.line.set(Some(line));
                self.event(CallEvent::MicrophoneReady);
            }
            Err(error) => self.fail(error),
        }
    }

    /// A lock that comes for a call that is over is free again at once.
    fn take_lock(&self, lock: Option<CallLock>) {
        if lock.is_none() {
            self.fail(CallError::LockHeld);
        } else if self.on_report.borrow().is_some() {
            self.lock.set(lock);
            self.event(CallEvent::LockAcquired);
        }
    }

    /// Lets the session get a token.
    pub fn authorize(self: &Rc<Self>) {
        let this = self.clone();
        spawn_local(async move {
            match this.config.turnstile_token().await {
                Ok(turnstile_token) => this.connect(turnstile_token),
                Err(error) => this.fail(error),
            }
        });
    }

    fn connect(&self, turnstile_token: Option<String>) {
        if self.on_report.borrow().is_none() {
            return;
        }
        let connect = Connect {
            api_url: self.config.api_url.clone(),
            wss_url: self.config.wss_url.clone(),
            embed_id: self.config.embed_id.clone(),
            browser_id: visitor_id::browser_id(),
            turnstile_token,
            tls_only: came_over_tls(),
        };
        self.session.connect(connect, self.lock.take());
    }

    /// Gives the session its line to the audio worklet.
    pub fn join(&self) {
        if let Some(line) = self.line.take() {
            self.session.join(line);
        }
    }

    /// Hangs up: the session says goodbye and releases, the microphone stops. The agent's last sounds may reach the
    /// speaker first.
    pub fn finish(&self, let_ring_out: bool) {
        self.on_report.take();
        self.audio.stop(let_ring_out);
        self.session.hang_up();
        self.lock.take();
    }

    /// Hangs up and releases from here: the page will not be there to wait.
    pub fn leave(&self) {
        self.on_report.take();
        self.session.leave();
        self.audio.stop(false);
    }

    /// Mutes the microphone, or lets the visitor be heard again.
    pub fn mute(&self, muted: bool) {
        self.audio.mute(muted);
    }

    /// What it goes by.
    pub fn config(&self) -> &CallConfig {
        &self.config
    }

    /// The microphone, once it is there.
    pub fn microphone(&self) -> Option<Rc<Microphone>> {
        self.audio.microphone()
    }

    /// What plays the agent's voice, once it is there.
    pub fn speaker(&self) -> Option<AudioNode> {
        self.audio.node()
    }

    fn session_reports(&self, event: SessionEvent) {
        match event {
            SessionEvent::Update(SessionUpdate::Started) => {
                self.event(CallEvent::Started { at_ms: now_ms() });
            }
            SessionEvent::Update(SessionUpdate::Reconnecting) => self.event(CallEvent::LineLost),
            SessionEvent::Update(SessionUpdate::Reconnected) => self.event(CallEvent::LineBack),
            SessionEvent::Update(SessionUpdate::Ending) => self.event(CallEvent::Ending),
            SessionEvent::Update(SessionUpdate::Ended) => {
                self.event(CallEvent::Ended { at_ms: now_ms() });
            }
            SessionEvent::Update(SessionUpdate::Failed(error)) => self.fail(error),
            SessionEvent::Update(SessionUpdate::Transcript(transcript)) => {
                self.report(CallReport::Transcript(transcript));
            }
            SessionEvent::Update(_) => {}
            SessionEvent::Died => self.fail(CallError::WorkerStopped),
        }
    }

    fn audio_reports(&self, event: AudioEvent) {
        match event {
            AudioEvent::Worklet(WorkletEvent::Levels(levels)) => {
                self.report(CallReport::Levels(levels));
            }
            AudioEvent::Worklet(WorkletEvent::Died) => self.fail(CallError::AudioStopped),
            AudioEvent::Microphone(MicrophoneEvent::Lost(why)) => self.fail(why),
            AudioEvent::Microphone(MicrophoneEvent::Silenced(is)) => {
                self.report(CallReport::Silenced(is));
            }
            AudioEvent::SoundStopped => self.fail(CallError::SoundStopped),
        }
    }

    fn fail(&self, error: impl Into<ErrorReport>) {
        self.event(CallEvent::Failed {
            error: error.into(),
            at_ms: now_ms(),
        });
    }

    fn event(&self, event: CallEvent) {
        self.report(CallReport::Event(event));
    }

    /// A call that is over reports nothing any more.
    fn report(&self, report: CallReport) {
        let on_report = self.on_report.borrow().clone();
        if let Some(on_report) = on_report {
            on_report(report);
        }
    }
}

/// Whether the page, or the one that a frame without an address stands in, came over TLS.
fn came_over_tls() -> bool {
    member::text(&window(), "origin").is_some_and(|origin| origin.starts_with("https:"))
}
