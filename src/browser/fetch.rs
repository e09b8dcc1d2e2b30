//! One kind of request: JSON, posted without credentials.

use super::exception::Exception;
use super::literal::literal;
use super::promise::when;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
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

/// Who hears what came of a request: the answer, or what was thrown where the server could not be reached
/// or the body not be read.
pub type Then = Box<dyn FnOnce(Result<Answer, Exception>)>;

/// Starts the request at once, so that it is under way even where the page is just being left.
pub fn post_json(url: &str, body: &str, keepalive: bool, then: Then) {
    let init: Object = literal(if keepalive {
        r#"{"method":"POST","headers":{"content-type":"application/json"},"credentials":"omit","keepalive":true}"#
    } else {
        r#"{"method":"POST","headers":{"content-type":"application/json"},"credentials":"omit"}"#
    });
    // Setting a member of a plain object of our own cannot fail.
    let _ = Reflect::set(&init, &"body".into(), &body.into());
    match fetch(url, &init) {
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
            then(match body {
                Ok(body) => Ok(Answer {
                    status,
                    body: body.as_string().unwrap_or_default(),
                }),
                Err(thrown) => Err(thrown.into()),
            });
        }),
        Err(thrown) => then(Err(thrown.into())),
    }
}
