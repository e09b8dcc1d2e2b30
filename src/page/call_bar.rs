//! MAIN THREAD. The call bar beside a host while its call runs: mute, captions, volume, microphone, end. It is a script
//! of its own (`call-bar/`), which is brought once a call has started; a call goes on without it.

use super::environment::Environment;
use super::options::Options;
use super::view::View;
use crate::realm::callback::Callback;
use crate::shared::text::{changes, concat, decimal};
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
    _wish: Callback,
}

impl CallBar {
    /// Opens the bar of a host, or begins to bring it; `wish` is told what the visitor does.
    pub fn open(
        environment: &Environment,
        host: &HtmlElement,
        options: &Options,
        wish: Callback,
    ) -> Option<Self> {
        Some(Self {
            tell: environment.call_bar(INTEGRITY?, host, wish.as_ref(), &options.labels()),
            shown: RefCell::default(),
            _wish: wish,
        })
    }

    /// Tells the state, unless it was told.
    pub fn show(&self, view: &View, muted: bool) {
        let muted = if muted { "true" } else { "false" };
        let parts = [
            r#"["show",""#,
            view.state,
            r#"","#,
            muted,
            r#",""#,
            &view.time(),
            r#""]"#,
        ];
        let now = concat(&parts);
        if changes(&self.shown, &now) {
            self.say(&now);
        }
    }

    /// Tells the levels, in steps.
    pub fn levels(&self, microphone: u32, agent: u32) {
        let (microphone, agent) = (decimal(microphone), decimal(agent));
        self.say(&concat(&[r#"["levels","#, &microphone, ",", &agent, "]"]));
    }

    /// Tells what was said, an event's detail.
    pub fn transcript(&self, detail: &str) {
        self.say(&concat(&[r#"["transcript","#, detail, "]"]));
    }

    fn say(&self, words: &str) {
        // It throws nothing: the bar may not be there yet.
        let _ = self.tell.call1(&JsValue::UNDEFINED, &words.into());
    }
}

impl Drop for CallBar {
    fn drop(&mut self) {
        self.say(r#"["close"]"#);
    }
}
