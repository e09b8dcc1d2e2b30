//! A host's own shadow root, closed, where its element may have one: what stands in there is shown on the host and is none of
//! its children, so that a framework which makes a server's page its own (hydration) finds what its server has sent.

use super::host_kind::takes_shadow_root;
use super::own_elements;
use crate::browser::by_prototype::create_element;
use js_sys::WeakMap;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

thread_local! {
    /// A shadow root stays for as long as its element lives; who binds that anew needs it again.
    static ATTACHED: RefCell<WeakMap> = RefCell::new(WeakMap::new());
}

/// Takes over what an instance before this one may have attached.
pub fn know(attached: WeakMap) {
    ATTACHED.set(attached);
}

fn known(host: &HtmlElement) -> Option<ShadowRoot> {
    let known = ATTACHED.with_borrow(|attached| attached.get(host));
    known.dyn_into().ok()
}

/// Takes out of it what an instance has left there that is no more.
pub fn remove_copies(host: &HtmlElement) {
    if let Some(shadow) = known(host) {
        own_elements::remove_copies(&shadow);
    }
}

/// The shadow root of a host, attached now if need be; nothing where it may have none, or has the page's.
pub fn of(host: &HtmlElement) -> Option<ShadowRoot> {
    if !takes_shadow_root(host) {
        return None;
    }
    known(host).or_else(|| attach(host).ok())
}

fn attach(host: &HtmlElement) -> Result<ShadowRoot, JsValue> {
    let document = host.owner_document().ok_or(JsValue::NULL)?;
    // The page's own children stay where they are, and are shown as before.
    let slot = create_element(&document, "slot")?;
    let shadow = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Closed))?;
    shadow.append_child(&slot)?;
    ATTACHED.with_borrow(|attached| attached.set(host, &shadow));
    Ok(shadow)
}
