//! `getUserMedia`, and what becomes of it.

use super::microphone_error;
use crate::browser::exception::Exception;
use crate::browser::member;
use crate::browser::promise::when;
use crate::browser::value::to_js;
use crate::error::CallError;
use crate::page::window::window;
use js_sys::{Promise, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{MediaStream, MediaStreamTrack};

#[wasm_bindgen]
extern "C" {
    /// Missing on pages that are not secure.
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = mediaDevices)]
    static MEDIA_DEVICES: JsValue;

    #[wasm_bindgen(catch, js_namespace = ["navigator", "mediaDevices"], js_name = getUserMedia)]
    fn get_user_media(constraints: &JsValue) -> Result<Promise, JsValue>;

    /// Throws where the browser has no permissions to ask for.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "permissions"], js_name = query)]
    fn query_permission(what: &JsValue) -> Result<Promise, JsValue>;
}

#[derive(Serialize)]
struct Constraints {
    audio: AudioConstraints,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AudioConstraints {
    echo_cancellation: bool,
    noise_suppression: bool,
    auto_gain_control: bool,
}

/// A voice, cleaned by the browser.
const CLEANED: Constraints = Constraints {
    audio: AudioConstraints {
        echo_cancellation: true,
        noise_suppression: true,
        auto_gain_control: true,
    },
};

#[derive(Serialize)]
struct PermissionQuery {
    name: &'static str,
}

const MICROPHONE: PermissionQuery = PermissionQuery { name: "microphone" };

/// Asks for the microphone: the browser shows its prompt, and nothing is awaited.
///
/// # Errors
/// `mic_unavailable` where the page has no `mediaDevices` (it is not secure).
pub fn ask() -> Result<Promise, CallError> {
    if !MEDIA_DEVICES.with(JsValue::is_object) {
        return Err(CallError::InsecurePage);
    }
    get_user_media(&to_js(&CLEANED)).map_err(refused)
}

/// Lets a stream's sound through, or silence in its place: the browser's own indicator shows which.
pub fn enable(stream: &MediaStream, enabled: bool) {
    // It has one, which takes every boolean.
    let track = stream.get_audio_tracks().get(0);
    let _ = Reflect::set(&track, &"enabled".into(), &enabled.into());
}

/// Calls `then` if the visitor has allowed this page the microphone before, as far as the browser tells.
pub fn when_allowed(then: impl FnOnce() + 'static) {
    let Ok(asked) = query_permission(&to_js(&MICROPHONE)) else {
        return;
    };
    when(&asked, move |asked| {
        if asked.is_ok_and(|status| member::is(&status, "state", "granted")) {
            then();
        }
    });
}

/// What a rejection means.
pub fn refused(thrown: JsValue) -> CallError {
    let window = window();
    let parent = window.parent().ok().flatten();
    let in_frame = parent.is_some_and(|parent| parent != window);
    microphone_error::read(&Exception::from(thrown).name, in_frame)
}

/// Stops every track: the recording indicator goes out.
pub fn stop(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_ref::<MediaStreamTrack>().stop();
    }
}
