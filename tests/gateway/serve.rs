//! Serves a router on a listener, and bounds what a connection may cost before there is a request: the
//! time that a head takes, and how many connections an address has.

use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use super::address::Address;
use super::headcount::Headcount;
use super::tap::{Tap, Tapped};

/// Before the next try, when none can be accepted: there are no file descriptors left, say.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// What each connection of a listener is held to.
#[derive(Clone)]
pub(super) struct Rules {
    /// For a whole head, and for the next one on a connection that is kept.
    pub(super) head_deadline: Duration,
    pub(super) connections_per_address: usize,
}

/// Serves for ever; the tasks end with the runtime.
pub(super) async fn serve(listener: TcpListener, router: Router, rules: Rules) {
    let open = Headcount::default();
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let address = Address::from(peer.ip());
        let Some(seat) = open.enter(address, rules.connections_per_address) else {
            // No word of why: an answer would be one more thing to wait for.
            continue;
        };
        let tap = Tap::default();
        let router = router.clone().layer(Extension(address));
        let router = router.layer(Extension(tap.clone()));
        let head_deadline = rules.head_deadline;
        tokio::spawn(async move {
            connection(stream, tap, router, head_deadline).await;
            drop(seat);
        });
    }
}

async fn connection(stream: TcpStream, tap: Tap, router: Router, head_deadline: Duration) {
    // Audio frames are small and timed; Nagle's algorithm would bunch them.
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(Tapped::new(stream, tap));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_deadline)
        .serve_connection(stream, TowerToHyperService::new(router))
        .with_upgrades();
    // Whoever breaks off or takes too long has no answer to miss.
    let _ = served.await;
}
