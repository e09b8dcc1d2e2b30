//! What the shim may call in the worker, or on the page where a worker is refused.

use super::driver::SessionDriver;
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::MessagePort;

/// Serves one call to the page at the other end of `port`; `on_idle` is called once when nothing is
/// left to do, `on_socket` with each socket that is opened.
#[wasm_bindgen(js_name = serveCall)]
pub fn serve_call(port: MessagePort, on_idle: Function, on_socket: Function) {
    SessionDriver::serve(port, on_idle, on_socket);
}
