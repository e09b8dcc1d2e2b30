//! The site listener: the customer's page. Pages come from tests at run time, or from a folder.
//!
//! In HTML, `{{NAME}}` is replaced: by the config's template, else `{{API_URL}}`, `{{WSS_URL}}`,
//! `{{CDN_URL}}`, `{{SITE_URL}}` by this gateway's own, and `{{SCRIPT_SRC}}`, `{{INTEGRITY}}` by the
//! newest release found in the cdn's folder (looked up for each page, so that a rebuild shows at once).
//!
//! A page that is asked for with `?csp=…` is served with that Content-Security-Policy: the playground tries policies so.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha384};
use tower_http::services::ServeDir;

use super::record::ListenerName;
use super::{Shared, lock, log_requests};

/// The file that a customer's script tag names.
const SCRIPT: &str = "vocadesk.min.js";

/// Pages above this many bytes are served without their placeholders filled in.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let router = match &shared.config.site {
        Some(folder) => Router::new().fallback_service(ServeDir::new(folder)),
        None => Router::new().fallback(async || StatusCode::NOT_FOUND),
    };
    router
        .layer(from_fn_with_state(
            Arc::clone(&shared),
            pages_and_placeholders,
        ))
        .layer(from_fn_with_state(
            (shared, ListenerName::Site),
            log_requests::middleware,
        ))
}

async fn pages_and_placeholders(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let policy = policy_asked_for(request.uri());
    let page = lock(&shared.site_pages).get(request.uri().path()).cloned();
    let mut response = match page {
        Some(answer) => answer.give(HeaderMap::new()).await,
        None => next.run(request).await,
    };
    // A developer reloads this page to see what changed.
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    let is_html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    let too_long = response
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok())
        .is_some_and(|bytes| bytes > MAX_PAGE_BYTES);
    if !is_html || too_long {
        return response;
    }
    if let Some(policy) = policy {
        let name = header::CONTENT_SECURITY_POLICY;
        response.headers_mut().append(name, policy);
    }
    for (name, value) in &shared.config.site_headers {
        let header = (HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = header {
            response.headers_mut().append(name, value);
        }
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_PAGE_BYTES).await else {
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let filled = match std::str::from_utf8(&body) {
        Ok(html) => Body::from(fill(html, |name| value_of(&shared, name))),
        Err(_) => Body::from(body),
    };
    Response::from_parts(parts, filled)
}

/// It can only take from what the page may do, so anybody may ask; one that is no header's value is left out.
fn policy_asked_for(uri: &Uri) -> Option<HeaderValue> {
    let Query(query) = Query::<HashMap<String, String>>::try_from_uri(uri).ok()?;
    let policy = query.get("csp").filter(|policy| !policy.is_empty())?;
    HeaderValue::try_from(policy).ok()
}

/// Replaces each `{{NAME}}` that has a value; others stay, so that a page's own templates survive.
fn fill(html: &str, value_of: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let value = after
            .split_once("}}")
            .and_then(|(name, tail)| Some((value_of(name.trim())?, tail)));
        if let Some((value, tail)) = value {
            filled.push_str(&value);
            rest = tail;
        } else {
            filled.push_str("{{");
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

fn value_of(shared: &Shared, name: &str) -> Option<String> {
    if let Some(value) = shared.config.template.get(name) {
        return Some(value.clone());
    }
    let urls = &shared.urls;
    match name {
        "API_URL" => Some(urls.api.clone()),
        "WSS_URL" => Some(urls.wss.clone()),
        "CDN_URL" => Some(urls.cdn.clone()),
        "SITE_URL" => Some(urls.site.clone()),
        "SCRIPT_SRC" => {
            let dist = shared.config.dist.as_deref()?;
            let script = newest_script(dist)?;
            let path = script.strip_prefix(dist).ok()?.to_str()?.replace('\\', "/");
            Some(format!("{}/{path}", urls.cdn))
        }
        "INTEGRITY" => {
            let script = fs::read(newest_script(shared.config.dist.as_deref()?)?).ok()?;
            Some(format!(
                "sha384-{}",
                STANDARD.encode(Sha384::digest(script))
            ))
        }
        _ => None,
    }
}

/// `embed/vX.Y.Z/vocadesk.min.js` that was built last, or the same file at the folder's top.
fn newest_script(dist: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(dist.join("embed"))
        .into_iter()
        .flatten()
        .flatten();
    versions
        .map(|entry| entry.path().join(SCRIPT))
        .chain([dist.join(SCRIPT)])
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .max()
        .map(|(_, path)| path)
}
