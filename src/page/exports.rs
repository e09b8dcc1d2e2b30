//! What the shim may call on the page.

use super::diagnostics;
use super::discovery::Discovery;
use super::kill_list;
use super::options::MountOptions;
use super::realms::Realms;
use super::site_marks;
use super::view::{host_shadow, left_over};
use super::widget::Widget;
use super::window::window;
use crate::browser::value::to_js;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

thread_local! {
    /// The page at work.
    static DISCOVERY: RefCell<Option<Rc<Discovery>>> = const { RefCell::new(None) };
}

fn discovery() -> Option<Rc<Discovery>> {
    DISCOVERY.with_borrow(Clone::clone)
}

/// Starts to look after the document of this realm.
#[wasm_bindgen(js_name = startPage)]
pub fn start_page(realms: Realms) {
    let window = window();
    kill_list::take(realms.kill_list());
    host_shadow::know(realms.attached());
    left_over::know(realms.left_over());
    site_marks::read(&realms);
    if let Some(document) = window.document() {
        DISCOVERY.set(Some(Discovery::start(realms, &window, document)));
    }
}

/// Starts a call on a host that was clicked before this module was there, so many ms after the page's begin.
#[wasm_bindgen(js_name = startCall)]
pub fn start_call(host: HtmlElement, clicked_ms: f64) {
    let widget = discovery().and_then(|hosts| hosts.registry().find(&host));
    if let Some(widget) = widget {
        widget.clicked_before(clicked_ms);
    }
}

/// Binds an element that is marked up and is clicked before a look has found it.
#[wasm_bindgen(js_name = bindNow)]
pub fn bind_now(element: Element) {
    if let Some(hosts) = discovery() {
        hosts.find(element);
    }
}

/// What was counted in the latest call: `{ malformed, dropped, underruns }`.
#[wasm_bindgen]
pub fn diagnostics() -> JsValue {
    to_js(&diagnostics::counts())
}

/// Binds an element. `options` is a plain object of the shim's.
#[wasm_bindgen]
pub fn mount(element: HtmlElement, options: JsValue) -> CallHandle {
    let mounted = discovery().map(|hosts| hosts.mount(&element, MountOptions::read(&options)));
    let (widget, number) = mounted.unwrap_or_default();
    CallHandle { widget, number }
}

/// What `Vocadesk.mount` gave for one mount. A mount that a later one of the same host has replaced does nothing any more.
#[wasm_bindgen]
pub struct CallHandle {
    widget: Weak<Widget>,
    number: u32,
}

impl CallHandle {
    fn widget(&self) -> Option<Rc<Widget>> {
        let widget = self.widget.upgrade();
        widget.filter(|widget| widget.is_mounted_as(self.number))
    }
}

#[wasm_bindgen]
impl CallHandle {
    /// The name of the host's state, as `data-vocadesk-state` has it; nothing once it was destroyed.
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> Option<String> {
        self.widget().map(|widget| widget.state().to_owned())
    }

    /// Starts a call as a click does, unless one is under way.
    pub fn start(&self) {
        if let Some(widget) = self.widget() {
            widget.start();
        }
    }

    /// Ends the call, if one is under way.
    pub fn end(&self) {
        if let Some(widget) = self.widget() {
            widget.end();
        }
    }

    /// Mutes the microphone of the call, or of the next one, until the call ends.
    pub fn mute(&self, muted: bool) {
        if let Some(widget) = self.widget() {
            widget.mute(muted);
        }
    }

    /// Ends a running call and leaves the host as it was found.
    pub fn destroy(&self) {
        if let (Some(widget), Some(hosts)) = (self.widget(), discovery()) {
            hosts.registry().dismiss(&widget);
        }
    }
}
