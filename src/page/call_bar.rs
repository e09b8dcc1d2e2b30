//! The call bar beside a host while its call runs: mute, captions, volume, microphone, end. It is a script
//! of its own (`js-shim/call-bar/`), which is brought once a call has started; a call goes on without it.

use super::call_controls::CallControls;
use super::options::Presentation;
use super::realms::Realms;
use super::view::view_model::{Trouble, ViewModel};
use crate::browser::promise::settle;
use crate::browser::value::to_js;
use crate::protocol::session::Transcript;
use js_sys::{Function, Promise};
use serde::Serialize;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// The hash of the script: `scripts/build` knows it. A build without it brings none.
const INTEGRITY: Option<&str> = option_env!("VOCADESK_CALL_BAR_INTEGRITY");

thread_local! {
    /// What opens a bar, once its script is there: brought once for each page.
    static SCRIPT: OnceCell<Promise> = const { OnceCell::new() };
}

/// Of what is said before the bar is there it shows so many texts: as many as it has lines.
const MOST_EARLY_TEXTS: usize = 500;

/// What the bar is to show: each is a method of the object that `js-shim/call-bar/call-bar.js` gives, with its argument.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BarUpdate<'a> {
    /// What it shows.
    Show {
        /// The visitor is not heard.
        muted: bool,
        /// Nor would they be: the microphone gives nothing. The key of what is said of it.
        trouble: Option<&'a str>,
        /// The line is lost, and is being taken up again.
        reconnecting: bool,
        /// The call's length so far, as a clock shows it.
        time: &'a str,
    },
    /// Steps of the two meters.
    Levels {
        /// The visitor's.
        microphone: u32,
        /// The agent's.
        agent: u32,
    },
    /// Something was said.
    Transcript(&'a Transcript),
    /// The call is over.
    Close {},
}

/// An open bar, or one on its way; dropping it closes it.
pub struct CallBar {
    script: Rc<BarScript>,
    shown: RefCell<(bool, Option<Trouble>, bool, String)>,
}

/// The script's side of one bar.
#[derive(Default)]
struct BarScript {
    /// Takes a [`BarUpdate`], once the script is there; of [`BarUpdate::Show`] it gives whether there is no room for the bar.
    update: OnceCell<Function>,
    early: RefCell<Early>,
    closed: Cell<bool>,
    /// The visitor sees nothing of it: there is no room.
    is_out: Cell<bool>,
}

/// What the bar will have to know, should its script still come.
#[derive(Default)]
struct Early {
    shows: Option<JsValue>,
    said: VecDeque<JsValue>,
}

impl Early {
    fn keep(&mut self, update: &BarUpdate) {
        match update {
            BarUpdate::Show { .. } => self.shows = Some(to_js(update)),
            BarUpdate::Transcript(_) => {
                self.said.push_back(to_js(update));
                if self.said.len() > MOST_EARLY_TEXTS {
                    self.said.pop_front();
                }
            }
            // They change many times a second.
            BarUpdate::Levels { .. } | BarUpdate::Close {} => {}
        }
    }
}

impl CallBar {
    /// Opens the bar of a host, or begins to bring it.
    pub fn open(
        realms: &Realms,
        host: &HtmlElement,
        controls: CallControls,
        presentation: &Presentation,
    ) -> Option<Self> {
        let integrity = INTEGRITY?;
        let brought = SCRIPT.with(|script| {
            let brought = script.get_or_init(|| realms.bring_call_bar(integrity));
            Clone::clone(brought)
        });
        let script = Rc::<BarScript>::default();
        let (this, host, presentation) = (script.clone(), host.clone(), presentation.clone());
        spawn_local(async move {
            let language = presentation.language;
            if let Some(language) = &language {
                language.settled().await;
            }
            if let Ok(open) = settle(&brought).await
                && let Ok(open) = open.dyn_into::<Function>()
                && !this.closed.get()
                && let Ok(update) = open.call4(
                    &JsValue::UNDEFINED,
                    &host,
                    &controls.into(),
                    &presentation.labels,
                    &language
                        .map(|language| language.for_bar())
                        .unwrap_or_default(),
                )
                && this.update.set(update.unchecked_into()).is_ok()
            {
                let Early { shows, said } = this.early.take();
                for update in shows.into_iter().chain(said) {
                    this.send(&update);
                }
            } else {
                // There will be no bar: nothing is kept for it as long as the call goes on.
                this.closed.set(true);
                this.early.take();
            }
        });
        Some(Self {
            script,
            shown: RefCell::default(),
        })
    }

    /// Shows the state, unless it is shown.
    pub fn show(&self, view: &ViewModel, muted: bool, trouble: Option<Trouble>) {
        // In a call there is nothing else that keeps a visitor waiting.
        let reconnecting = view.busy;
        let now = (muted, trouble, reconnecting, view.time());
        let before = self.shown.replace(now.clone());
        if before != now {
            self.update(&BarUpdate::Show {
                muted,
                trouble: trouble.map(|trouble| trouble.label().key),
                reconnecting,
                time: &now.3,
            });
        }
    }

    /// Whether it is there to be seen, or on its way.
    pub fn has_place(&self) -> bool {
        !self.script.closed.get() && !self.script.is_out.get()
    }

    /// Updates the bar, or will once it is there; none of the page's code runs before this is back.
    pub fn update(&self, update: &BarUpdate) {
        match self.script.update.get() {
            Some(_) => self.script.send(&to_js(update)),
            None if self.script.closed.get() => {}
            None => self.script.early.borrow_mut().keep(update),
        }
    }
}

impl BarScript {
    fn send(&self, update: &JsValue) {
        if let Some(function) = self.update.get() {
            // It throws nothing that matters: a call goes on without its bar.
            let is_out = function.call1(&JsValue::UNDEFINED, update);
            if let Some(is_out) = is_out.ok().and_then(|is_out| is_out.as_bool()) {
                self.is_out.set(is_out);
            }
        }
    }
}

impl Drop for CallBar {
    fn drop(&mut self) {
        self.script.closed.set(true);
        self.update(&BarUpdate::Close {});
    }
}
