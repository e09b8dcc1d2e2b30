//! The api listener: `POST /v1/tokens`, `POST /v1/release`, and the way to the call socket.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::address::Address;
use super::config::Embed;
use super::misbehave::TokenFault;
use super::no::No;
use super::places::Full;
use super::rates::Asker;
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

/// The `Origin` header, empty where there is none.
pub(super) fn origin_of(headers: &HeaderMap) -> &str {
    headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn tokens(
    State(shared): State<Arc<Shared>>,
    Extension(address): Extension<Address>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let own = Ask::read(&body).ok().and_then(|ask| {
        let embed = shared.config.embeds.iter().find(|e| e.id == ask.embed_id);
        embed.and_then(Embed::misbehave)
    });
    let mut misbehave = own.unwrap_or_else(|| lock(&shared.misbehave).clone());
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
            let granted = grant(&shared, address, origin_of(&headers), &body, fault);
            let answer = granted.await.into_response();
            misbehave.grant_held.passed().await;
            answer
        }
    }
}

/// Counts one more token request.
fn count(shared: &Shared, asker: Asker, of: &str, most: u32) -> Result<(), No> {
    let counted = shared.rates.count(asker, most);
    counted.map_err(|secs| {
        let why = format!("{of} may ask for {most} tokens a minute: try again in {secs} s");
        No::too_many("too_many_requests", why)
    })
}

async fn grant(
    shared: &Shared,
    address: Address,
    origin: &str,
    body: &[u8],
    fault: Option<TokenFault>,
) -> Result<Response, No> {
    let forbidden = |code, why: &str| Err(No(StatusCode::FORBIDDEN, code, why.to_owned()));
    let limits = &shared.config.limits;
    let of_address = Asker::Address(address);
    count(shared, of_address, "an address", limits.tokens_per_address)?;
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
    // The visitor first, and only for pages that may: nobody uses up what others may ask for.
    let visitor = Asker::Visitor(embed.id.clone(), ask.browser_id.clone());
    count(shared, visitor, "a visitor", limits.tokens_per_visitor)?;
    let of_embed = Asker::Embed(embed.id.clone());
    count(shared, of_embed, "an embed", limits.tokens_per_embed)?;
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
    let taken = shared.tokens.places.take(&claims, address).await;
    taken.map_err(|full| match full {
        Full::Visitor | Full::Leaving => {
            let why = "this visitor already has a call open for this embed".to_owned();
            No(StatusCode::CONFLICT, "concurrent_call_active", why)
        }
        Full::Address => {
            let why = format!(
                "an address may have {} calls at a time: try again when one of them is over",
                limits.calls_per_address
            );
            No::too_many("too_many_calls", why)
        }
        Full::Embed => {
            let why = format!(
                "all {} lines of this embed are busy: try again in a while",
                limits.calls_per_embed
            );
            No::too_many("too_many_calls", why)
        }
    })?;
    let granted = Grant {
        embed: claims.embed.clone(),
        browser: claims.browser.clone(),
        jti: claims.jti.clone(),
        token: token.clone(),
        at: Instant::now(),
    };
    shared.recorder.keep(|r| r.tokens.push(granted));
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
                shared.tokens.places.withdraw(&claims);
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

/// Gives the visitor's place back. Idempotent, and the same answer whether or not there was one, so that
/// nobody learns who is in a call.
async fn release(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let (status, hangs) = {
        let misbehave = lock(&shared.misbehave);
        (misbehave.release_status, misbehave.release_hangs)
    };
    if hangs {
        return pending().await;
    }
    if let Some(status) = status.and_then(|status| StatusCode::from_u16(status).ok()) {
        return status.into_response();
    }
    let ask = match Ask::read(&body) {
        Ok(ask) => ask,
        Err(no) => return no.into_response(),
    };
    let places = &shared.tokens.places;
    places.release(&ask.embed_id, &ask.browser_id);
    shared.recorder.keep(|r| {
        r.releases.push(Release {
            embed: ask.embed_id,
            browser: ask.browser_id,
            at: Instant::now(),
        });
    });
    StatusCode::NO_CONTENT.into_response()
}
