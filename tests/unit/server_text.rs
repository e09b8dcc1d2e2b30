//! Texts of a server as a browser reads them: there `JSON.parse` and serde-wasm-bindgen, here serde_json.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use vocadesk_embed::protocol::frames::{FrameObject, ServerFrame};
use vocadesk_embed::protocol::http::{self, Grant, Refusal};
use vocadesk_embed::protocol::session::Connect;

fn object<T: DeserializeOwned>(text: &str) -> Option<T> {
    let members = serde_json::from_str::<Map<_, _>>(text).ok()?;
    serde_json::from_value(Value::Object(members)).ok()
}

/// A frame; nothing where it is malformed.
pub fn read_frame(text: &str) -> Option<ServerFrame> {
    object::<FrameObject>(text)?.read()
}

/// The token endpoint's answer.
pub fn read_answer(status: u16, body: &str, asked: &Connect) -> Result<Grant, Refusal> {
    http::read_answer(status, object(body), asked)
}
