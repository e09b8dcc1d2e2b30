//! MAIN THREAD. What the shim may call on the page. Functions, not an object: a class costs glue.

use super::binder::Binder;
use super::counted;
use super::environment::Environment;
use super::options::Options;
use super::window::window;
use crate::realm::literal::literal;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

thread_local! {
    /// The page wing at work.
    static BINDER: RefCell<Option<Rc<Binder>>> = const { RefCell::new(None) };
}

fn binder() -> Option<Rc<Binder>> {
    BINDER.with_borrow(Clone::clone)
}

/// Starts to look after the document of this realm.
#[wasm_bindgen(js_name = startPage)]
pub fn start(environment: Environment) {
    let window = window();
    if let Some(document) = window.document() {
        BINDER.set(Some(Binder::start(environment, &window, document)));
    }
}

/// Binds an element; gives the number to unmount it with.
#[wasm_bindgen]
pub fn mount(element: HtmlElement, options: JsValue) -> u32 {
    binder().map_or(0, |binder| binder.mount(element, Options::new(options)))
}

/// What a handle is for and what a visitor does in the call bar, by the shim's numbers; `who` is the number of a mount,
/// or a host. Gives what is asked for: otherwise the name of the host's state. One function for all of it, for each
/// costs glue.
#[wasm_bindgen]
pub fn tell(who: &JsValue, what: u32, value: JsValue) -> JsValue {
    if what == 6 {
        return literal(&counted::json());
    }
    let binder = binder();
    let named = binder.as_ref().and_then(|binder| binder.named(who));
    let (Some(binder), Some(launcher)) = (binder, named) else {
        return JsValue::UNDEFINED;
    };
    match what {
        0 => binder.dismiss(&launcher),
        1 => launcher.start(),
        2 => launcher.end(),
        3 | 4 => launcher.mute(what == 4),
        7 => return launcher.speaker().into(),
        8 => {
            return launcher
                .microphone(value.is_truthy().then(|| value.unchecked_into()))
                .into();
        }
        _ => {}
    }
    launcher.state().into()
}
