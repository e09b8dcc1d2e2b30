//! The five events that the page hears.

use crate::browser::literal::literal;
use crate::error::ErrorReport;
use crate::protocol::http::push_json_string;
use web_sys::{CustomEvent, Element};

/// Tells `vocadesk:start`.
pub fn start(host: &Element) {
    dispatch(host, "vocadesk:start", "null");
}

/// Tells `vocadesk:end`.
pub fn end(host: &Element, duration_ms: f64) {
    let duration_ms = duration_ms as u32;
    let detail = format!(r#"{{"durationMs":{duration_ms}}}"#);
    dispatch(host, "vocadesk:end", &detail);
}

/// Tells `vocadesk:error`.
pub fn error(host: &Element, error: &ErrorReport) {
    let code = error.code.as_str();
    let mut detail = format!(r#"{{"code":"{code}","message":"#);
    push_json_string(&mut detail, &error.message);
    detail.push('}');
    dispatch(host, "vocadesk:error", &detail);
}

/// Tells `vocadesk:transcript`, with the detail that the session has written.
pub fn transcript(host: &Element, detail: &str) {
    dispatch(host, "vocadesk:transcript", detail);
}

/// Tells `vocadesk:mute`.
pub fn mute(host: &Element, muted: bool) {
    let detail = if muted {
        r#"{"muted":true}"#
    } else {
        r#"{"muted":false}"#
    };
    dispatch(host, "vocadesk:mute", detail);
}

/// The detail is JSON.
fn dispatch(host: &Element, name: &str, detail: &str) {
    let init = format!(r#"{{"bubbles":true,"composed":true,"detail":{detail}}}"#);
    let tell = |target: &Element| {
        if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &literal(&init)) {
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
