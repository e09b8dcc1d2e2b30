//! The call bar beside a host while its call runs: mute, captions, volume, microphone, end. It is a script
//! of its own (`call-bar/`), which is brought once a call has started; a call goes on without it.

use super::options::Options;
use super::realms::Realms;
use super::view::view_model::ViewModel;
use js_sys::Function;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The hash of the script: `scripts/build` knows it. A build without it brings none.
const INTEGRITY: Option<&str> = option_env!("VOCADESK_CALL_BAR_INTEGRITY");

/// An open bar; dropping it closes it.
pub struct CallBar {
    /// Takes the name of a method and its arguments, as a JSON array.
    tell: Function,
    shown: RefCell<String>,
}

impl CallBar {
    /// Opens the bar of a host, or begins to bring it.
    pub fn open(realms: &Realms, host: &HtmlElement, options: &Options) -> Option<Self> {
        Some(Self {
            tell: realms.call_bar(INTEGRITY?, host, &options.labels()),
            shown: RefCell::default(),
        })
    }

    /// Tells the state, unless it was told.
    pub fn show(&self, view: &ViewModel, muted: bool) {
        let now = format!(r#"["show","{}",{muted},"{}"]"#, view.state, view.time());
        if self.shown.replace(now.clone()) != now {
            self.say(&now);
        }
    }

    /// Tells the name of a method and its arguments, as JSON; none of the page's code runs before this is back.
    pub fn say(&self, words: &str) {
        // It throws nothing: the bar may not be there yet.
        let _ = self.tell.call1(&JsValue::UNDEFINED, &words.into());
    }
}

impl Drop for CallBar {
    fn drop(&mut self) {
        self.say(r#"["close"]"#);
    }
}
