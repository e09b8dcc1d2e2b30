//! The attributes of a host that we change while it is bound, and give back to the byte.
//!
//! The page may change them meanwhile: what it wrote last is what it gets back. What a state of a call has changed also
//! stands on the host itself, in `data-vocadesk-found`: a copy of the host (a carousel's clone, a page that was saved or
//! cached while a call ran) is cleaned by that.

use super::element::set;
use crate::browser::value::parse_object;
use js_sys::{JSON, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

/// Marks a bound host and tells the page's CSS its state.
pub const STATE_ATTRIBUTE: &str = "data-vocadesk-state";

/// The text that our stylesheet draws on a host by pseudo-elements.
pub const DRAWN_ATTRIBUTE: &str = "data-vocadesk-drawn";
/// On a host without content of its own: the label that gives it its size.
pub const BARE_ATTRIBUTE: &str = "data-vocadesk-bare";
/// In a call: what is drawn besides the text, and how.
pub const PARTS_ATTRIBUTE: &str = "data-vocadesk-parts";
/// How loud visitor and agent are, a digit each.
pub const LEVELS_ATTRIBUTE: &str = "data-vocadesk-levels";

/// What stood on a host before a state of its call changed it: JSON, the attributes' values by name, null for none.
const FOUND_ATTRIBUTE: &str = "data-vocadesk-found";

/// What a state may change, and a copy is given back: no other attribute, whatever the markup says.
const BY_STATE: [&str; 4] = [
    "aria-label",
    "aria-labelledby",
    "aria-busy",
    crate::page::options::UI_ATTRIBUTE,
];

/// What no host has before we bind it.
const OURS: [&str; 6] = [
    STATE_ATTRIBUTE,
    FOUND_ATTRIBUTE,
    DRAWN_ATTRIBUTE,
    BARE_ATTRIBUTE,
    PARTS_ATTRIBUTE,
    LEVELS_ATTRIBUTE,
];

struct Changed {
    name: &'static str,
    /// The page's value, as far as we know.
    before: Option<String>,
    /// Ours.
    ours: Option<String>,
}

/// See the module.
#[derive(Default)]
pub struct Attributes {
    changed: RefCell<Vec<Changed>>,
}

impl Attributes {
    /// Sets or removes an attribute, and remembers what the page had there. Nothing is borrowed while it is set: a custom
    /// element's own code runs then.
    pub fn set(&self, host: &HtmlElement, name: &'static str, value: Option<&str>) {
        let now = host.get_attribute(name);
        if now.as_deref() == value {
            return;
        }
        {
            let mut changed = self.changed.borrow_mut();
            match changed.iter_mut().find(|changed| changed.name == name) {
                Some(changed) => {
                    if changed.ours != now {
                        changed.before = now.clone();
                    }
                    changed.ours = value.map(str::to_owned);
                }
                None => changed.push(Changed {
                    name,
                    before: now.clone(),
                    ours: value.map(str::to_owned),
                }),
            }
        }
        set(host, name, value);
        self.note(host, name);
    }

    /// Gives an attribute back its page's value, unless the page has given it another.
    pub fn restore(&self, host: &HtmlElement, name: &'static str) {
        if let Some(changed) = self.forget(name) {
            give_back(host, &changed);
            self.note(host, name);
        }
    }

    fn forget(&self, name: &str) -> Option<Changed> {
        let mut all = self.changed.borrow_mut();
        let at = all.iter().position(|changed| changed.name == name)?;
        Some(all.swap_remove(at))
    }

    /// Gives all of them back.
    pub fn restore_all(&self, host: &HtmlElement) {
        for changed in self.changed.take().iter().rev() {
            give_back(host, changed);
        }
        for ours in OURS {
            set(host, ours, None);
        }
    }

    /// Says on the host what stood there, if a state has changed it.
    fn note(&self, host: &HtmlElement, name: &str) {
        if !BY_STATE.contains(&name) {
            return;
        }
        let found = Object::new();
        for changed in self.changed.borrow().iter() {
            if BY_STATE.contains(&changed.name) {
                let before = changed
                    .before
                    .as_deref()
                    .map_or(JsValue::NULL, JsValue::from);
                let _ = Reflect::set(&found, &changed.name.into(), &before);
            }
        }
        let found = String::from(JSON::stringify(&found).unwrap_or_else(|_| "{}".into()));
        set(
            host,
            FOUND_ATTRIBUTE,
            Some(found.as_str()).filter(|found| *found != "{}"),
        );
    }
}

fn give_back(host: &HtmlElement, changed: &Changed) {
    if host.get_attribute(changed.name) == changed.ours {
        set(host, changed.name, changed.before.as_deref());
    }
}

/// Takes off what a copy of a bound host has brought along.
pub fn clean_copy(host: &HtmlElement) {
    if let Some(found) = host.get_attribute(FOUND_ATTRIBUTE) {
        let found = parse_object(&found.into()).unwrap_or_default();
        for name in BY_STATE {
            match Reflect::get(&found, &name.into()) {
                Ok(value) if value.is_null() => set(host, name, None),
                Ok(value) => {
                    if let Some(value) = value.as_string() {
                        set(host, name, Some(&value));
                    }
                }
                Err(_) => {}
            }
        }
    }
    for ours in OURS {
        set(host, ours, None);
    }
}
