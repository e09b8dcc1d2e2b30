//! The reference gateway: the far end of every end-to-end test, and what a site owner runs to try
//! the embed without an account. Three listeners: **api** (tokens and the call socket), **cdn** (the
//! release's files, on a second origin) and **site** (the customer's page).
//!
//! It runs on a tokio runtime of its own, so that a busy test cannot make the far end late, and so
//! that [`Gateway::kill`] can drop every task and socket at one stroke.

mod address;
pub mod agent;
mod answer;
mod api;
mod cdn;
pub mod config;
mod cors;
mod gate;
mod headcount;
mod lines;
mod listen;
mod log_requests;
pub mod misbehave;
mod no;
pub mod numbers;
mod places;
mod rates;
pub mod record;
mod recorder;
pub mod report;
pub mod scenario;
mod serve;
mod session;
mod site;
mod socket;
mod tap;
pub mod token;
mod wire;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use answer::Answer;
pub use config::Config;
pub use gate::{Gate, Held};
pub use misbehave::{Act, Loss, Misbehave, ResumeFault, TokenFault};
pub use record::{Call, EndedBy, ListenerName, Record, Request};

use config::limits::duration;
use recorder::Recorder;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// How long an orderly shutdown waits for the calls' closing handshakes.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

/// What every handler sees.
struct Shared {
    config: Config,
    urls: listen::Urls,
    recorder: Recorder,
    tokens: token::TokenBook,
    rates: rates::Rates,
    /// Open call sockets, by address.
    sockets: headcount::Headcount,
    /// Calls that can be resumed.
    lines: lines::Lines,
    /// No call socket is opened.
    refuses_sockets: AtomicBool,
    misbehave: Mutex<Misbehave>,
    /// What the running call is to do at its next beat.
    acts: Mutex<Vec<Act>>,
    cdn_overrides: Mutex<std::collections::HashMap<String, Answer>>,
    site_pages: Mutex<std::collections::HashMap<String, Answer>>,
    /// True once the gateway is shutting down; every call then closes with 1001.
    closing: watch::Sender<bool>,
}

/// A running gateway. Dropping it is [`kill`](Self::kill).
pub struct Gateway {
    shared: Arc<Shared>,
    runtime: Mutex<Option<Runtime>>,
}

impl Gateway {
    /// Binds the three listeners and serves.
    ///
    /// # Errors
    /// When a port is taken, or the config names a folder or an agent that cannot be.
    pub async fn start(config: Config) -> io::Result<Self> {
        config.check().map_err(io::Error::other)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            // Two: one may be busy compressing a file while the other keeps a call's pace.
            .worker_threads(2)
            .thread_name("gateway")
            .enable_all()
            .build()?;
        let ports = config.ports;
        let bound = runtime
            .spawn(listen::Bound::bind(ports, config.api_address))
            .await
            .map_err(io::Error::other)??;
        let rules = serve::Rules {
            head_deadline: duration(config.deadlines.headers_secs),
            connections_per_address: config.limits.connections_per_address,
        };
        let shared = Arc::new(Shared {
            tokens: token::TokenBook::new(&config),
            rates: rates::Rates::default(),
            sockets: headcount::Headcount::default(),
            urls: bound.urls(),
            recorder: Recorder::new(&config),
            lines: lines::Lines::default(),
            refuses_sockets: AtomicBool::new(false),
            misbehave: Mutex::default(),
            acts: Mutex::default(),
            cdn_overrides: Mutex::default(),
            site_pages: Mutex::default(),
            closing: watch::Sender::new(false),
            config,
        });
        {
            // What serves is spawned from the context it is called in.
            let _inside = runtime.enter();
            bound.serve(
                api::router(Arc::clone(&shared)),
                cdn::router(Arc::clone(&shared)),
                site::router(Arc::clone(&shared)),
                rules,
            );
        }
        Ok(Self {
            shared,
            runtime: Mutex::new(Some(runtime)),
        })
    }

    /// Base of the token endpoint, no trailing slash.
    pub fn api_url(&self) -> String {
        self.shared.urls.api.clone()
    }

