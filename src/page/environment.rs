//! MAIN THREAD. What the shim hands to the page wing: it alone knows the script's own text and the
//! compiled module.

use wasm_bindgen::prelude::*;
use web_sys::MessagePort;

#[wasm_bindgen]
extern "C" {
    /// Made by the shim once for each page.
    #[wasm_bindgen(js_name = Object)]
    #[derive(Clone)]
    pub type Environment;

    /// The compiled module, for the other two realms.
    #[wasm_bindgen(method, getter)]
    pub fn module(this: &Environment) -> JsValue;

    /// A `blob:` URL of the script's own text, which the tag's integrity hash has covered.
    #[wasm_bindgen(method, getter, js_name = realmUrl)]
    pub fn realm_url(this: &Environment) -> String;

    /// Runs the call wing at the other end of this port on the page's own thread.
    #[wasm_bindgen(method, js_name = serveHere)]
    pub fn serve_here(this: &Environment, port: &MessagePort);
}
