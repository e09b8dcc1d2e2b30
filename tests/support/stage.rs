//! What a trial stands on: a browser, a gateway of its own, and words for what trials do with them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::driver::{Driver, Words};
use crate::engine::{Engine, Microphone, Without};
use crate::evidence::evidence_folder;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::network::{self, Requested};
use crate::page::{Page, Placement, Release};
pub use crate::page_event::PageEvent;
use crate::sound;
use crate::tap::{self, Heard};
use gateway::{Answer, Config, Gate, Gateway};

/// What the browser needs to know that the pointer is elsewhere.
const A_MOMENT: Duration = Duration::from_millis(500);

/// So long a hand follows what it wants to click.
const POINTED: Duration = Duration::from_secs(20);

/// What a trial wants to find when it begins.
#[derive(Clone)]
pub struct Setting {
    /// What `getUserMedia` finds.
    pub microphone: Microphone,
    /// The gateway's configuration; the release's folder is filled in.
    pub config: Config,
    /// The whole trial may take this long: it ends one that hangs, and no other.
    pub deadline: Duration,
    /// Some of it is served over TLS, by a server of the trial's.
    pub tls: bool,
    /// Engines by name that cannot do what is tried, and why.
    pub impossible: Vec<(&'static str, &'static str)>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            microphone: Microphone::Beeps,
            config: Config::default(),
            deadline: Duration::from_secs(240),
            tls: false,
            impossible: Vec::new(),
        }
    }
}

impl Setting {
    /// A microphone that says the sentence of this WAV file once.
    pub fn hears(file: impl Into<PathBuf>) -> Self {
        Self {
            microphone: Microphone::Plays(file.into()),
            ..Self::default()
        }
    }

    /// Another microphone.
    pub fn microphone(microphone: Microphone) -> Self {
        Self {
            microphone,
            ..Self::default()
        }
    }

    /// Not in the engine of this name, for this reason, which the table shows.
    pub fn impossible(mut self, engine: &'static str, reason: &'static str) -> Self {
        self.impossible.push((engine, reason));
        self
    }

    /// Why the trial cannot be made in this engine, if so.
    pub fn impossible_in(&self, engine: &Engine) -> Option<&'static str> {
        let stated = self
            .impossible
            .iter()
            .find(|(name, _)| *name == engine.name);
        let stated = stated.map(|(_, reason)| *reason);
        stated.or_else(|| (engine.lacks)(&self.microphone))
    }

    /// Another configuration of the gateway.
    pub fn config(mut self, change: impl FnOnce(Config) -> Config) -> Self {
        self.config = change(self.config);
        self
    }
}

/// A microphone that is silent for so many seconds, says the visitor's sentence, and is silent again.
pub fn speaks_after(seconds: f64) -> Microphone {
    // Longer than any trial's call: the fake device repeats nothing, and stops at the file's end.
    const SILENCE_AFTER_SECS: usize = 30;
    let rate = 48_000;
    let make = || -> Result<PathBuf, Failure> {
        let (from_rate, sentence) = sound::read_wav(&data("speech/visitor.wav"))?;
        let mut samples = vec![0.0; (seconds * f64::from(rate)) as usize];
        samples.extend(sound::resample(&sentence, from_rate, rate));
        samples.resize(samples.len() + SILENCE_AFTER_SECS * rate as usize, 0.0);
        let file = evidence_folder()?.join(format!("speaks-after-{seconds}.wav"));
        sound::write_wav(&file, rate, &samples)?;
        Ok(file)
    };
    Microphone::Plays(make().expect("the file can be written"))
}

/// A file of `tests/data`.
pub fn data(name: &str) -> PathBuf {
    crate::project().join("tests/data").join(name)
}

/// See the module.
pub struct Stage {
    /// The far end, this trial's alone.
    pub gateway: Gateway,
    /// The release under test.
    pub release: Release,
    /// The browser's.
    pub engine: &'static Engine,
    machine: Arc<Machine>,
    browser: Option<Browser>,
    /// The WebDriver server's process: the browser's are below it.
    pub driver: u32,
    /// What that and the browser wrote last.
    pub words: Words,
}

