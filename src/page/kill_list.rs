//! What the shim undoes should this instance die in the middle of its work (`js-shim/kill-list.js`): a trap, or something of the
//! page's that is thrown through us, leaves what we hold borrowed, and nothing of ours runs any more.
//!
//! The shim itself knows of the Workers and contexts that it has made, and asks for the microphone.

use js_sys::{Function, Promise};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, Element, MediaStream};

#[wasm_bindgen]
extern "C" {
    /// Made by the shim, for this instance alone.
    #[wasm_bindgen(js_name = Object)]
    #[derive(Clone)]
    pub type KillList;

    #[wasm_bindgen(method, js_name = keepMicrophone)]
    fn keep_microphone(this: &KillList, stream: &MediaStream);

    #[wasm_bindgen(method, js_name = keepLock)]
    fn keep_lock(this: &KillList, free: &Function);

    #[wasm_bindgen(method, js_name = lockAsked)]
    fn lock_asked(this: &KillList, request: &Promise);

    #[wasm_bindgen(method)]
    fn owe(this: &KillList, url: &str, request: &JsValue) -> Function;

    #[wasm_bindgen(method, js_name = callBegins)]
    fn call_begins(this: &KillList, host: &Element);

    #[wasm_bindgen(method)]
    fn saying(this: &KillList, host: &Element, event: &CustomEvent);

    #[wasm_bindgen(method, js_name = callIsOver)]
    fn call_is_over(this: &KillList, host: &Element);
}

thread_local! {
    /// None where nobody outside watches: in a test.
    static LIST: RefCell<Option<KillList>> = const { RefCell::new(None) };
}

fn with_list<T>(work: impl FnOnce(&KillList) -> T) -> Option<T> {
    LIST.with_borrow(Clone::clone).map(|list| work(&list))
}

/// Takes the shim's list.
pub fn take(list: KillList) {
    LIST.set(Some(list));
}

/// A microphone that is on, and that was not asked for by us.
pub fn keep_microphone(stream: &MediaStream) {
    with_list(|list| list.keep_microphone(stream));
}

/// A lock that is ours, by what frees it.
pub fn keep_lock(free: &Function) {
    with_list(|list| list.keep_lock(free));
}

/// What is settled once that lock is free again, or refused.
pub fn lock_asked(request: &Promise) {
    with_list(|list| list.lock_asked(request));
}

/// A token that must be released; dropping this says that the request for that is sent, or that there is no token.
pub struct Debt(Option<Function>);

/// A token is about to be asked for. What `fetch` takes to release it.
pub fn owe(url: &str, request: &JsValue) -> Debt {
    Debt(with_list(|list| list.owe(url, request)))
}

impl Drop for Debt {
    fn drop(&mut self) {
        if let Some(paid) = &self.0 {
            let _ = paid.call0(&JsValue::UNDEFINED);
        }
    }
}

/// A call of this host begins: it is told should it come to nothing.
pub fn call_begins(host: &Element) {
    with_list(|list| list.call_begins(host));
}

/// An event of this host's call that must be told once is about to be dispatched.
pub fn saying(host: &Element, event: &CustomEvent) {
    with_list(|list| list.saying(host, event));
}

/// All of this host's call was told.
pub fn call_is_over(host: &Element) {
    with_list(|list| list.call_is_over(host));
}
