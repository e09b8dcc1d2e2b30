//! One kind of request: JSON, posted without credentials.

use super::exception::Exception;
use super::promise::when;
use super::value::{stringify, to_js};
use js_sys::Promise;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::Response;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;
}

#[derive(Serialize)]
struct Init {
    method: &'static str,
    headers: Headers,
    credentials: &'static str,
    keepalive: bool,
    body: String,
}

#[derive(Serialize)]
struct Headers {
    #[serde(rename = "content-type")]
    content_type: &'static str,
}

/// An answer, whatever its status.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body as a text of JavaScript's.
    pub body: JsValue,
}

/// Who hears what came of a request: the answer, or what was thrown where the server could not be reached
/// or the body not be read.
pub type Then = Box<dyn FnOnce(Result<Answer, Exception>)>;

/// Starts the request at once, so that it is under way even where the page is just being left; with `keepalive` it
/// outlives the page.
pub fn post_json(url: &str, body: &impl Serialize, keepalive: bool, then: Then) {
    let init = Init {
        method: "POST",
        headers: Headers {
            content_type: "application/json",
        },
        credentials: "omit",
        keepalive,
        body: stringify(body),
    };
    match fetch(url, &to_js(&init)) {
        Ok(request) => when(&request, move |response| read(response, then)),
        Err(thrown) => then(Err(thrown.into())),
    }
}

fn read(response: Result<JsValue, JsValue>, then: Then) {
    let read = response.and_then(|response| {
        let response: Response = response.unchecked_into();
        Ok((response.status(), response.text()?))
    });
    match read {
        Ok((status, body)) => when(&body, move |body| {
            then(
                body.map(|body| Answer { status, body })
                    .map_err(Exception::from),
            );
        }),
        Err(thrown) => then(Err(thrown.into())),
    }
}