impl Stage {
    /// Holds what brings the page's module back until the gate is opened: the wasm, or the script that does without. Where
    /// a page has a host from the first on, that script keeps the page from having loaded.
    pub fn hold_page_module(&self) -> Result<Gate, Failure> {
        let (file, mime) = match self.engine.without {
            Without::Wasm => ("vocadesk.nowasm.min.js", "text/javascript"),
            _ => ("vocadesk.wasm", "application/wasm"),
        };
        let (path, bytes) = self.release.file(file)?;
        let gate = Gate::shut();
        let held = Answer::new(200, mime, bytes).held(&gate);
        self.gateway.cdn_override(&path, Some(held));
        Ok(gate)
    }

    /// Starts a gateway, and gives this browser its microphone.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn set(
        engine: &'static Engine,
        driver: &Driver,
        setting: &Setting,
        browser: Browser,
    ) -> Result<Self, Failure> {
        let release = Release::built()?;
        let mut config = setting.config.clone().dist(&release.dist);
        if let Some(policy) = engine.without.policy() {
            config = config.site_header("content-security-policy", policy);
        }
        let gateway = Gateway::start(config).await?;
        driver.machine.provide(&setting.microphone)?;
        browser.hears(&setting.microphone)?;
        let first = [engine.without.script(), tap::SCRIPT].concat();
        let first = gateway::Answer::new(200, "text/javascript", first);
        gateway.site_answer("/harness/tap.js", first);
        Ok(Self {
            gateway,
            release,
            engine,
            machine: Arc::clone(&driver.machine),
            browser: Some(browser),
            driver: driver.pid(),
            words: driver.words.clone(),
        })
    }

    /// The browser; fails once it was closed.
    pub fn browser(&self) -> Result<&Browser, Failure> {
        self.browser
            .as_ref()
            .ok_or_else(|| "the browser is closed".into())
    }

    /// Puts the page on the site and opens it.
    pub async fn open(&self, page: &Page) -> Result<(), Failure> {
        let url = self
            .gateway
            .site_page("/", &page.html(&self.release), &page.headers());
        self.browser()?.goto(&url).await
    }

    /// The same, and the script tag is added once it has loaded, as a tag manager does: what a trial holds back then
    /// holds up no `load`.
    pub async fn open_then_load(&self, page: &Page) -> Result<(), Failure> {
        self.open(&page.clone().script(Placement::Absent)).await?;
        let add = "const [src, integrity] = arguments;
            const script = document.createElement('script');
            Object.assign(script, { src, integrity, crossOrigin: 'anonymous' });
            document.head.append(script);";
        let source = format!("{}{}", self.gateway.cdn_url(), self.release.script_path);
        let arguments = vec![json!(source), json!(self.release.integrity)];
        self.browser()?.run(add, arguments).await.map(drop)
    }

    /// Pulls the microphone out of the machine, or plugs another in. An engine with a fake device of its own
    /// does not notice.
    pub fn plug_in(&self, microphone: &Microphone) -> Result<(), Failure> {
        self.machine.plug_in(microphone)
    }

    /// Clicks as a visitor does.
    pub async fn click(&self, selector: &str) -> Result<(), Failure> {
        self.browser()?.click(selector).await
    }

    /// The same in the middle of the element that this expression gives, once the pointer is there and the element
    /// rests. WebKit's driver (2.50) presses where the pointer was before, when the machine is busy.
    pub async fn click_at_middle(&self, element: &str) -> Result<(), Failure> {
        let browser = self.browser()?;
        let due = Instant::now() + POINTED;
        loop {
            let [left, top, right, bottom] = self.box_of(element).await?;
            let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
            // WebKit does not look again at what is under a pointer that rests.
            browser.point_at(x - 1.0, y).await?;
            browser.point_at(x, y).await?;
            let hovered = format!("{element}.matches(':hover')");
            let there = self.until(&hovered, A_MOMENT).await;
            let rests = self.box_of(element).await? == [left, top, right, bottom];
            match there {
                Ok(_) if rests => return browser.click_here().await,
                Err(failure) if Instant::now() > due => return Err(failure),
                Ok(_) | Err(_) => {}
            }
        }
    }

    /// Left, top, right and bottom in the window of the element that this expression gives.
    pub async fn box_of(&self, element: &str) -> Result<[f64; 4], Failure> {
        let script = format!(
            "const element = {element}, box = element.getBoundingClientRect();
             let zoom = 1;
             for (let e = element; {} && e; e = Reflect.get(Node.prototype, 'parentElement', e)) zoom *= Number(getComputedStyle(e).zoom);
             return ['left', 'top', 'right', 'bottom'].map((side) => box[side] * zoom);",
            self.engine.zooms_boxes
        );
        Ok(serde_json::from_value(self.run(&script).await?)?)
    }

    /// Runs a function body in the page.
    pub async fn run(&self, script: &str) -> Result<Value, Failure> {
        self.browser()?.run(script, Vec::new()).await
    }

    /// How far the page came, in a few short lines, for whoever reads of a failure.
    pub async fn standing(&self) -> Result<String, Failure> {
        let stands = self.run("return __harness.standing()").await?;
        let lines = stands.as_array().cloned().unwrap_or_default();
        let lines = lines.iter().filter_map(Value::as_str);
        Ok(lines.map(|line| format!("page: {line:.600}\n")).collect())
    }

    /// All of our events so far, in order.
    pub async fn events(&self) -> Result<Vec<PageEvent>, Failure> {
        let events = self.run("return __harness.events").await?;
        let events: Vec<PageEvent> = serde_json::from_value(events)?;
        events
            .into_iter()
            .map(PageEvent::held_to_contract)
            .collect()
    }

    /// Waits for the `nth` event (the first is 1) of this type since the page was opened.
    pub async fn event(
        &self,
        kind: &str,
        nth: usize,
        deadline: Duration,
    ) -> Result<PageEvent, Failure> {
        let found = format!(
            "__harness.events.filter((e) => e.type === {})[{}]",
            json!(kind),
            nth.saturating_sub(1)
        );
        let came = self.until(&found, deadline).await;
        if matches!(kind, "vocadesk:end" | "vocadesk:error") {
            self.browser()?.has_seen_an_end();
        }
        match came {
            Ok(event) => serde_json::from_value::<PageEvent>(event)?.held_to_contract(),
            Err(Failure(why)) => Err(Failure(format!("no {kind} number {nth}: {why}"))),
        }
    }

    /// Waits until this expression gives something truthy in the page, and gives it.
    pub async fn until(&self, expression: &str, deadline: Duration) -> Result<Value, Failure> {
        let script = format!(
            "const [ms, done] = arguments; __harness.until(() => ({expression}), ms, done);"
        );
        let args = vec![json!(deadline.as_millis() as u64)];
        let found = self.browser()?.run_async(&script, args).await?;
        if found.is_null() {
            return Err(Failure(format!("not within {deadline:?}: {expression}")));
        }
        Ok(found)
    }

    /// Holds the page's main thread up, and gives when by this process's clock.
    pub async fn block_main_thread(
        &self,
        how_long: Duration,
    ) -> Result<(Instant, Instant), Failure> {
        let from = Instant::now();
        let script = format!(
            "const end = performance.now() + {}; while (performance.now() < end);",
            how_long.as_millis()
        );
        self.run(&script).await?;
        Ok((from, Instant::now()))
    }

    /// What each of the page's speakers was given so far.
    pub async fn heard(&self) -> Result<Vec<Heard>, Failure> {
        tap::heard(self.browser()?).await
    }

    /// The browser, for whoever is next; nothing once it was closed.
    pub fn take_browser(&mut self) -> Option<Browser> {
        self.browser.take()
    }

    /// Closes the browser, as a visitor who leaves, and gives every request that it made; `None` from
    /// an engine that keeps no log.
    pub async fn leave(&mut self) -> Result<Option<Vec<Requested>>, Failure> {
        match self.browser.take() {
            Some(browser) => browser.close().await,
            None => Err("the browser is closed".into()),
        }
    }

    /// Of these requests, the origins that are none of the gateway's three.
    pub fn strangers(&self, requests: &[Requested]) -> Vec<String> {
        let ours = [
            self.gateway.api_url(),
            self.gateway.cdn_url(),
            self.gateway.site_url(),
            self.gateway.wss_url(),
        ];
        let ours: Vec<_> = ours
            .iter()
            .filter_map(|url| network::origin_of(url))
            .collect();
        network::origins(requests)
            .into_iter()
            .filter(|o| !ours.contains(o))
            .collect()
    }
}
