//! Middleware that writes each HTTP request, and the status it was answered with, into the record.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use tokio::time::timeout;

use super::config::limits::duration;
use super::no::No;
use super::record::{self, ListenerName};
use super::{Shared, cors};

/// Bodies beyond this many bytes are refused: a token request has some 200.
const MAX_BODY_BYTES: usize = 16 * 1024;

pub(super) async fn middleware(
    State((shared, listener)): State<(Arc<Shared>, ListenerName)>,
    request: Request,
    next: Next,
) -> Response {
    let at = Instant::now();
    let (parts, body) = request.into_parts();
    let deadline = duration(shared.config.deadlines.body_secs);
    let body = match timeout(deadline, to_bytes(body, MAX_BODY_BYTES)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => {
            let why = format!("a body may have {MAX_BODY_BYTES} bytes");
            Err(No(StatusCode::PAYLOAD_TOO_LARGE, "too_large", why))
        }
        Err(_) => {
            let why = format!("the body did not come within {} s", deadline.as_secs_f64());
            Err(No(StatusCode::REQUEST_TIMEOUT, "too_slow", why))
        }
    };
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
        body: body.as_ref().map_or_else(|_| Vec::new(), |b| b.to_vec()),
        at,
        status: None,
    };
    let line = format!("{listener:?} {} {}", entry.method, entry.path);
    let mut index = 0;
    shared.recorder.keep(|r| {
        index = r.requests.len();
        r.requests.push(entry);
    });
    let response = match body {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(no) => {
            // What is left of the body is not waited for either.
            let mut response = ([(header::CONNECTION, "close")], no).into_response();
            let origin = parts.headers.get(header::ORIGIN).cloned();
            cors::permit(origin, response.headers_mut());
            response
        }
    };
    let status = response.status().as_u16();
    shared.recorder.keep(|r| {
        if let Some(entry) = r.requests.get_mut(index) {
            entry.status = Some(status);
        }
    });
    shared.recorder.log(|| format!("{line} → {status}"));
    response
}
