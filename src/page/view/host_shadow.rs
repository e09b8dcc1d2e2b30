//! A host's own shadow root, closed, where its element may have one: what stands in there is shown on the host and is none of
//! its children, so that a framework which makes a server's page its own (hydration) finds what its server has sent.

use super::host_kind::takes_shadow_root;
use js_sys::WeakMap;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

thread_local! {
    /// A shadow root stays for as long as its element lives; who binds that anew needs it again.
    static ATTACHED: WeakMap = WeakMap::new();
}

/// The shadow root of a host, attached now if need be; nothing where it may have none, or has the page's.
pub fn of(host: &HtmlElement) -> Option<ShadowRoot> {
    if !takes_shadow_root(host) {
        return None;
    }
    let known = ATTACHED.with(|attached| attached.get(host));
    known.dyn_into().ok().or_else(|| attach(host).ok())
}

fn attach(host: &HtmlElement) -> Result<ShadowRoot, JsValue> {
    let document = host.owner_document().ok_or(JsValue::NULL)?;
    // The page's own children stay where they are, and are shown as before.
    let slot = document.create_element("slot")?;
    let shadow = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Closed))?;
    shadow.append_child(&slot)?;
    ATTACHED.with(|attached| attached.set(host, &shadow));
    Ok(shadow)
}
