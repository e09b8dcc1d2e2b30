//! Functions of ours that JavaScript calls.

use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A function that does something for as long as this is kept. A page may have wrapped what adds listeners and never take
/// one back: so the function may be called later, and does nothing then. The engine frees it when nobody can call it
/// any more.
pub struct Callback {
    function: JsValue,
    _hear: Rc<dyn Fn(&JsValue)>,
}

impl Callback {
    /// `hear` takes what the function is called with.
    pub fn new(hear: impl Fn(&JsValue) + 'static) -> Self {
        let hear: Rc<dyn Fn(&JsValue)> = Rc::new(hear);
        let weak = Rc::downgrade(&hear);
        let function = Closure::<dyn Fn(JsValue)>::new(move |heard: JsValue| {
            if let Some(hear) = weak.upgrade() {
                hear(&heard);
            }
        });
        Self {
            function: function.into_js_value(),
            _hear: hear,
        }
    }

    /// What JavaScript calls.
    pub fn function<F: JsCast>(&self) -> &F {
        self.function.unchecked_ref()
    }
}
