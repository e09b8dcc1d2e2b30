//! The call bar beside a host while its call runs: mute, captions, volume, microphone, end. It is a script
//! of its own (`js-shim/call-bar/`), which is brought once a call has started; a call goes on without it.

use super::options::Options;
use super::realms::Realms;
use super::view::view_model::ViewModel;
use crate::browser::value::to_js;
use crate::protocol::session::Transcript;
use js_sys::Function;
use serde::Serialize;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The hash of the script: `scripts/build` knows it. A build without it brings none.
const INTEGRITY: Option<&str> = option_env!("VOCADESK_CALL_BAR_INTEGRITY");

/// What the bar is told: each is a method of the object that `js-shim/call-bar/call-bar.js` gives, with its argument.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BarUpdate<'a> {
    /// What it shows.
    Show {
        /// The visitor is not heard.
        muted: bool,
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

/// An open bar; dropping it closes it.
pub struct CallBar {
    /// Takes a [`BarUpdate`].
    update: Function,
    shown: RefCell<(bool, String)>,
}

impl CallBar {
    /// Opens the bar of a host, or begins to bring it.
    pub fn open(realms: &Realms, host: &HtmlElement, options: &Options) -> Option<Self> {
        Some(Self {
            update: realms.call_bar(INTEGRITY?, host, &options.labels()),
            shown: RefCell::default(),
        })
    }

    /// Shows the state, unless it is shown.
    pub fn show(&self, view: &ViewModel, muted: bool) {
        let now = (muted, view.time());
        let before = self.shown.replace(now.clone());
        if before != now {
            self.update(&BarUpdate::Show {
                muted,
                time: &now.1,
            });
        }
    }

    /// Tells the bar; none of the page's code runs before this is back.
    pub fn update(&self, update: &BarUpdate) {
        // It throws nothing: the bar may not be there yet.
        let _ = self.update.call1(&JsValue::UNDEFINED, &to_js(update));
    }
}

impl Drop for CallBar {
    fn drop(&mut self) {
        self.update(&BarUpdate::Close {});
    }
}
