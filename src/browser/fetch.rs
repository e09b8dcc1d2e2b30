//! One kind of request: JSON, posted without credentials and referrer, and not redirected.

use super::exception::Exception;
use super::promise::settle;
use super::value::to_js;
use js_sys::Promise;
use serde::Serialize;
use std::future::Future;
use wasm_bindgen::prelude::*;
use web_sys::Response;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Init {
    method: &'static str,
    headers: Headers,
    credentials: &'static str,
    redirect: &'static str,
    referrer_policy: &'static str,
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
    /// HTTP status; 0 for a redirect, which is not followed.
    pub status: u16,
    /// The body as a text of JavaScript's.
    pub body: JsValue,
}

/// Starts a request at once, so that it is under way even where the page is just being left and nobody will await it; with
/// `keepalive` it outlives the page.
///
/// # Errors
/// What was thrown where the server could not be reached or the body not be read.
pub fn post_json(
    url: &str,
    body: String,
    keepalive: bool,
) -> impl Future<Output = Result<Answer, Exception>> + use<> {
    let request = fetch(url, &json_to_post(body, keepalive));
    async move { Ok(read(request?).await?) }
}

/// The second argument of `fetch`.
pub fn json_to_post(body: String, keepalive: bool) -> JsValue {
    to_js(&Init {
        method: "POST",
        headers: Headers {
            content_type: "application/json",
        },
        credentials: "omit",
        // It could lead anywhere; nobody learns from us on which page a visitor is.
        redirect: "manual",
        referrer_policy: "no-referrer",
        keepalive,
        body,
    })
}

async fn read(request: Promise) -> Result<Answer, JsValue> {
    let response: Response = settle(&request).await?.unchecked_into();
    Ok(Answer {
        status: response.status(),
        body: settle(response.text()?.as_ref()).await?,
    })
}
