//! What the page may ask of a host by its handle, and the visitor in the call bar.

use super::Widget;
use crate::browser::clock::now_ms;
use crate::page::call_bar::{BarUpdate, CallBar};
use crate::page::call_state::CallEvent;
use crate::page::custom_events;
use crate::page::media::microphone::Microphone;
use crate::page::options::Options;
use crate::page::view::view_model::ViewModel;
use std::rc::Rc;
use web_sys::{AudioNode, MediaStream};

impl Widget {
    /// Starts a call as a click does, unless one is under way.
    pub fn start(self: &Rc<Self>) {
        if !self.call_state.get().is_busy() {
            self.dispatch(CallEvent::Click { at_ms: now_ms() });
        }
    }

    /// Ends the call, if one is under way.
    pub fn end(self: &Rc<Self>) {
        self.dispatch(CallEvent::Stop { at_ms: now_ms() });
    }

    /// Mutes the microphone of the call, or of the next one, until the call ends.
    pub fn mute(self: &Rc<Self>, muted: bool) {
        if self.muted.replace(muted) != muted {
            self.mute_capture();
            self.draw();
            custom_events::mute(self.element(), muted);
        }
    }

    /// The name of the state, as `data-vocadesk-state` has it.
    pub fn state(&self) -> &'static str {
        self.state.get()
    }

    /// Nothing is heard of the visitor before that was done.
    pub(super) fn mute_capture(&self) {
        if let Some(capture) = self.capture() {
            capture.mute(self.muted.get());
        }
    }

    fn capture(&self) -> Option<Rc<Microphone>> {
        self.call.borrow().as_ref()?.audio.capture()
    }

    /// What plays the agent's voice, while a call runs.
    pub fn speaker(&self) -> Option<AudioNode> {
        self.call.borrow().as_ref()?.audio.node()
    }

    /// The microphone that is in use, after `next` has taken its place if there is one.
    pub fn microphone(&self, next: Option<MediaStream>) -> Option<MediaStream> {
        let capture = self.capture()?;
        if let Some(next) = next {
            capture.change(next);
        }
        capture.stream()
    }

    /// Opens the bar with a call, keeps it up to date, and closes it.
    pub(super) fn draw_bar(self: &Rc<Self>, view: &ViewModel, options: &Options) {
        if !view.meter || !options.has_bar(self.element()) {
            self.bar.take();
            return;
        }
        if self.bar.borrow().is_none() {
            let bar = CallBar::open(&self.realms, self.element(), options);
            self.bar.replace(bar);
        }
        if let Some(bar) = self.bar.borrow().as_ref() {
            bar.show(view, self.muted.get());
        }
    }

    /// Tells the bar, if there is one.
    pub(super) fn update_bar(&self, update: &BarUpdate) {
        if let Some(bar) = self.bar.borrow().as_ref() {
            bar.update(update);
        }
    }
}
