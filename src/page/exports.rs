//! What the shim may call on the page. Functions, not an object: a class costs glue.

use super::diagnostics;
use super::discovery::Discovery;
use super::options::Options;
use super::realms::Realms;
use super::window::window;
use crate::browser::value::to_js;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

thread_local! {
    /// The page at work.
    static DISCOVERY: RefCell<Option<Rc<Discovery>>> = const { RefCell::new(None) };
}

fn discovery() -> Option<Rc<Discovery>> {
    DISCOVERY.with_borrow(Clone::clone)
}

/// Starts to look after the document of this realm.
#[wasm_bindgen(js_name = startPage)]
pub fn start(realms: Realms) {
    let window = window();
    if let Some(document) = window.document() {
        DISCOVERY.set(Some(Discovery::start(realms, &window, document)));
    }
}

/// Binds an element; gives the number to unmount it with.
#[wasm_bindgen]
pub fn mount(element: HtmlElement, options: JsValue) -> u32 {
    discovery().map_or(0, |hosts| hosts.mount(&element, Options::new(options)))
}

/// What a handle is for and what a visitor does in the call bar, by the shim's numbers; `who` is the number of a mount,
/// or a host. Gives what is asked for: otherwise the name of the host's state. One function for all of it, for each
/// costs glue.
#[wasm_bindgen]
pub fn tell(who: &JsValue, what: u32, value: JsValue) -> JsValue {
    if what == 6 {
        return to_js(&diagnostics::counts());
    }
    let hosts = discovery();
    let named = hosts.as_ref().and_then(|hosts| hosts.registry().named(who));
    let (Some(hosts), Some(widget)) = (hosts, named) else {
        return JsValue::UNDEFINED;
    };
    match what {
        0 => hosts.registry().dismiss(&widget),
        1 => widget.start(),
        2 => widget.end(),
        3 | 4 => widget.mute(what == 4),
        7 => return widget.speaker().into(),
        8 => {
            return widget
                .microphone(value.is_truthy().then(|| value.unchecked_into()))
                .into();
        }
        _ => {}
    }
    widget.state().into()
}
