//! The page's window.

use wasm_bindgen::prelude::*;
use web_sys::Window;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
}

/// The page's window: there is one wherever this module runs.
pub fn window() -> Window {
    WINDOW.with(Clone::clone)
}
