//! PAGE AND CALL WORKER. One kind of request: JSON, posted without credentials.

use super::literal::literal;
use super::thrown::Thrown;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &Object) -> Result<Promise, JsValue>;
}

/// An answer, whatever its status.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// Starts the request at once, so that it is under way even where the page is just being left.
///
/// # Errors
/// What `fetch` threw, where it refuses on the spot.
pub fn post_json(url: &str, body: &str, keepalive: bool) -> Result<Promise, JsValue> {
    let init: Object = literal(if keepalive {
        r#"{"method":"POST","headers":{"content-type":"application/json"},"credentials":"omit","keepalive":true}"#
    } else {
        r#"{"method":"POST","headers":{"content-type":"application/json"},"credentials":"omit"}"#
    });
    // Setting a member of a plain object of our own cannot fail.
    let _ = Reflect::set(&init, &"body".into(), &body.into());
    fetch(url, &init)
}

/// Waits for the answer of [`post_json`].
///
/// # Errors
/// What was thrown where the server could not be reached or the body not be read.
pub async fn answer(request: Result<Promise, JsValue>) -> Result<Answer, Thrown> {
    let response: Response = JsFuture::from(request?).await?.unchecked_into();
    let body = JsFuture::from(response.text()?).await?;
    Ok(Answer {
        status: response.status(),
        body: body.as_string().unwrap_or_default(),
    })
}
