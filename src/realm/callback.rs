//! PAGE AND CALL WORKER. Closures that JavaScript calls. One kind for all of them: each kind would cost a
//! crossing of its own.

use wasm_bindgen::prelude::*;

/// Takes what it is called with, if anything; drop it and JavaScript calls it in vain.
pub type Callback = Closure<dyn Fn(JsValue) -> JsValue>;

/// A callback whose answer nobody looks at. The closure comes in a box of its own, so that this is there
/// once and not for each closure.
pub fn callback(hear: Box<dyn Fn(&JsValue)>) -> Callback {
    Callback::new(move |heard: JsValue| {
        hear(&heard);
        JsValue::UNDEFINED
    })
}
