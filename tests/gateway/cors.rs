//! Cross-origin rules of the token endpoint.
//!
//! The allowlist is enforced by the *answer* (403), not by leaving `Access-Control-Allow-Origin`
//! out: without that header the page could not read the body, and its developer would see
//! "network error" where "this origin is not on the embed's allowlist" is the help needed. So every
//! origin is echoed, on errors too. Nothing leaks: the endpoint takes no cookies and the header that
//! would allow them is never sent.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::api::RELEASE;
use super::{Shared, lock};

/// Seconds that a browser may keep a preflight's answer: ten minutes, less than Chromium's cap of
/// two hours, so that a changed rule takes hold the same day.
const MAX_AGE_SECS: &str = "600";

pub(super) async fn middleware(
    State(shared): State<Arc<Shared>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    if lock(&shared.misbehave).cors_missing {
        return next.run(request).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let is_preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        if request.uri().path() == RELEASE {
            let mut held = lock(&shared.misbehave).release_preflight_held.clone();
            held.passed().await;
        }
        preflight()
    } else {
        next.run(request).await
    };
    permit(origin, response.headers_mut());
    response
}

/// Lets the page of this origin read an answer.
pub(super) fn permit(origin: Option<HeaderValue>, headers: &mut HeaderMap) {
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}

fn preflight() -> Response {
    (
        StatusCode::NO_CONTENT,
        [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
            (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECS),
        ],
    )
        .into_response()
}
