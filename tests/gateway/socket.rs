//! The way into a call: the upgrade, and the token's check.
//!
//! A bad token still gets its upgrade, then a close code: a browser shows a page nothing at all of a
//! refused upgrade, but it does show the close code of a socket that was open.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocketUpgrade};
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::address::Address;
use super::api::origin_of;
use super::lines::{Newcomer, Socket};
use super::no::No;
use super::record::Refusal;
use super::tap::Tap;
use super::token::Refused;
use super::{Shared, lock, session};

/// Longest frame that is read. 20 ms of audio is 1.3 kB; a client that sends 64 kB is not ours.
const MAX_FRAME_BYTES: usize = 64 * 1024;

/// How long a client may take to answer our close.
pub(super) const CLOSE_DEADLINE: Duration = Duration::from_secs(2);

pub(super) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    Extension(address): Extension<Address>,
    Extension(tap): Extension<Tap>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    socket: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    if shared.refuses_sockets.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
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
            let socket = Socket { socket, seat, tap };
            if let Some(token) = query.get("resume") {
                return resume(&shared, socket, token, &query, &origin).await;
            }
            let token = query.get("token").map_or("", String::as_str);
            match shared.tokens.redeem(token, &origin, address) {
                Ok((claims, leave)) => session::run(shared, socket, claims, leave).await,
                Err(why) => turn_away(&shared, socket, why).await,
            }
        })
}

/// Hands the socket to the call that it goes on with.
async fn resume(
    shared: &Shared,
    socket: Socket,
    token: &str,
    query: &HashMap<String, String>,
    origin: &str,
) {
    let to = match shared.lines.find(token, origin) {
        Ok(to) => to,
        Err(why) => return turn_away(shared, socket, why).await,
    };
    let Some(received) = query.get("received").and_then(|n| n.parse().ok()) else {
        return turn_away(shared, socket, Refused::Resume("received_invalid")).await;
    };
    if let Err(back) = to.send(Newcomer { socket, received }) {
        turn_away(shared, back.0.socket, CALL_OVER).await;
    }
}

/// A call that ended while a socket came that would go on with it.
pub(super) const CALL_OVER: Refused = Refused::Resume("call_over");

pub(super) async fn turn_away(shared: &Shared, socket: Socket, why: Refused) {
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
    say_goodbye(socket, code, reason).await;
}

/// Closes, and reads until the client's own close, or the code may be lost in a reset connection.
pub(super) async fn say_goodbye(socket: Socket, code: u16, reason: &'static str) {
    let mut open = socket.socket;
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    let farewell = async {
        if open.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = open.recv().await {}
        }
    };
    let _ = tokio::time::timeout(CLOSE_DEADLINE, farewell).await;
}
