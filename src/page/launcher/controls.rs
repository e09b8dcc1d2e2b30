//! MAIN THREAD. What the page may ask of a host by its handle, and the visitor in the call bar.

use super::Launcher;
use crate::page::call_bar::CallBar;
use crate::page::capture::Capture;
use crate::page::event;
use crate::page::options::Options;
use crate::page::state::Happening;
use crate::page::view::View;
use crate::realm::callback::Callback;
use crate::realm::clock::now_ms;
use js_sys::Array;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Wishes by their numbers in `call-bar/controls.js`.
const END: u32 = 0;
const MUTE: u32 = 1;
const NODE: u32 = 2;
const TAKE: u32 = 4;

impl Launcher {
    /// Starts a call as a click does, unless one is under way.
    pub fn start(self: &Rc<Self>) {
        if !self.phase.get().is_busy() {
            self.happen(Happening::Click { at_ms: now_ms() });
        }
    }

    /// Ends the call, if one is under way.
    pub fn end(self: &Rc<Self>) {
        self.happen(Happening::Stop { at_ms: now_ms() });
    }

    /// Mutes the microphone of the call, or of the next one, until the call ends.
    pub fn mute(self: &Rc<Self>, muted: bool) {
        if self.muted.replace(muted) != muted {
            self.mute_capture();
            self.draw();
            event::mute(self.element(), muted);
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

    fn capture(&self) -> Option<Rc<Capture>> {
        self.attempt.borrow().as_ref()?.audio.capture()
    }

    /// Does what the visitor wishes in the bar: the number of the wish, and what belongs to it.
    fn wish(self: &Rc<Self>, wish: &Array) -> Option<JsValue> {
        let value = wish.get(1);
        match wish.get(0).as_f64()? as u32 {
            END => self.end(),
            MUTE => self.mute(value.is_truthy()),
            NODE => return Some(self.attempt.borrow().as_ref()?.audio.node()?.into()),
            stream => {
                let capture = self.capture()?;
                if stream == TAKE {
                    capture.change(value.unchecked_into());
                }
                return Some(capture.stream()?.into());
            }
        }
        None
    }

    /// Opens the bar with a call, keeps it up to date, and closes it.
    pub(super) fn draw_bar(self: &Rc<Self>, view: &View, options: &Options) {
        if !view.meter || !options.has_bar(self.element()) {
            self.bar.take();
            return;
        }
        if self.bar.borrow().is_none() {
            // Until the bar is closed, and that is at the call's end at the latest.
            let this = self.clone();
            let wish = Callback::new(move |wish: JsValue| {
                this.wish(wish.unchecked_ref()).unwrap_or_default()
            });
            let bar = CallBar::open(&self.environment, self.element(), options, wish);
            self.bar.replace(bar);
        }
        self.with_bar(&|bar| bar.show(view, self.muted.get()));
    }

    /// What a bar is told runs no code of the page's at once.
    pub(super) fn with_bar(&self, tell: &dyn Fn(&CallBar)) {
        if let Some(bar) = self.bar.borrow().as_ref() {
            tell(bar);
        }
    }
}
