//! What a host is told: the options of `mount` over the attributes of the element.

use super::labels::Label;
use super::languages::Language;
use super::site_marks;
use super::view::writing::Writing;
use crate::browser::exception::Exception;
use crate::browser::member;
use crate::browser::promise::{settle, timeout};
use crate::error::CallError;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{Element, console};

/// The attribute that makes an element a host.
pub const EMBED_ATTRIBUTE: &str = "data-vocadesk-embed";

/// The attribute with the text of the idle state.
pub const LABEL_ATTRIBUTE: &str = "data-vocadesk-label";

/// The attribute with the language of our texts, where it is not that of what the host stands in.
pub const LANG_ATTRIBUTE: &str = "data-vocadesk-lang";

/// The attribute by which a page draws the state itself.
pub const UI_ATTRIBUTE: &str = "data-vocadesk-ui";

const API_URL: &str = match option_env!("VOCADESK_API_URL") {
    Some(url) => url,
    None => "https://embed.vocadesk.com",
};

const WSS_URL: &str = match option_env!("VOCADESK_WSS_URL") {
    Some(url) => url,
    None => "wss://voice.vocadesk.com/embed/v1/call",
};

/// The page has so long to solve its bot challenge (contract §1).
const TURNSTILE_DEADLINE_MS: f64 = 30_000.0;

/// The options of one mount, read once: nothing of the page's runs when they are used.
#[derive(Clone, Default)]
pub struct MountOptions {
    embed_id: Option<String>,
    label: Option<String>,
    api_url: Option<String>,
    wss_url: Option<String>,
    ui: Option<String>,
    controls: Option<String>,
    lang: Option<String>,
    /// A plain object of texts, or nothing.
    labels: JsValue,
    /// A text, a promise of one, or a function that gives either.
    turnstile_token: JsValue,
}

impl MountOptions {
    /// Reads the object that `mount` was given, of which the shim has made a plain one. A member of the wrong kind is
    /// left out, and a warning says so.
    pub fn read(given: &JsValue) -> Self {
        let member = |key: &str| member::get(given, key).unwrap_or_default();
        let text = |key: &str| {
            let value = member(key);
            let text = value.as_string();
            if text.is_none() && !value.is_undefined() && !value.is_null() {
                let warning =
                    format!("Vocadesk.mount: the option {key} is no text, and is left out.");
                console::warn_1(&warning.into());
            }
            filled(text?)
        };
        if !given.is_object() {
            return Self::default();
        }
        Self {
            embed_id: text("embedId"),
            label: text("label"),
            api_url: text("apiUrl"),
            wss_url: text("wssUrl"),
            ui: text("ui"),
            controls: text("controls"),
            lang: text("lang"),
            labels: member("labels"),
            turnstile_token: member("turnstileToken"),
        }
    }

    /// The embed's id as it stands now; empty where there is none.
    pub fn embed_id(&self, host: &Element) -> String {
        let written = || written(host, EMBED_ATTRIBUTE).filter(|id| site_marks::may_call(id));
        self.embed_id.clone().or_else(written).unwrap_or_default()
    }

    /// How the host is to be shown as things stand now.
    pub fn presentation(&self, host: &Element) -> Presentation {
        let is_none = |option, attribute| over(option, host, attribute).as_deref() == Some("none");
        let ui = self.ui.clone();
        let ui = ui.or_else(|| site_marks::ui(written(host, UI_ATTRIBUTE)));
        let draws_itself = ui.as_deref() == Some("none");
        let language = || Language::of(over(&self.lang, host, LANG_ATTRIBUTE), host);
        Presentation {
            draws_itself,
            has_bar: !draws_itself && !is_none(&self.controls, "data-vocadesk-controls"),
            label: over(&self.label, host, LABEL_ATTRIBUTE),
            labels: self.labels.clone(),
            language: (!draws_itself).then(language).flatten(),
        }
    }

