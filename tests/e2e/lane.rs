//! One of the lanes that trials are made in, side by side: drivers and machines of its own, and for each engine a
//! browser that is kept from trial to trial. Origins are new in each, since every gateway has ports of its own, and so is
//! the window; a browser is started anew where a trial wants another kind, and after one that failed.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use support::browser::{Browser, Kind};
use support::driver::Driver;
use support::engine::Engine;
use support::failure::Failure;
use support::stage::Stage;
use tokio::runtime::Runtime;

use crate::trial::Trial;

/// Opening a browser takes a few seconds, on a busy machine many.
const OPEN_DEADLINE: Duration = Duration::from_secs(60);

/// Closing a browser takes a fraction of a second; one that hangs is left to its driver's end.
const CLOSE_DEADLINE: Duration = Duration::from_secs(10);

const EVIDENCE_DEADLINE: Duration = Duration::from_secs(20);

/// See the module.
pub struct Lane {
    stations: HashMap<&'static str, Station>,
    // Dropped after the browsers, whose connections it carries.
    runtime: Runtime,
}

/// Why a trial did not hold.
enum Ended {
    Failed(Failure),
    BrowserDied(Failure),
}

/// An engine's driver, and the browser that waits for the next trial.
struct Station {
    kept: Option<(Kind, Browser)>,
    driver: Driver,
}

impl Lane {
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            stations: HashMap::new(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
        })
    }

    /// Whether this engine's driver runs here.
    pub fn has(&self, engine: &Engine) -> bool {
        self.stations.contains_key(engine.family)
    }

    /// Closes browsers and drivers of all engines but these.
    pub fn keep_only(&mut self, families: &[&'static str]) {
        self.stations.retain(|family, _| families.contains(family));
    }

    /// Makes a trial; `name` is for its evidence. Where it failed because the browser died it is made once more, in a
    /// new one, and `died` is told.
    ///
    /// WebKitGTK (2.50) and Firefox (153) lose a process or hang for good once in some hundred trials, in any of them, as
    /// their drivers say themselves. What makes a browser die each time fails all the same.
    pub fn make(
        &mut self,
        trial: &Trial,
        engine: &'static Engine,
        name: &str,
        died: impl FnOnce(&Failure),
    ) -> Result<(), Failure> {
        match self.make_once(trial, engine, name) {
            Err(Ended::BrowserDied(failure)) => died(&failure),
            Err(Ended::Failed(failure)) => return Err(failure),
            Ok(()) => return Ok(()),
        }
        let again = self.make_once(trial, engine, name);
        again.map_err(|(Ended::BrowserDied(failure) | Ended::Failed(failure))| failure)
    }

    fn make_once(
        &mut self,
        trial: &Trial,
        engine: &'static Engine,
        name: &str,
    ) -> Result<(), Ended> {
        let mut stage = match self.open(trial, engine) {
            Ok(stage) => stage,
            // MiniBrowser (2.50) does not come up once in some hundred times, with a blank page and none of
            // ours: that is no outcome of a trial, which has not begun.
            Err(Failure(why)) => {
                eprintln!("{name}: {why}; its driver is started anew");
                self.stations.remove(engine.family);
                self.open(trial, engine).map_err(Ended::Failed)?
            }
        };
        let body = &*trial.body;
        let runtime = &self.runtime;
        let outcome = catch_unwind(AssertUnwindSafe(|| body(runtime, &mut stage)))
            .unwrap_or_else(|panic| Err(Failure(words_of(&*panic))));
        let outcome = outcome.map_err(|failure| {
            let is_there = self.answers(&stage);
            let failure = self.with_evidence(failure, &stage, name);
            match is_there {
                true => Ended::Failed(failure),
                false => Ended::BrowserDied(failure),
            }
        });
        let Some(browser) = stage.take_browser() else {
            // The trial has closed it.
            return outcome;
        };
        if outcome.is_ok()
            && trial.own_browser.is_none()
            && let Some(station) = self.stations.get_mut(engine.family)
        {
            station.kept = Some((Kind::of(engine, &trial.setting), browser));
        } else {
            self.close(browser, engine);
        }
        outcome
    }

    /// A stage with a browser.
    fn open(&mut self, trial: &Trial, engine: &'static Engine) -> Result<Stage, Failure> {
        let kind = Kind::of(engine, &trial.setting);
        let kept = self.stations.get_mut(engine.family);
        let kept = kept.and_then(|station| station.kept.take());
        let usable = trial.own_browser.is_none();
        let kept = match kept {
            Some((before, browser)) if usable && before == kind => Some(browser),
            Some((_, browser)) => {
                self.close(browser, engine);
                None
            }
            None => None,
        };
        if !self.stations.contains_key(engine.family) {
            let driver = Driver::start(engine)?;
            let station = Station { kept: None, driver };
            self.stations.insert(engine.family, station);
        }
        let station = self.stations.get(engine.family).ok_or("no driver")?;
        let set = async {
            let browser = match kept {
                Some(browser) => {
                    browser.renew().await?;
                    browser
                }
                None => Browser::start(engine, &station.driver, &trial.setting).await?,
            };
            Stage::set(engine, &station.driver, &trial.setting, browser).await
        };
        let in_time = async { tokio::time::timeout(OPEN_DEADLINE, set).await };
        let set = self.runtime.block_on(in_time);
        set.unwrap_or_else(|_| Err("the browser did not start".into()))
    }

    /// A browser that does not close takes its driver with it: most drivers have room for one only.
    fn close(&mut self, browser: Browser, engine: &Engine) {
        let in_time = async { tokio::time::timeout(CLOSE_DEADLINE, browser.close()).await };
        if !matches!(self.runtime.block_on(in_time), Ok(Ok(_))) {
            self.stations.remove(engine.family);
        }
    }

    /// Whether the browser still does what it is asked to; one that the trial has closed counts as well.
    fn answers(&self, stage: &Stage) -> bool {
        let Ok(browser) = stage.browser() else {
            return true;
        };
        let asked = browser.run("return 1", Vec::new());
        let in_time = async { tokio::time::timeout(EVIDENCE_DEADLINE, asked).await };
        matches!(self.runtime.block_on(in_time), Ok(Ok(_)))
    }

    fn with_evidence(&self, Failure(why): Failure, stage: &Stage, name: &str) -> Failure {
        let last_words = stage.last_words();
        // A browser that hangs is a failure too, and has nothing to show.
        let evidence = self.runtime.block_on(async {
            let in_time = tokio::time::timeout(EVIDENCE_DEADLINE, async {
                // A page that is no page of the harness has nothing to say.
                let standing = stage.standing().await.unwrap_or_default();
                Ok((standing, stage.keep_evidence(name).await?))
            });
            in_time
                .await
                .unwrap_or_else(|_| Err("the browser does not answer".into()))
        });
        let (standing, evidence) =
            evidence.unwrap_or_else(|e: Failure| (String::new(), format!("no evidence: {e}")));
        let (first, more) = why.split_once('\n').unwrap_or((&why, ""));
        Failure(format!(
            "{first}\n{standing}{more}\n{last_words}\n{evidence}"
        ))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        for (_, mut station) in self.stations.drain() {
            if let Some((_, browser)) = station.kept.take() {
                let in_time = async { tokio::time::timeout(CLOSE_DEADLINE, browser.close()).await };
                // One that does not close ends with its driver.
                let _ = self.runtime.block_on(in_time);
            }
        }
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", words.unwrap_or("without words"))
}
