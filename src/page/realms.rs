//! What the shim hands to the page: it alone knows the script's own text and the
//! compiled module.

use super::kill_list::KillList;
use js_sys::{Promise, WeakMap, WeakSet};
use wasm_bindgen::prelude::*;
use web_sys::{AudioContext, AudioNode, MessagePort, Worker};

#[wasm_bindgen]
extern "C" {
    /// Made by the shim once for each page.
    #[wasm_bindgen(js_name = Object)]
    #[derive(Clone)]
    pub type Realms;

    /// The compiled module, for the other two realms.
    #[wasm_bindgen(method, getter)]
    pub fn module(this: &Realms) -> JsValue;

    /// The `data-*` attributes of our script tag.
    #[wasm_bindgen(method, getter)]
    pub fn marks(this: &Realms) -> JsValue;

    /// Hosts with the shadow root of ours that each has, from this instance or one before it.
    #[wasm_bindgen(method, getter)]
    pub fn attached(this: &Realms) -> WeakMap;

    /// Hosts with what one that broke has left on each.
    #[wasm_bindgen(method, getter, js_name = leftOver)]
    pub fn left_over(this: &Realms) -> WeakMap;

    /// Elements that the page has destroyed, or that can be no call button.
    #[wasm_bindgen(method, getter)]
    pub fn dismissed(this: &Realms) -> WeakSet;

    /// What the shim undoes should this instance die.
    #[wasm_bindgen(method, getter, js_name = killList)]
    pub fn kill_list(this: &Realms) -> KillList;

    /// Asks for the microphone. The shim does, so that no fault of ours keeps it on.
    #[wasm_bindgen(catch, method, js_name = askMicrophone)]
    pub fn ask_microphone(this: &Realms, constraints: &JsValue) -> Result<Promise, JsValue>;

    /// Brings the audio worklet's code to where this context renders; never rejected: where no worklet may
    /// run, the page's own thread does.
    #[wasm_bindgen(catch, method, js_name = loadWorklet)]
    pub fn load_worklet(this: &Realms, context: &AudioContext) -> Result<Promise, JsValue>;

    /// Nothing sounds, for the `first` time in this call or again: from now on the page's own thread is to make the
    /// sound, or the worklet again. Gives whether to try once more in this call.
    #[wasm_bindgen(method, js_name = leaveWorklet)]
    pub fn leave_worklet(this: &Realms, first: bool) -> bool;

    /// The audio worklet's node, a new one for each call.
    #[wasm_bindgen(catch, method, js_name = makeNode)]
    pub fn make_node(this: &Realms, context: &AudioContext) -> Result<RawWorkletNode, JsValue>;

    /// A Worker for the session, which waits for the module.
    #[wasm_bindgen(catch, method, js_name = makeWorker)]
    pub fn make_worker(this: &Realms) -> Result<Worker, JsValue>;

    /// Fulfilled with whether a Worker is gone, which counts too where that cannot be told.
    #[wasm_bindgen(method, js_name = isGone)]
    pub fn is_gone(this: &Realms, worker: &Worker) -> Promise;

    /// Runs the session at the other end of this port on the page's own thread.
    #[wasm_bindgen(method, js_name = serveHere)]
    pub fn serve_here(this: &Realms, port: &MessagePort);

    /// Brings the call bar's script, which has this hash; fulfilled with the function that opens one, or with nothing where
    /// it does not come.
    #[wasm_bindgen(method, js_name = bringCallBar)]
    pub fn bring_call_bar(this: &Realms, integrity: &str) -> Promise;

    /// Brings a language's file, which has this hash; fulfilled with what is in it, or with nothing where it does not come.
    #[wasm_bindgen(method, js_name = bringTexts)]
    pub fn bring_texts(this: &Realms, file: &str, integrity: &str) -> Promise;

    /// An AudioWorkletNode, or what stands for it on the page's thread.
    #[wasm_bindgen(extends = AudioNode, js_name = AudioNode)]
    pub type RawWorkletNode;

    /// The port to the audio worklet behind the node.
    #[wasm_bindgen(method, getter)]
    pub fn port(this: &RawWorkletNode) -> MessagePort;
}
