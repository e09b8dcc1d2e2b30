//! Messages on a port, as serde writes and reads them.

use super::value::{from_js, to_js};
use js_sys::Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::{MessageEvent, MessagePort};

/// Posts a message; a port travels along.
pub fn post(port: &MessagePort, message: &impl Serialize, along: Option<&MessagePort>) {
    let transfer = along.map_or_else(Array::new, |along| Array::of1(along));
    // Posting fails only for a port that was already given away, of which ours never is.
    let _ = port.post_message_with_transferable(&to_js(message), &transfer);
}

/// Reads a message; nothing where it is none of this type.
pub fn read<M: DeserializeOwned>(event: &MessageEvent) -> Option<M> {
    from_js(event.data())
}
