//! The way into a call: the upgrade, and the token's check.
//!
//! A bad token still gets its upgrade, then a close code: a browser shows a page nothing at all of a
//! refused upgrade, but it does show the close code of a socket that was open.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::address::Address;
use super::api::origin_of;
use super::no::No;
use super::record::Refusal;
use super::token::Refused;
use super::{Shared, lock, session};

/// Longest frame that is read. 20 ms of audio is 1.3 kB; a client that sends 64 kB is not ours.
const MAX_FRAME_BYTES: usize = 64 * 1024;

/// How long a client may take to answer our close.
pub(super) const CLOSE_DEADLINE: Duration = Duration::from_secs(2);

pub(super) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    Extension(address): Extension<Address>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    socket: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let refusal = lock(&shared.misbehave).upgrade_status;
    if let Some(status) = refusal.and_then(|s| StatusCode::from_u16(s).ok()) {
        return status.into_response();
    }
    let socket = match socket {
        Ok(socket) => socket,
        Err(rejection) => return rejection.into_response(),
    };
    let most = shared.config.limits.calls_per_address;
    let Some(seat) = shared.sockets.enter(address, most) else {
        let why = format!("an address may have {most} sockets open");
        return No::too_many("too_many_calls", why).into_response();
    };
    let origin = origin_of(&headers).to_owned();
    socket
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .on_upgrade(async move |socket| {
            let token = query.get("token").map_or("", String::as_str);
            match shared.tokens.redeem(token, &origin, address) {
                Ok((claims, leave)) => session::run(shared, socket, claims, leave).await,
                Err(why) => turn_away(&shared, socket, why).await,
            }
            drop(seat);
        })
}

async fn turn_away(shared: &Shared, mut socket: WebSocket, why: Refused) {
    let (code, reason) = (why.code(), why.reason());
    shared
        .recorder
        .log(|| format!("socket closed {code}: {reason}"));
    shared.recorder.keep(|r| {
        r.refusals.push(Refusal {
            code,
            reason: reason.to_owned(),
            at: Instant::now(),
        });
    });
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    let farewell = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            // Read until the client's own close, or the code may be lost in a reset connection.
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    let _ = tokio::time::timeout(CLOSE_DEADLINE, farewell).await;
}
