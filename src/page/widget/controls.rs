//! What the page may ask of a host by its handle, and the visitor in the call bar. All of it is done, and shown, when it
//! returns: nobody is inside a listener of ours.

use super::{Shown, Widget};
use crate::browser::clock::now_ms;
use crate::page::call_bar::{BarUpdate, CallBar};
use crate::page::call_controls::{CallActions, CallControls};
use crate::page::call_state::CallEvent;
use crate::page::media::microphone::Microphone;
use crate::page::options::Presentation;
use crate::page::view::view_model::{Trouble, ViewModel};
use std::rc::Rc;
use web_sys::{AudioNode, MediaStream};

impl Widget {
    /// Starts a call as a click does, unless one is under way.
    pub fn start(self: &Rc<Self>) {
        if !self.call_state.get().is_busy() {
            self.dispatch(CallEvent::Click { at_ms: now_ms() });
            self.show_now();
        }
    }

    /// Ends the call, if one is under way.
    pub fn end(self: &Rc<Self>) {
        self.dispatch(CallEvent::Stop { at_ms: now_ms() });
        self.show_now();
    }

    /// Mutes the microphone of the call, or of the next one, until the call ends.
    pub fn mute(self: &Rc<Self>, muted: bool) {
        if self.muted.replace(muted) != muted {
            self.mute_microphone();
            self.shown.push(Shown::Mute(muted));
            self.show_now();
        }
    }

    /// The name of the state, as `data-vocadesk-state` has it.
    pub fn state(&self) -> &'static str {
        self.state.get()
    }

    /// Why the microphone gives nothing, as far as that is known.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        let (silenced, unheard) = (self.silenced.get(), self.unheard.get());
        Trouble::of(silenced, unheard, self.muted.get())
    }

    pub(super) fn mute_microphone(&self) {
        if let Some(call) = self.call.borrow().as_ref() {
            call.mute(self.muted.get());
        }
    }

    fn microphone_in_use(&self) -> Option<Rc<Microphone>> {
        self.call.borrow().as_ref()?.microphone()
    }

    /// Opens the bar with a call, keeps it up to date, and closes it.
    pub(super) fn draw_bar(self: &Rc<Self>, view: &ViewModel, presentation: &Presentation) -> bool {
        if !view.meter || !presentation.has_bar {
            self.bar.take();
            return false;
        }
        if self.bar.borrow().is_none() {
            let actions: Rc<dyn CallActions> = self.clone();
            let controls = CallControls::new(Rc::downgrade(&actions));
            let bar = CallBar::open(&self.realms, self.element(), controls, presentation);
            self.bar.replace(bar);
        }
        self.bar.borrow().as_ref().is_some_and(|bar| {
            bar.show(view, self.muted.get(), self.trouble());
            bar.has_place()
        })
    }

    /// Updates the bar, if there is one.
    pub(super) fn update_bar(&self, update: &BarUpdate) {
        if let Some(bar) = self.bar.borrow().as_ref() {
            bar.update(update);
        }
    }
}

impl CallActions for Widget {
    fn end(self: Rc<Self>) {
        Widget::end(&self);
    }

    fn mute(self: Rc<Self>, muted: bool) {
        Widget::mute(&self, muted);
    }

    fn speaker(&self) -> Option<AudioNode> {
        self.call.borrow().as_ref()?.speaker()
    }

    fn microphone(&self) -> Option<MediaStream> {
        self.microphone_in_use()?.stream()
    }

    fn change_microphone(&self, stream: MediaStream) -> bool {
        let microphone = self.microphone_in_use();
        if let Some(microphone) = &microphone {
            microphone.change(stream);
        }
        microphone.is_some()
    }
}