    /// The call socket: `ws://…/embed/v1/call`.
    pub fn wss_url(&self) -> String {
        self.shared.urls.wss.clone()
    }

    /// Base of the release's files.
    pub fn cdn_url(&self) -> String {
        self.shared.urls.cdn.clone()
    }

    /// Base of the customer's site, and its origin: `http://localhost:…`.
    pub fn site_url(&self) -> String {
        self.shared.urls.site.clone()
    }

    /// From now on a GET of `path` on the cdn gets this answer; `None` gives the file back its word.
    pub fn cdn_override(&self, path: &str, answer: Option<Answer>) {
        let mut overrides = lock(&self.shared.cdn_overrides);
        match answer {
            Some(answer) => overrides.insert(path.to_owned(), answer),
            None => overrides.remove(path),
        };
    }

    /// Puts a page on the site. Placeholders are filled in as in files; `headers` (a CSP, a
    /// Permissions-Policy) are added. Gives the page's whole URL.
    pub fn site_page(&self, path: &str, html: &str, headers: &[(&str, &str)]) -> String {
        let mut answer = Answer::html(html);
        for (name, value) in headers {
            answer = answer.header(name, value);
        }
        self.site_answer(path, answer)
    }

    /// Puts anything at a path of the site: a script, a picture, an error.
    pub fn site_answer(&self, path: &str, answer: Answer) -> String {
        lock(&self.shared.site_pages).insert(path.to_owned(), answer);
        format!("{}{path}", self.shared.urls.site)
    }

    /// From now on it misbehaves like this; `Misbehave::default()` is good behaviour.
    pub fn misbehave(&self, how: Misbehave) {
        *lock(&self.shared.misbehave) = how;
    }

    /// Whether from now on each call socket's upgrade is refused, also of those that would resume a call: an outage
    /// lasts from `true` to `false`. Sockets that are open stay so.
    pub fn refuse_sockets(&self, refuse: bool) {
        self.shared.refuses_sockets.store(refuse, Ordering::SeqCst);
    }

    /// Has the call that is running do this, now; one whose line is lost, once it is resumed.
    pub fn act(&self, act: Act) {
        lock(&self.shared.acts).push(act);
    }

    /// What a call was still to do, it need not any more.
    pub fn forget_acts(&self) {
        lock(&self.shared.acts).clear();
    }

    /// A snapshot of all that was received.
    pub fn record(&self) -> Record {
        self.shared.recorder.snapshot()
    }

    /// Waits until `find` finds something in the record; wakes when the record changes.
    ///
    /// # Errors
    /// After `deadline`, with what was awaited and what the record held.
    pub async fn wait_for<T>(
        &self,
        what: &str,
        deadline: Duration,
        find: impl FnMut(&Record) -> Option<T>,
    ) -> Result<T, String> {
        self.shared.recorder.wait_for(what, deadline, find).await
    }

    /// A token with any claims at all, signed by this gateway: an expired one, another origin's. It is good without
    /// having been granted.
    pub fn sign(&self, claims: &token::Claims) -> String {
        self.shared.tokens.forge(claims)
    }

    /// Closes every call with 1001, then stops. The record stays.
    pub async fn shutdown(&self) {
        self.shared.closing.send_replace(true);
        // Each call listens for this until its socket is closed. That the record says "ended" is not
        // enough: the close frame may still be on its way. A client that does not answer it is cut off:
        // that is what the grace is for.
        let _ = tokio::time::timeout(SHUTDOWN_GRACE, self.shared.closing.closed()).await;
        self.kill();
    }

    /// Drops listeners and sockets at once, with no close frame: a gateway killed in mid-call.
    pub fn kill(&self) {
        let Some(runtime) = lock(&self.runtime).take() else {
            return;
        };
        // A runtime must not be dropped on an async thread; and when this returns, the ports are free.
        let stop = move || runtime.shutdown_timeout(SHUTDOWN_GRACE);
        let _ = std::thread::spawn(stop).join();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Locks, and takes the value also from a lock whose holder panicked: a test's panic is its own affair.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
