//! Binds the three listeners and serves a router on each.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::Router;
use tokio::net::TcpListener;

use super::config::Ports;
use super::serve::{Rules, serve};

/// Where the gateway can be reached.
#[derive(Clone, Debug)]
pub(super) struct Urls {
    pub(super) api: String,
    pub(super) wss: String,
    pub(super) cdn: String,
    pub(super) site: String,
}

/// Listeners that hold their ports but do not answer yet.
pub(super) struct Bound {
    api: TcpListener,
    cdn: TcpListener,
    site: TcpListener,
    /// The site again on `[::1]`: a browser may resolve `localhost` to either.
    site_v6: Option<TcpListener>,
    urls: Urls,
}

impl Bound {
    pub(super) async fn bind(ports: Ports, api_address: Ipv4Addr) -> io::Result<Self> {
        let api = v4("api", api_address, ports.api).await?;
        let cdn = v4("cdn", Ipv4Addr::LOCALHOST, ports.cdn).await?;
        let site = v4("site", Ipv4Addr::LOCALHOST, ports.site).await?;
        let site_port = site.local_addr()?.port();
        // A machine without IPv6, or with that port taken there, serves the site on IPv4 alone.
        let site_v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, site_port))
            .await
            .ok();
        let api_address = api.local_addr()?;
        let urls = Urls {
            api: format!("http://{api_address}"),
            wss: format!("ws://{api_address}/embed/v1/call"),
            cdn: format!("http://{}", cdn.local_addr()?),
            // By name: browsers grant a microphone to http://localhost, and it makes the site
            // another host than the api, as it is in production.
            site: format!("http://localhost:{site_port}"),
        };
        Ok(Self {
            api,
            cdn,
            site,
            site_v6,
            urls,
        })
    }

    pub(super) fn urls(&self) -> Urls {
        self.urls.clone()
    }

    /// Serves until the runtime it was called on ends. What the rules say of addresses is said of the api alone: the
    /// others stand for a cdn and a site, which have their own.
    pub(super) fn serve(self, api: Router, cdn: Router, site: Router, rules: Rules) {
        tokio::spawn(serve(self.api, api, rules.clone()));
        let rules = Rules {
            connections_per_address: usize::MAX,
            ..rules
        };
        tokio::spawn(serve(self.cdn, cdn, rules.clone()));
        if let Some(listener) = self.site_v6 {
            tokio::spawn(serve(listener, site.clone(), rules.clone()));
        }
        tokio::spawn(serve(self.site, site, rules));
    }
}

/// Ports that gateways of this process have had. A browser keeps files and storage by origin: none may come back with
/// another gateway behind it.
static HAD: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

async fn v4(name: &str, address: Ipv4Addr, port: u16) -> io::Result<TcpListener> {
    loop {
        let listener = bind(name, address, port).await?;
        let given = listener.local_addr()?.port();
        let is_new = HAD
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(given);
        // Asked for by number it is what its owner wants.
        if is_new || port != 0 {
            return Ok(listener);
        }
    }
}

async fn bind(name: &str, address: Ipv4Addr, port: u16) -> io::Result<TcpListener> {
    let address = SocketAddr::from((address, port));
    TcpListener::bind(address)
        .await
        .map_err(|e| io::Error::new(e.kind(), format!("{name} listener on {address}: {e}")))
}
