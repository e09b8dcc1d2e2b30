//! One browser session: a fresh browser with an empty profile, over WebDriver.

pub mod hand;

use std::cell::Cell;
use std::time::{Duration, Instant};

use fantoccini::error::CmdError;
use fantoccini::wd::{TimeoutConfiguration, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use tempfile::TempDir;

use crate::driver::Driver;
use crate::engine::{Engine, Microphone, Network, Wanted};
use crate::extension::Extension;
use crate::failure::Failure;
use crate::machine::Proxy;
use crate::network::Requested;
use crate::stage::Setting;

/// Above every deadline that a trial gives a script: the script's own deadline has better words.
const SCRIPT_TIMEOUT: Duration = Duration::from_secs(120);
/// A page takes a fraction of a second, on a busy machine many.
const LOAD_TIMEOUT: Duration = Duration::from_secs(60);

/// What a browser was started with: one of the same kind serves another trial as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    family: &'static str,
    permission: Permission,
    tls: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Permission {
    Granted,
    Denied,
    Missing,
}

impl Kind {
    /// The one that this setting wants.
    pub fn of(engine: &Engine, setting: &Setting) -> Self {
        Self {
            family: engine.family,
            permission: match setting.microphone {
                Microphone::Plays(_) | Microphone::Beeps => Permission::Granted,
                Microphone::Denied => Permission::Denied,
                Microphone::Missing => Permission::Missing,
            },
            tls: setting.tls,
        }
    }
}

/// A browser, closed by [`close`](Self::close).
pub struct Browser {
    client: Client,
    engine: &'static Engine,
    folder: TempDir,
    proxy: Option<Proxy>,
    /// A visitor's hand presses no sooner.
    rests_until: Cell<Option<Instant>>,
}

impl Browser {
    /// Starts a browser of this engine.
    pub async fn start(
        engine: &'static Engine,
        driver: &Driver,
        setting: &Setting,
    ) -> Result<Self, Failure> {
        let microphone = &setting.microphone;
        let folder = tempfile::tempdir()?;
        driver.machine.provide(microphone)?;
        (engine.hears)(folder.path(), microphone)?;
        let proxy = match engine.network {
            Network::OwnLog(_) => None,
            Network::Proxy => Some(Proxy::start()?),
        };
        let wanted = Wanted {
            microphone,
            tls: setting.tls,
            folder: folder.path(),
            proxy: proxy.as_ref().map(|proxy| proxy.port),
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities((engine.capabilities)(&wanted))
            .connect(&driver.url)
            .await?;
        let timeouts = TimeoutConfiguration::new(
            Some(SCRIPT_TIMEOUT),
            Some(LOAD_TIMEOUT),
            Some(Duration::ZERO),
        );
        let browser = Self {
            client,
            engine,
            folder,
            proxy,
            rests_until: Cell::new(None),
        };
        browser.client.update_timeouts(timeouts).await?;
        Ok(browser)
    }

    /// What its microphone gives when a page opens it next.
    pub fn hears(&self, microphone: &Microphone) -> Result<(), Failure> {
        Ok((self.engine.hears)(self.folder.path(), microphone)?)
    }

    /// Goes to a new window, which has no history, and closes all others with what runs in them.
    pub async fn renew(&self) -> Result<(), Failure> {
        let old = self.client.windows().await?;
        // What a page's dialog or frame has left: the driver must be at a window that is there.
        let first = old.first().ok_or("the browser has no window")?;
        self.client.switch_to_window(first.clone()).await?;
        let new = self.client.new_window(self.engine.shows_new_tabs).await?;
        for window in old {
            self.client.switch_to_window(window).await?;
            self.end_taps().await;
            self.client.close_window().await?;
        }
        self.client.switch_to_window(new.handle).await?;
        // What the console said before is nobody's.
        self.console().await;
        self.rests_until.set(None);
        Ok(())
    }

    /// The WebDriver client, for what this has no words for.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens an address and waits for its `load`.
    pub async fn goto(&self, url: &str) -> Result<(), Failure> {
        self.end_taps().await;
        Ok(self.client.goto(url).await?)
    }

    /// Before a page is left, where the browser may die of a tap that goes on to the end.
    async fn end_taps(&self) {
        if self.engine.dies_of_taps {
            let end = "const done = arguments[0]; \
                       window.__harness ? __harness.endTaps().then(done) : done();";
            // A page that cannot be asked has none.
            let _ = self.run_async(end, Vec::new()).await;
        }
    }

    /// From now on everything is done in this iframe's page, until another page is opened.
    pub async fn enter_frame(&self, selector: &str) -> Result<(), Failure> {
        let frame = self.client.find(Locator::Css(selector)).await?;
        Ok(frame.enter_frame().await?)
    }

    /// Opens another tab and goes there; gives the one that was left.
    pub async fn open_tab(&self) -> Result<WindowHandle, Failure> {
        self.open_other(self.engine.shows_new_tabs).await
    }

    /// Opens another window and goes there; gives the one that was left.
    pub async fn open_window(&self) -> Result<WindowHandle, Failure> {
        self.open_other(false).await
    }

    async fn open_other(&self, as_tab: bool) -> Result<WindowHandle, Failure> {
        let before = self.client.window().await?;
        let other = self.client.new_window(as_tab).await?;
        self.client.switch_to_window(other.handle).await?;
        Ok(before)
    }

    /// Closes the tab that the browser is at, and goes to this one.
    pub async fn close_tab(&self, next: WindowHandle) -> Result<(), Failure> {
        self.client.close_window().await?;
        self.to_tab(next).await
    }

    /// Goes to a tab.
    pub async fn to_tab(&self, tab: WindowHandle) -> Result<(), Failure> {
        Ok(self.client.switch_to_window(tab).await?)
    }

    /// Runs a function body in the page; `arguments` are the args.
    pub async fn run(&self, script: &str, args: Vec<Value>) -> Result<Value, Failure> {
        let answer = self.client.execute(script, args).await;
        answer.map_err(|error| while_running(script, error))
    }

    /// The same for one that calls its last argument when it is done.
    pub async fn run_async(&self, script: &str, args: Vec<Value>) -> Result<Value, Failure> {
        let answer = self.client.execute_async(script, args).await;
        answer.map_err(|error| while_running(script, error))
    }

    /// PNG of the page as it is.
    pub async fn screenshot(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.client.screenshot().await?)
    }

    /// What the console said: all of it where the driver tells (a WebDriver extension of Chromium's),
    /// elsewhere what scripts of the page's own thread said.
    pub async fn console(&self) -> Vec<String> {
        let answer = if self.engine.tells_console {
            self.client.issue_cmd(Extension::read_log()).await
        } else {
            let said = "return window.__harness?.said ?? []";
            self.client.execute(said, Vec::new()).await
        };
        let lines = answer.unwrap_or_default();
        let lines = lines.as_array().cloned().unwrap_or_default();
        let text = |line: &Value| format!("{}: {}", line["level"], line["message"]);
        lines.iter().map(text).collect()
    }

    /// Has the browser collect what nobody holds on to: by filling memory, and where that does not make it
    /// collect elements, by asking it.
    pub async fn collect_garbage(&self) -> Result<(), Failure> {
        let waste = "window.waste = Array.from({ length: 40 }, () => new Array(50_000).fill({}))";
        self.client.execute(waste, Vec::new()).await?;
        if let Some(ask) = self.engine.asks_to_collect {
            self.client.issue_cmd(Extension::context("chrome")).await?;
            let asked = self.client.execute(ask, Vec::new()).await;
            self.client.issue_cmd(Extension::context("content")).await?;
            asked?;
        }
        Ok(())
    }

    /// Ends the browser and gives what it asked the network for.
    pub async fn close(self) -> Result<Option<Vec<Requested>>, Failure> {
        self.client.close().await?;
        Ok(match self.engine.network {
            Network::OwnLog(read) => read(self.folder.path()),
            Network::Proxy => self.proxy.map(|proxy| proxy.requests()),
        })
    }
}

/// Some drivers do not say what they failed at.
fn while_running(script: &str, error: CmdError) -> Failure {
    Failure(format!("{} in {script:.200}", Failure::from(error)))
}