    /// All that a call needs to know, as things stand now.
    pub fn call_config(&self, host: &Element) -> CallConfig {
        let api_url = || site_marks::api_url(written(host, "data-vocadesk-api-url"), API_URL);
        let wss_url = || site_marks::wss_url(written(host, "data-vocadesk-wss-url"), WSS_URL);
        CallConfig {
            embed_id: self.embed_id(host),
            api_url: self.api_url.clone().unwrap_or_else(api_url),
            wss_url: self.wss_url.clone().unwrap_or_else(wss_url),
            turnstile_token: self.turnstile_token.clone(),
            presentation: self.presentation(host),
        }
    }
}

/// An option over its attribute.
fn over(option: &Option<String>, host: &Element, attribute: &str) -> Option<String> {
    option.clone().or_else(|| written(host, attribute))
}

fn written(host: &Element, attribute: &str) -> Option<String> {
    host.get_attribute(attribute).and_then(filled)
}

fn filled(text: String) -> Option<String> {
    let text = text.trim_ascii();
    (!text.is_empty()).then(|| text.to_owned())
}

/// How a host is shown.
#[derive(Clone)]
pub struct Presentation {
    /// The page draws the state of a call by itself.
    pub draws_itself: bool,
    /// A call has a bar with controls.
    pub has_bar: bool,
    /// Text of the idle state, if it is not the host's own content.
    pub label: Option<String>,
    /// The page's own texts, a plain object, or nothing.
    pub labels: JsValue,
    /// What all others are in, if not in English.
    pub language: Option<Language>,
}

impl Presentation {
    /// A text in the page's own words, in the host's language once that is there, or in English.
    pub fn text_of(&self, label: Label) -> String {
        // Nothing is asked of undefined: that throws, and stops a debugger that pauses on what is caught.
        let own = || member::text(&self.labels, label.key);
        let own = self.labels.is_object().then(own).flatten();
        own.filter(|own| !own.trim_ascii().is_empty())
            .or_else(|| self.language.as_ref()?.text(label.key))
            .unwrap_or_else(|| label.text.to_owned())
    }

    /// How the host's language is written, once its texts are there.
    pub fn writing(&self) -> Writing {
        let language = self.language.as_ref();
        language.map(Language::writing).unwrap_or_default()
    }
}

/// What one call goes by, from the click to its end: read at the click, and changed by nothing.
#[derive(Clone)]
pub struct CallConfig {
    /// The embed's id; empty where there is none.
    pub embed_id: String,
    /// Base of the token endpoint.
    pub api_url: String,
    /// The socket for token answers that name none.
    pub wss_url: String,
    /// How the host is shown.
    pub presentation: Presentation,
    turnstile_token: JsValue,
}

impl CallConfig {
    /// The page's answer to its own bot challenge, asked for once for each call.
    ///
    /// # Errors
    /// `token_failed` with what the page's function threw, or its promise was rejected with, or that it took too long.
    pub async fn turnstile_token(&self) -> Result<Option<String>, CallError> {
        let given = match self.turnstile_token.dyn_ref::<Function>() {
            Some(ask) => ask.call0(&JsValue::UNDEFINED),
            None => Ok(self.turnstile_token.clone()),
        };
        let why = match given {
            // Not `Promise::resolve`, which hands a promise of the page's through as it is, with whatever the
            // page has made of its `then`: what that throws would be lost in here.
            Ok(given) => {
                let answer = Promise::new(&mut |resolve, _| {
                    let _ = resolve.call1(&JsValue::UNDEFINED, &given);
                });
                match timeout(TURNSTILE_DEADLINE_MS, settle(&answer)).await {
                    Some(Ok(token)) => return Ok(token.as_string()),
                    Some(Err(thrown)) => Exception::from(thrown).describe(),
                    None => "no answer within 30 s".to_owned(),
                }
            }
            Err(thrown) => Exception::from(thrown).describe(),
        };
        Err(CallError::TurnstileFailed { why })
    }
}
