//! Middleware that writes each HTTP request, and the status it was answered with, into the record.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Shared;
use super::record::{self, ListenerName};

/// Bodies beyond this many bytes are refused: a token request has some 200.
const MAX_BODY_BYTES: usize = 16 * 1024;

pub(super) async fn middleware(
    State((shared, listener)): State<(Arc<Shared>, ListenerName)>,
    request: Request,
    next: Next,
) -> Response {
    let at = Instant::now();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY_BYTES).await;
    let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let entry = record::Request {
        listener,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        origin: parts.headers.get(header::ORIGIN).map(text),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: body.as_ref().map(|b| b.to_vec()).unwrap_or_default(),
        at,
        status: None,
    };
    let line = format!("{listener:?} {} {}", entry.method, entry.path);
    let index = shared.recorder.change(|r| {
        r.requests.push(entry);
        r.requests.len() - 1
    });
    let response = match body {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };
    let status = response.status().as_u16();
    shared.recorder.change(|r| {
        if let Some(entry) = r.requests.get_mut(index) {
            entry.status = Some(status);
        }
    });
    shared.recorder.log(|| format!("{line} → {status}"));
    response
}
