//! `scripts/bench`: what the embed costs a page, measured in real browsers. Each subject prints a table
//! and writes its figures to `target/bench/<subject>.json`. Nothing here passes or fails: the figures are
//! for documents and for whoever changes the code that they are about.

mod call;
mod load;
mod many_calls;
mod observer;

use std::process::ExitCode;

use support::browser::Browser;
use support::driver::Driver;
use support::engine::Engine;
use support::failure::Failure;
use support::report::Table;
use support::stage::{Setting, Stage};

/// One thing that is measured, in one engine: its rows of the table.
struct Subject {
    name: &'static str,
    /// The engines whose drivers tell what is measured; none is all.
    engines: &'static [&'static str],
    table: fn() -> Table,
    setting: fn() -> Setting,
    measure: fn(&tokio::runtime::Runtime, &mut Stage, &mut Table) -> Result<(), Failure>,
}

const SUBJECTS: &[Subject] = &[
    Subject {
        name: "load",
        engines: &["chromium"],
        table: load::table,
        setting: Setting::default,
        measure: |runtime, stage, table| runtime.block_on(load::measure(stage, table)),
    },
    Subject {
        name: "observer",
        engines: &[],
        table: observer::table,
        setting: Setting::default,
        measure: |runtime, stage, table| runtime.block_on(observer::measure(stage, table)),
    },
    Subject {
        name: "call-cost",
        engines: &[],
        table: call::cost::table,
        setting: Setting::default,
        measure: |runtime, stage, table| runtime.block_on(call::cost::measure(stage, table)),
    },
    Subject {
        name: "call-coding",
        engines: &["chromium"],
        table: call::coding::table,
        setting: call::coding::setting,
        measure: |runtime, stage, table| runtime.block_on(call::coding::measure(stage, table)),
    },
    Subject {
        name: "call-wait",
        engines: &[],
        table: call::wait::table,
        setting: Setting::default,
        measure: |runtime, stage, table| runtime.block_on(call::wait::measure(stage, table)),
    },
    Subject {
        name: "call-delay",
        engines: &[],
        table: call::delay::table,
        setting: Setting::default,
        measure: |runtime, stage, table| runtime.block_on(call::delay::measure(stage, table)),
    },
    Subject {
        name: "call-stall",
        engines: &[],
        table: call::stall::table,
        setting: || Setting::default().config(call::stall::config),
        measure: |runtime, stage, table| runtime.block_on(call::stall::measure(stage, table)),
    },
    Subject {
        name: "call-memory",
        engines: &[],
        table: call::memory::table,
        setting: Setting::default,
        measure: |runtime, stage, table| runtime.block_on(call::memory::measure(stage, table)),
    },
];

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1);
    // No browser's.
    if wanted.as_deref() == Some("gateway") {
        return match many_calls::run(std::env::args().skip(2)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(Failure(why)) => {
                eprintln!("gateway: {why}");
                ExitCode::FAILURE
            }
        };
    }
    // `call` is all subjects whose name begins so.
    let wanted = |subject: &&Subject| {
        wanted.as_deref().is_none_or(|name| {
            let rest = subject.name.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    };
    let mut subjects = SUBJECTS.iter().filter(wanted).peekable();
    if subjects.peek().is_none() {
        let names: Vec<_> = SUBJECTS.iter().map(|subject| subject.name).collect();
        eprintln!("subjects: native gateway {}", names.join(" "));
        return ExitCode::from(2);
    }
    for subject in subjects {
        if let Err(Failure(why)) = run(subject) {
            eprintln!("{}: {why}", subject.name);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run(subject: &Subject) -> Result<(), Failure> {
    let mut table = (subject.table)();
    let able =
        |engine: &&Engine| subject.engines.is_empty() || subject.engines.contains(&engine.name);
    for engine in support::engine::wanted().into_iter().filter(able) {
        measure_in(engine, subject, &mut table)?;
    }
    print!("{}", table.text());
    table.write(subject.name)
}

fn measure_in(
    engine: &'static Engine,
    subject: &Subject,
    table: &mut Table,
) -> Result<(), Failure> {
    let driver = Driver::start(engine)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let setting = (subject.setting)();
    let browser = runtime.block_on(Browser::start(engine, &driver, &setting))?;
    let mut stage = runtime.block_on(Stage::set(engine, &driver, &setting, browser))?;
    let measured = (subject.measure)(&runtime, &mut stage, table);
    // A subject that reads the browser's log has left already.
    if stage.browser().is_ok() {
        runtime.block_on(stage.leave())?;
    }
    measured
}
