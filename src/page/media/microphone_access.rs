//! `getUserMedia`, and what becomes of it.

use super::chosen_microphone;
use super::microphone_error;
use crate::browser::exception::Exception;
use crate::browser::member;
use crate::browser::promise::{settle, timeout};
use crate::browser::value::to_js;
use crate::error::CallError;
use crate::page::realms::Realms;
use crate::page::window::window;
use js_sys::{Array, Promise};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MediaStream, MediaStreamTrack};

#[wasm_bindgen]
extern "C" {
    /// Missing on pages that are not secure.
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = mediaDevices)]
    static MEDIA_DEVICES: JsValue;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Wish>,
}

/// One that cannot be granted is none: the browser gives the default microphone then.
#[derive(Serialize)]
struct Wish {
    ideal: String,
}

/// A voice, cleaned by the browser, by the microphone that the visitor has chosen.
fn constraints() -> Constraints {
    Constraints {
        audio: AudioConstraints {
            echo_cancellation: true,
            noise_suppression: true,
            auto_gain_control: true,
            device_id: chosen_microphone::get().map(|ideal| Wish { ideal }),
        },
    }
}

#[derive(Serialize)]
struct PermissionQuery {
    name: &'static str,
}

const MICROPHONE: PermissionQuery = PermissionQuery { name: "microphone" };

/// Asks for the microphone: the browser shows its prompt, and nothing is awaited.
///
/// # Errors
/// `mic_unavailable` where the page has no `mediaDevices` (it is not secure).
pub fn request(realms: &Realms) -> Result<Promise, CallError> {
    if !MEDIA_DEVICES.with(JsValue::is_object) {
        return Err(CallError::InsecurePage);
    }
    realms
        .ask_microphone(&to_js(&constraints()))
        .map_err(refused)
}

/// A visitor who is asked has so long to answer. One who is not asked has a microphone, or a reason, within seconds.
const ANSWER_DEADLINE_MS: f64 = 60_000.0;

/// What the visitor answers.
///
/// # Errors
/// Why there is no microphone.
pub async fn granted(asked: &Promise) -> Result<MicrophoneStream, CallError> {
    let Some(answer) = timeout(ANSWER_DEADLINE_MS, settle(asked)).await else {
        // Who allows it later, when nobody waits any more, is not recorded.
        let late = asked.clone();
        spawn_local(async move {
            if let Ok(stream) = settle(&late).await {
                drop(MicrophoneStream::new(stream.unchecked_into()));
            }
        });
        return Err(CallError::PromptUnanswered);
    };
    let stream = answer.map_err(refused)?;
    Ok(MicrophoneStream::new(stream.unchecked_into()))
}

/// The microphone that the browser gives now.
///
/// # Errors
/// Why there is none.
pub async fn next(realms: &Realms) -> Result<MicrophoneStream, CallError> {
    granted(&request(realms)?).await
}

/// Whether the visitor has allowed this page the microphone before, as far as the browser says.
pub async fn is_allowed() -> bool {
    let Ok(asked) = query_permission(&to_js(&MICROPHONE)) else {
        return false;
    };
    let status = settle(&asked).await;
    status.is_ok_and(|status| member::is(&status, "state", "granted"))
}

/// The browser's devices, of a page that has a microphone.
pub fn devices() -> JsValue {
    MEDIA_DEVICES.with(Clone::clone)
}

/// What a rejection means.
fn refused(thrown: JsValue) -> CallError {
    let window = window();
    let parent = window.parent().ok().flatten();
    let in_frame = parent.is_some_and(|parent| parent != window);
    let words = member::text(&thrown, "message").unwrap_or_default();
    microphone_error::read(&Exception::from(thrown).name, &words, in_frame)
}

/// A live microphone. Dropping it stops every track: the recording indicator goes out.
pub struct MicrophoneStream(MediaStream);

impl MicrophoneStream {
    /// Takes what `getUserMedia` gave.
    pub fn new(stream: MediaStream) -> Self {
        Self(stream)
    }

    /// The stream itself.
    pub fn get(&self) -> &MediaStream {
        &self.0
    }

    /// Its audio tracks.
    pub fn tracks(&self) -> impl Iterator<Item = MediaStreamTrack> + use<> {
        let tracks = self.0.get_audio_tracks().to_vec();
        tracks.into_iter().map(JsCast::unchecked_into)
    }

    /// The id of the device that it comes from, as far as the browser says.
    pub fn device_id(&self) -> Option<String> {
        let track = self.tracks().next()?;
        let settings = member::call(&track, "getSettings", &Array::new()).ok()?;
        member::text(&settings, "deviceId")
    }

    /// Lets its sound through, or silence in its place: the browser's own indicator shows which.
    pub fn enable(&self, enabled: bool) {
        for track in self.tracks() {
            track.set_enabled(enabled);
        }
    }
}

impl Drop for MicrophoneStream {
    fn drop(&mut self) {
        for track in self.tracks() {
            track.stop();
        }
    }
}
