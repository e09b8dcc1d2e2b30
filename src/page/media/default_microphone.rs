//! Which microphone is the system's default, as far as the browser says.

use crate::browser::member;
use crate::browser::promise::settle;
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

/// What tells it from every other; nothing where the browser does not say. The default one comes first, in Chromium under an
/// id of its own: another device behind that has another group and another label.
pub async fn find(devices: &JsValue) -> Option<String> {
    let asked: Promise = member::call(devices, "enumerateDevices", &Array::new())
        .ok()?
        .into();
    let list: Array = settle(&asked).await.ok()?.dyn_into().ok()?;
    let first = list
        .iter()
        .find(|device| member::is(device, "kind", "audioinput"))?;
    let of_first = |key| member::text(&first, key);
    Some(
        ["deviceId", "groupId", "label"]
            .map(|key| of_first(key).unwrap_or_default())
            .join(" "),
    )
}
