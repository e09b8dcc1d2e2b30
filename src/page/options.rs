//! What a host is told: the options of `mount` over the attributes of the element.

use super::labels::Label;
use crate::browser::promise::{pending, when};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// The attribute that makes an element a host.
pub const EMBED_ATTRIBUTE: &str = "data-vocadesk-embed";

/// The attribute with the text of the idle state.
pub const LABEL_ATTRIBUTE: &str = "data-vocadesk-label";

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

/// The options of one mount, as the page gave them; attributes are read afresh for each call.
#[derive(Clone)]
pub struct Options(JsValue);

impl Options {
    /// Options of an element that the page only marked up.
    pub fn none() -> Self {
        Self(JsValue::UNDEFINED)
    }

    /// The object that `mount` was given.
    pub fn new(object: JsValue) -> Self {
        Self(object)
    }

    /// A member; a page may hand us an object whose getters throw.
    fn member(&self, key: &str) -> Option<JsValue> {
        if !self.0.is_object() {
            return None;
        }
        Reflect::get(&self.0, &key.into())
            .ok()
            .filter(|value| !value.is_undefined())
    }

    fn text(&self, key: &str, host: &Element, attribute: &str) -> Option<String> {
        self.member(key)
            .and_then(|value| value.as_string())
            .or_else(|| host.get_attribute(attribute))
            .map(|text| text.trim_ascii().to_owned())
            .filter(|text| !text.is_empty())
    }

    /// The embed's id; empty where there is none.
    pub fn embed_id(&self, host: &Element) -> String {
        self.text("embedId", host, EMBED_ATTRIBUTE)
            .unwrap_or_default()
    }

    /// Text of the idle state, if it is not the host's own content.
    pub fn label(&self, host: &Element) -> Option<String> {
        self.text("label", host, LABEL_ATTRIBUTE)
    }

    /// The page's own texts, whatever that is.
    pub fn labels(&self) -> JsValue {
        self.member("labels").unwrap_or_default()
    }

    /// A text in the page's own words, or English.
    pub fn text_of(&self, label: Label) -> String {
        Self(self.labels())
            .member(label.key)
            .and_then(|own| own.as_string())
            .filter(|own| !own.trim_ascii().is_empty())
            .unwrap_or_else(|| label.text.to_owned())
    }

    /// Whether the page draws the state of a call by itself.
    pub fn draws_itself(&self, host: &Element) -> bool {
        self.is_none("ui", host, UI_ATTRIBUTE)
    }

    /// Whether a call has a bar with controls.
    pub fn has_bar(&self, host: &Element) -> bool {
        !self.draws_itself(host) && !self.is_none("controls", host, "data-vocadesk-controls")
    }

    fn is_none(&self, key: &str, host: &Element, attribute: &str) -> bool {
        self.text(key, host, attribute)
            .is_some_and(|text| text == "none")
    }

    /// Base of the token endpoint.
    pub fn api_url(&self, host: &Element) -> String {
        self.text("apiUrl", host, "data-vocadesk-api-url")
            .unwrap_or_else(|| API_URL.to_owned())
    }

    /// The socket for token answers that name none.
    pub fn wss_url(&self, host: &Element) -> String {
        self.text("wssUrl", host, "data-vocadesk-wss-url")
            .unwrap_or_else(|| WSS_URL.to_owned())
    }

    /// The page's answer to its own bot challenge, asked for once for each call: `then` gets it, or what the
    /// page's function threw, or its promise was rejected with.
    pub fn turnstile_token(&self, then: impl FnOnce(Result<Option<String>, JsValue>) + 'static) {
        let given = self.member("turnstileToken").unwrap_or_default();
        let given = match given.dyn_ref::<Function>() {
            Some(ask) => ask.call0(&JsValue::UNDEFINED),
            None => Ok(given),
        };
        let settled = match given {
            // Not `Promise::resolve`, which hands a promise of the page's through as it is, with whatever the
            // page has made of its `then`: what that throws would be lost in here.
            Ok(given) => {
                let (settled, settle) = pending();
                let _ = settle.call1(&JsValue::UNDEFINED, &given);
                settled
            }
            Err(thrown) => Promise::reject(&thrown),
        };
        when(&settled, |token| then(token.map(|token| token.as_string())));
    }
}
