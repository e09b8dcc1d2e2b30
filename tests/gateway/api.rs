//! The api listener: `POST /v1/tokens`, `POST /v1/release`, and the way to the call socket.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::misbehave::TokenFault;
use super::record::{Grant, ListenerName, Release};
use super::token::{Claims, unix_now};
use super::{Shared, cors, lock, log_requests, socket};

/// Longest id that is believed; a UUID has 36 bytes.
const MAX_ID_BYTES: usize = 128;

/// Time for half an answer to leave before the connection is broken off.
const FLUSH: Duration = Duration::from_millis(50);

/// Where a visitor's place is freed.
pub(super) const RELEASE: &str = "/v1/release";

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/tokens", post(tokens))
        .route(RELEASE, post(release))
        .route("/embed/v1/call", get(socket::upgrade))
        .fallback(async || {
            let why = "there is nothing here".to_owned();
            No(StatusCode::NOT_FOUND, "not_found", why)
        })
        .layer(from_fn_with_state(Arc::clone(&shared), cors::middleware))
        .layer(from_fn_with_state(
            (Arc::clone(&shared), ListenerName::Api),
            log_requests::middleware,
        ))
        .with_state(shared)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ask {
    embed_id: String,
    browser_id: String,
    #[serde(default)]
    turnstile_token: Option<String>,
}

impl Ask {
    /// Unknown fields are let through: a newer embed may send more.
    fn read(body: &[u8]) -> Result<Self, No> {
        let ask: Self = serde_json::from_slice(body).map_err(|e| {
            let why =
                format!("the body is not JSON of {{embedId, browserId, turnstileToken?}}: {e}");
            No(StatusCode::BAD_REQUEST, "bad_request", why)
        })?;
        let fits = |id: &str| !id.is_empty() && id.len() <= MAX_ID_BYTES;
        if fits(&ask.embed_id) && fits(&ask.browser_id) {
            Ok(ask)
        } else {
            let why = format!("embedId and browserId must hold 1 to {MAX_ID_BYTES} bytes");
            Err(No(StatusCode::BAD_REQUEST, "bad_request", why))
        }
    }
}

/// An error answer: its status, its code for programs, its message for people.
struct No(StatusCode, &'static str, String);

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        (status, Json(json!({ "code": code, "message": message }))).into_response()
    }
}

/// The `Origin` header, empty where there is none.
pub(super) fn origin_of(headers: &HeaderMap) -> &str {
    headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn tokens(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut misbehave = lock(&shared.misbehave).clone();
    let fault = misbehave.token;
    misbehave.token_held.passed().await;
    match fault {
        Some(TokenFault::Hangs) => pending().await,
        Some(TokenFault::Answer(answer)) => answer.give(HeaderMap::new()).await,
        Some(TokenFault::NotJson) => {
            axum::response::Html("<!doctype html><p>Please sign in").into_response()
        }
        Some(TokenFault::CutOff) => cut_off("{\"token\":\""),
        Some(TokenFault::Disconnect) => cut_off(""),
        fault => {
            let answer = grant(&shared, origin_of(&headers), &body, fault).into_response();
            misbehave.grant_held.passed().await;
            answer
        }
    }
}

fn grant(
    shared: &Shared,
    origin: &str,
    body: &[u8],
    fault: Option<TokenFault>,
) -> Result<Response, No> {
    let forbidden = |code, why: &str| Err(No(StatusCode::FORBIDDEN, code, why.to_owned()));
    let ask = Ask::read(body)?;
    let Some(embed) = shared.config.embeds.iter().find(|e| e.id == ask.embed_id) else {
        let why = format!("there is no embed {:?}", ask.embed_id);
        return Err(No(StatusCode::NOT_FOUND, "embed_not_found", why));
    };
    if !embed.allows(origin, &shared.urls.site) {
        let why = format!(
            "the origin {origin:?} is not on the allowlist of {}",
            embed.id
        );
        return forbidden("origin_not_allowed", &why);
    }
    match (&embed.turnstile, &ask.turnstile_token) {
        (Some(_), None) => {
            return forbidden("turnstile_required", "this embed asks for a turnstileToken");
        }
        (Some(expected), Some(given)) if expected != given => {
            return forbidden("turnstile_failed", "the turnstileToken was not accepted");
        }
        _ => {}
    }
    let life = shared.tokens.life();
    let claims = Claims::new(&embed.id, &ask.browser_id, origin, embed.agent.name(), life);
    let failed = |e| {
        No(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            format!("{e}"),
        )
    };
    let token = shared.tokens.sign(&claims).map_err(failed)?;
    if !shared.tokens.take(&claims) {
        let why = "this visitor already has a call open for this embed".to_owned();
        return Err(No(StatusCode::CONFLICT, "concurrent_call_active", why));
    }
    let granted = Grant {
        embed: claims.embed,
        browser: claims.browser,
        jti: claims.jti,
        token: token.clone(),
        at: Instant::now(),
    };
    shared.recorder.change(|r| r.tokens.push(granted));
    // Milliseconds since 1970, as `Date.now()` counts.
    let expires_at = u64::try_from(unix_now().saturating_add(life).as_millis()).unwrap_or(u64::MAX);
    let mut answer = json!({ "token": token, "expiresAt": expires_at });
    if let Some(fields) = answer.as_object_mut() {
        let wss = Value::from(shared.urls.wss.clone());
        match fault {
            Some(TokenFault::NoWssUrl) => None,
            Some(TokenFault::WssUrl(url)) => fields.insert("wssUrl".to_owned(), url.into()),
            Some(TokenFault::DispatchWss) => fields.insert("dispatchUrl".to_owned(), wss),
            Some(TokenFault::DispatchHttps) => {
                let url = "https://dispatch.example.com/calls";
                fields.insert("dispatchUrl".to_owned(), url.into())
            }
            Some(TokenFault::LacksFields) => {
                // Who gets no token has no place to give back.
                shared.tokens.release(&embed.id, &ask.browser_id);
                fields.remove("token")
            }
            _ => fields.insert("wssUrl".to_owned(), wss),
        };
    }
    // A token must not lie in any cache.
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// Breaks the connection off after these bytes of the body; after none, also the head is never seen.
fn cut_off(bytes: &'static str) -> Response {
    let broken = async move {
        if !bytes.is_empty() {
            // The server flushes what it has only when the body makes it wait.
            tokio::time::sleep(FLUSH).await;
        }
        Err(std::io::Error::other("told to break off here"))
    };
    let start = futures_util::stream::iter([Ok(Bytes::from_static(bytes.as_bytes()))]);
    let body = Body::from_stream(start.chain(futures_util::stream::once(broken)));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Frees the visitor's place. Idempotent, and the same answer whether or not there was one, so that
/// nobody learns who is in a call.
async fn release(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    if lock(&shared.misbehave).release_hangs {
        return pending().await;
    }
    let ask = match Ask::read(&body) {
        Ok(ask) => ask,
        Err(no) => return no.into_response(),
    };
    shared.tokens.release(&ask.embed_id, &ask.browser_id);
    shared.recorder.change(|r| {
        r.releases.push(Release {
            embed: ask.embed_id,
            browser: ask.browser_id,
            at: Instant::now(),
        });
    });
    StatusCode::NO_CONTENT.into_response()
}
