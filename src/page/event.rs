//! MAIN THREAD. The three events that the page hears.

use crate::realm::literal::literal;
use crate::shared::error::CallError;
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, Element};

/// Tells `vocadesk:start`.
pub fn start(host: &Element) {
    dispatch(host, "vocadesk:start", &JsValue::NULL);
}

/// Tells `vocadesk:end`.
pub fn end(host: &Element, duration_ms: f64) {
    dispatch(
        host,
        "vocadesk:end",
        &detail(&[("durationMs", duration_ms.into())]),
    );
}

/// Tells `vocadesk:error`.
pub fn error(host: &Element, error: &CallError) {
    let members = [
        ("code", error.code.as_str().into()),
        ("message", error.message.as_str().into()),
    ];
    dispatch(host, "vocadesk:error", &detail(&members));
}

fn detail(members: &[(&str, JsValue)]) -> JsValue {
    let detail = Object::new();
    for (key, value) in members {
        // Setting a member of a plain object of our own cannot fail.
        let _ = Reflect::set(&detail, &(*key).into(), value);
    }
    detail.into()
}

fn dispatch(host: &Element, name: &str, detail: &JsValue) {
    let init: CustomEventInit = literal(r#"{"bubbles":true,"composed":true}"#);
    init.set_detail(detail);
    let tell = |target: &Element| {
        if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
            // A listener that throws is the page's own error, reported by the browser; it ends here.
            let _ = target.dispatch_event(&event);
        }
    };
    tell(host);
    // From a host that was removed nothing bubbles: who listens on the document hears it all the same.
    if !host.is_connected() {
        let document = host.owner_document();
        if let Some(root) = document.and_then(|document| document.document_element()) {
            tell(&root);
        }
    }
}
