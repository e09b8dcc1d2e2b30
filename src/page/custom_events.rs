//! The six events that the page hears.

use super::kill_list;
use crate::browser::by_prototype;
use crate::browser::value::to_js;
use crate::error::ErrorReport;
use crate::protocol::session::Transcript;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit, Element};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct End {
    duration_ms: u32,
}

#[derive(Serialize)]
struct Mute {
    muted: bool,
}

#[derive(Serialize)]
struct State<'a> {
    state: &'a str,
    previous: &'a str,
}

/// Emits `vocadesk:state`.
pub fn state(host: &Element, state: &str, previous: &str) {
    emit(host, "vocadesk:state", &State { state, previous });
}

/// Emits `vocadesk:start`.
pub fn start(host: &Element) {
    emit(host, "vocadesk:start", &());
}

/// Emits `vocadesk:end`.
pub fn end(host: &Element, duration_ms: f64) {
    let duration_ms = duration_ms as u32;
    emit(host, "vocadesk:end", &End { duration_ms });
}

/// Emits `vocadesk:error`.
pub fn error(host: &Element, error: &ErrorReport) {
    emit(host, "vocadesk:error", error);
}

/// Emits `vocadesk:transcript`.
pub fn transcript(host: &Element, transcript: &Transcript) {
    emit(host, "vocadesk:transcript", transcript);
}

/// Emits `vocadesk:mute`.
pub fn mute(host: &Element, muted: bool) {
    emit(host, "vocadesk:mute", &Mute { muted });
}

/// These each call has once at most, whatever becomes of us.
const TOLD_ONCE: [&str; 3] = ["vocadesk:start", "vocadesk:end", "vocadesk:error"];

fn emit(host: &Element, name: &str, detail: &impl Serialize) {
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_detail(&to_js(detail));
    let dispatch = |target: &Element| {
        if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
            if TOLD_ONCE.contains(&name) {
                kill_list::saying(host, &event);
            }
            // A listener that throws is the page's own error, reported by the browser; it ends here.
            let _ = target.dispatch_event(&event);
        }
    };
    dispatch(host);
    // From a host that was removed nothing bubbles: who listens on the document hears it all the same.
    if !host.is_connected() {
        let document = host.owner_document();
        let root = document.map(|document| by_prototype::get(&document, "documentElement"));
        if let Some(root) = root.filter(JsValue::is_object) {
            dispatch(root.unchecked_ref());
        }
    }
}
