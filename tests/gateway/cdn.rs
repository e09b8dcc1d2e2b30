//! The cdn listener: the release's folder on an origin of its own, with the headers that a real one
//! sends, and whatever a test puts in a file's place.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use super::record::ListenerName;
use super::{Shared, lock, log_requests};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let router = match &shared.config.dist {
        Some(folder) => Router::new().fallback_service(ServeDir::new(folder)),
        None => Router::new().fallback(async || StatusCode::NOT_FOUND),
    };
    router
        .layer(CompressionLayer::new().br(true).gzip(true))
        // Outside the compression: what a test prescribes goes out as it is.
        .layer(from_fn_with_state(
            Arc::clone(&shared),
            overrides_and_headers,
        ))
        .layer(from_fn_with_state(
            (shared, ListenerName::Cdn),
            log_requests::middleware,
        ))
}

/// The headers of every file. Both kinds of cross-origin permission: CORS for `crossorigin` script
/// tags and fetch with integrity, CORP for pages that isolate themselves (COEP).
fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let fixed = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        ("cross-origin-resource-policy", "cross-origin"),
        ("timing-allow-origin", "*"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

/// A release's files never change: their URL carries the version.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

async fn overrides_and_headers(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let found = lock(&shared.cdn_overrides)
        .get(request.uri().path())
        .cloned();
    if let Some(answer) = found {
        return answer.give(headers()).await.into_response();
    }
    let mut response = next.run(request).await;
    let is_file = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    response.headers_mut().extend(headers());
    // An error must not be kept for a year.
    let cache = if is_file {
        FOREVER
    } else {
        HeaderValue::from_static("no-store")
    };
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}
