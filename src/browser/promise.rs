//! What comes of a promise, told to a closure. Rust's own way of waiting (`async`)
//! would cost a state machine for each wait, and a queue of tasks for all of them.

use js_sys::{Function, Promise};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Promise)]
    type Pending;

    #[wasm_bindgen(constructor, js_class = "Promise")]
    fn new(executor: &JsValue) -> Pending;

    #[wasm_bindgen(method)]
    fn then(this: &Pending, fulfilled: &JsValue, rejected: &JsValue);
}

/// What a promise was fulfilled with, or rejected.
pub type Outcome = Result<JsValue, JsValue>;

/// Calls `then` once the promise is settled, and never at once.
pub fn when(promise: &Promise, then: impl FnOnce(Outcome) + 'static) {
    when_settled(promise, Box::new(then));
}

fn when_settled(promise: &Promise, then: Box<dyn FnOnce(Outcome)>) {
    let then = Rc::new(Cell::new(Some(then)));
    let told = |outcome: fn(JsValue) -> Outcome| {
        let then = then.clone();
        let told = Closure::<dyn Fn(JsValue)>::new(move |value| {
            if let Some(then) = then.take() {
                then(outcome(value));
            }
        });
        told.into_js_value()
    };
    // What a patched page gives instead of a promise is taken for what it would come to.
    Promise::resolve(promise)
        .unchecked_ref::<Pending>()
        .then(&told(Ok), &told(Err));
}

/// A promise, and the function that fulfils it.
pub fn pending() -> (Promise, Function) {
    let fulfil = Rc::new(Cell::new(JsValue::UNDEFINED));
    let given = fulfil.clone();
    let executor = Closure::<dyn Fn(JsValue)>::new(move |fulfil| given.set(fulfil));
    // It has called the executor by the time it is there.
    let promise = Pending::new(executor.as_ref());
    (promise.unchecked_into(), fulfil.take().unchecked_into())
}
