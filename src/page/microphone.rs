//! MAIN THREAD. `getUserMedia`, and what becomes of it.

use super::microphone_failure;
use crate::realm::thrown::Thrown;
use crate::shared::error::CallError;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{MediaStream, MediaStreamConstraints, MediaStreamTrack};

/// Asks for the microphone: the browser shows its prompt, and nothing is awaited.
///
/// # Errors
/// `mic_unavailable` where the page has no `mediaDevices` (it is not secure).
pub fn ask() -> Result<Promise, CallError> {
    let devices = web_sys::window()
        .map(|window| window.navigator())
        // `mediaDevices` is missing on insecure pages, whatever its type says.
        .filter(|navigator| {
            Reflect::get(navigator, &"mediaDevices".into()).is_ok_and(|devices| devices.is_object())
        })
        .and_then(|navigator| navigator.media_devices().ok())
        .ok_or_else(microphone_failure::insecure_page)?;
    let wanted = Object::new();
    for key in ["echoCancellation", "noiseSuppression", "autoGainControl"] {
        // Setting a member of a plain object of our own cannot fail.
        let _ = Reflect::set(&wanted, &key.into(), &JsValue::TRUE);
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&wanted);
    devices
        .get_user_media_with_constraints(&constraints)
        .map_err(refused)
}

/// What a rejection means.
pub fn refused(thrown: JsValue) -> CallError {
    let in_frame = web_sys::window().is_some_and(|window| {
        window
            .parent()
            .ok()
            .flatten()
            .is_some_and(|parent| parent != window)
    });
    microphone_failure::read(&Thrown::from(thrown).name, in_frame)
}

/// Stops every track: the recording indicator goes out.
pub fn stop(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_ref::<MediaStreamTrack>().stop();
    }
}
