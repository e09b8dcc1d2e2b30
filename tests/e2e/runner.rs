//! Runs trials: one driver for each engine, a fresh browser and gateway for each trial, and both gone
//! afterwards whatever the trial did. Ends with the table of what held where.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed};

use crate::table::{Cell, Table};
use support::driver::Driver;
use support::engine::{Engine, Without};
use support::failure::Failure;
use support::stage::{Setting, Stage};

/// Opening a browser takes a few seconds, on a busy machine many.
const OPEN_DEADLINE: Duration = Duration::from_secs(30);

/// Closing a browser takes a fraction of a second; one that hangs is left to its driver's end.
const CLOSE_DEADLINE: Duration = Duration::from_secs(10);

const EVIDENCE_DEADLINE: Duration = Duration::from_secs(20);

/// A trial's body on a runtime of its own.
type Body = dyn Fn(&tokio::runtime::Runtime, &mut Stage) -> Result<(), Failure> + Send + Sync;

/// A trial, for every engine.
pub struct Trial {
    sentence: &'static str,
    setting: Setting,
    body: Arc<Body>,
}

/// A check of the harness itself, with no browser.
pub type Check = (&'static str, fn() -> Result<(), Failure>);

impl Trial {
    /// Use [`trial!`](crate::runner::trial), which takes the sentence from the function's name.
    pub fn new<F>(sentence: &'static str, setting: Setting, body: F) -> Self
    where
        F: AsyncFn(&mut Stage) -> Result<(), Failure> + Send + Sync + 'static,
    {
        let deadline = setting.deadline;
        let body = move |runtime: &tokio::runtime::Runtime, stage: &mut Stage| {
            let in_time = async { tokio::time::timeout(deadline, body(stage)).await };
            runtime.block_on(in_time).unwrap_or_else(|_| {
                Err(Failure(format!("the trial took longer than {deadline:?}")))
            })
        };
        Self {
            sentence,
            setting,
            body: Arc::new(body),
        }
    }
}

/// `trial!(function)` or `trial!(function, setting)`.
macro_rules! trial {
    ($body:ident) => {
        $crate::runner::trial!($body, ::support::stage::Setting::default())
    };
    ($body:ident, $setting:expr) => {
        $crate::runner::Trial::new(stringify!($body), $setting, $body)
    };
}
pub(crate) use trial;

/// The engine's driver, started by the first trial that needs it.
struct Shared {
    engine: &'static Engine,
    driver: Mutex<Option<Arc<Driver>>>,
    /// Held by the trial that has the browser: an engine's machine has one microphone.
    turn: Mutex<()>,
}

impl Shared {
    fn new(engine: &'static Engine) -> Arc<Self> {
        Arc::new(Self {
            engine,
            driver: Mutex::default(),
            turn: Mutex::default(),
        })
    }

    /// Ends the driver; the next trial gets a new one.
    fn end(&self) {
        let mut driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        driver.take();
    }

    fn driver(&self) -> Result<Arc<Driver>, Failure> {
        let mut driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        match &*driver {
            Some(running) => Ok(Arc::clone(running)),
            None => Ok(Arc::clone(
                driver.insert(Arc::new(Driver::start(self.engine)?)),
            )),
        }
    }
}

/// Runs what the command line asks for: `contract` in each engine, `beyond` in those that refuse nothing.
pub fn run(contract: Vec<Trial>, beyond: Vec<Trial>, checks: Vec<Check>) -> ExitCode {
    let mut args = Arguments::from_args();
    // Calls run in real time: two browsers at once would make one another late.
    args.test_threads.get_or_insert(1);
    let engines: Vec<_> = support::engine::wanted()
        .into_iter()
        .map(Shared::new)
        .collect();
    let table = Arc::new(Table::default());
    let mut tests = Vec::new();
    for (sentence, check) in checks {
        tests.push(libtest_mimic::Trial::test(
            format!("harness::{sentence}"),
            move || check().map_err(|failure| Failed::from(failure.0)),
        ));
    }
    for shared in &engines {
        let whole = shared.engine.without == Without::Nothing;
        let trials = contract.iter().chain(beyond.iter().filter(|_| whole));
        for trial in trials {
            tests.push(test_of(trial, Arc::clone(shared), Arc::clone(&table)));
        }
    }
    let conclusion = libtest_mimic::run(&args, tests);
    let all = contract.iter().chain(&beyond);
    let sentences: Vec<_> = all.map(|trial| trial.sentence).collect();
    let names: Vec<_> = engines.iter().map(|shared| shared.engine.name).collect();
    print!("{}", table.text(&sentences, &names));
    // Here, not at the end of the process: nothing is dropped there.
    for shared in engines {
        shared.end();
    }
    conclusion.exit_code()
}

fn test_of(trial: &Trial, shared: Arc<Shared>, table: Arc<Table>) -> libtest_mimic::Trial {
    let (sentence, engine) = (trial.sentence, shared.engine.name);
    let name = format!("{engine}::{sentence}");
    let (setting, body) = (trial.setting.clone(), Arc::clone(&trial.body));
    let impossible = setting.impossible_in(shared.engine);
    let test_name = name.clone();
    if let Some(reason) = impossible {
        table.note(sentence, engine, Cell::Impossible(reason), Duration::ZERO);
    }
    let run = move || {
        let turn = shared.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let from = Instant::now();
        let outcome = run_one(&shared, &setting, &test_name, &*body);
        drop(turn);
        let cell = match outcome {
            Ok(()) => Cell::Ok,
            Err(_) => Cell::Failed,
        };
        table.note(sentence, engine, cell, from.elapsed());
        outcome.map_err(|failure| {
            // At once, too: what is printed at the end is not always read to the end.
            eprintln!("{test_name}: {:.600}", failure.0);
            Failed::from(failure.0)
        })
    };
    libtest_mimic::Trial::test(name, run).with_ignored_flag(impossible.is_some())
}

/// A stage with a browser. Where that does not come up, its driver is ended.
fn open(
    shared: &Shared,
    setting: &Setting,
    runtime: &tokio::runtime::Runtime,
) -> Result<Stage, Failure> {
    let driver = shared.driver()?;
    let set = runtime.block_on(async {
        let stage = Stage::set(shared.engine, &driver, setting);
        tokio::time::timeout(OPEN_DEADLINE, stage).await
    });
    let set = set.unwrap_or_else(|_| Err("the browser did not start".into()));
    if set.is_err() {
        shared.end();
    }
    set
}

fn run_one(shared: &Shared, setting: &Setting, name: &str, body: &Body) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut stage = match open(shared, setting, &runtime) {
        Ok(stage) => stage,
        // MiniBrowser (2.50) does not come up once in some hundred times, with a blank page and none of
        // ours: that is no outcome of a trial, which has not begun.
        Err(Failure(why)) => {
            eprintln!("{name}: {why}; its driver is started anew");
            open(shared, setting, &runtime)?
        }
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&runtime, &mut stage)))
        .unwrap_or_else(|panic| Err(Failure(words_of(&*panic))));
    let outcome = outcome.map_err(|Failure(why)| {
        let last_words = stage.last_words();
        // A browser that hangs is a failure too, and has nothing to show.
        let evidence = runtime.block_on(async {
            tokio::time::timeout(EVIDENCE_DEADLINE, stage.keep_evidence(name)).await
        });
        let evidence = evidence.unwrap_or_else(|_| Err("the browser does not answer".into()));
        Failure(format!(
            "{why}\n{last_words}\n{}",
            evidence.unwrap_or_else(|e| format!("no evidence: {e}"))
        ))
    });
    let was_open = stage.browser().is_ok();
    let closed = runtime.block_on(async {
        let left = async { stage.leave().await };
        let closed = tokio::time::timeout(CLOSE_DEADLINE, left).await;
        stage.browser().is_err() && matches!(closed, Ok(Ok(_)))
    });
    // What counts is the trial's own outcome, not how its browser went. One that did not go takes its
    // driver with it: most drivers have room for one browser only.
    if was_open && !closed {
        shared.end();
    }
    outcome
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", words.unwrap_or("without words"))
}
