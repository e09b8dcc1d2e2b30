//! Promises, awaited. A future is polled in a microtask of its own, never at once.

use super::clock::Delay;
use js_sys::{Function, Promise};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// What a promise is fulfilled with. What is no promise counts as fulfilled already, or by its own `then`: a patched page
/// may give anything.
///
/// # Errors
/// What the promise was rejected with.
pub async fn settle(value: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(value)).await
}

/// Waits for so many milliseconds. Dropped before, it leaves no timer behind.
pub async fn sleep(delay_ms: f64) {
    let (over, fulfil) = pending();
    let _delay = Delay::start(delay_ms, fulfil);
    // It is never rejected.
    let _ = JsFuture::from(over).await;
}

/// What a future comes to within so many milliseconds; nothing where it takes longer, and it is dropped then.
pub async fn timeout<F: Future>(limit_ms: f64, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut sleep = pin!(sleep(limit_ms));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => sleep.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// A promise, and the function that fulfils it.
pub fn pending() -> (Promise, Function) {
    let mut fulfil = JsValue::UNDEFINED;
    // It has called the executor by the time it is there.
    let promise = Promise::new(&mut |resolve, _| fulfil = resolve.into());
    (promise, fulfil.unchecked_into())
}
