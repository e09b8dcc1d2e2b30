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

/// What a handle is for, by the shim's numbers; `who` is the number of a mount, or a host. Gives the name of the host's
/// state, or for 6 what went wrong in the latest call, each kind by its name. One function for all of it: each costs
/// glue.
#[wasm_bindgen]
pub fn tell(who: &JsValue, what: u32) -> JsValue {
    if what == 6 {
        return literal(&counted::json());
    }
    let Some((binder, launcher)) = binder().and_then(|all| Some((all.clone(), all.named(who)?)))
    else {
        return "idle".into();
    };
    match what {
        0 => binder.dismiss(&launcher),
        1 => launcher.start(),
        2 => launcher.end(),
        3 | 4 => launcher.mute(what == 4),
        _ => {}
    }
    launcher.state().into()
}
