//! Waits, in a test, for what our code tells a closure.

use std::cell::Cell;
use std::rc::Rc;
use vocadesk_embed::browser::promise::pending;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// What `ask` hands to its closure.
pub async fn told<T: 'static>(ask: impl FnOnce(Box<dyn FnOnce(T)>)) -> T {
    let told = Rc::new(Cell::new(None));
    let (heard, settle) = pending();
    let slot = told.clone();
    ask(Box::new(move |value| {
        slot.set(Some(value));
        settle.call0(&JsValue::NULL).unwrap();
    }));
    JsFuture::from(heard).await.unwrap();
    told.take().unwrap()
}
