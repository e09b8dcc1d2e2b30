//! `scripts/soak`: what a page does over and over leaves nothing behind. Real calls of a real Chromium to the gateway, which
//! runs in this process and keeps no record. Prints a table, and fails where there is more of anything than before.

use std::process::ExitCode;

use support::browser::Browser;
use support::driver::Driver;
use support::failure::Failure;
use support::soak::{self, Found, Part};
use support::stage::{Setting, Stage};

const USAGE: &str =
    "usage: scripts/soak [--short] [--minutes N] [--calls N] [--mounts N] [--hosts N]
  each option after the first is one part, and without any of them all four are done:
  one call of 60 minutes, 500 calls, 1,000 mounts, 10,000 hosts; --short: 0.1, 10, 100, 500";

/// What is to be done, and how often; of a call, for how many seconds.
type Work = Vec<(Part, u64)>;

fn read(mut words: impl Iterator<Item = String>) -> Option<Work> {
    let mut is_short = false;
    let mut work = Work::new();
    while let Some(word) = words.next() {
        if word == "--short" {
            is_short = true;
            continue;
        }
        let part = match word.as_str() {
            "--minutes" => Part::Call,
            "--calls" => Part::Calls,
            "--mounts" => Part::Mounts,
            "--hosts" => Part::Hosts,
            _ => return None,
        };
        let times: u64 = words.next()?.parse().ok().filter(|times| *times > 0)?;
        let seconds = if part == Part::Call { 60 } else { 1 };
        work.push((part, times.checked_mul(seconds)?));
    }
    if work.is_empty() {
        let times = if is_short {
            [6, 10, 100, 500]
        } else {
            [3_600, 500, 1_000, 10_000]
        };
        work.extend(Part::ALL.into_iter().zip(times));
    }
    Some(work)
}

fn main() -> ExitCode {
    let Some(work) = read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&work) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(leaks) => {
            eprintln!("soak: {leaks} leaks");
            ExitCode::FAILURE
        }
        Err(Failure(why)) => {
            eprintln!("soak: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(work: &Work) -> Result<usize, Failure> {
    let engine = support::engine::wanted();
    let engine = engine
        .into_iter()
        .find(|engine| engine.name == "chromium")
        .ok_or("VOCADESK_ENGINES leaves out chromium")?;
    let driver = Driver::start(engine)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let setting = Setting::default().config(|mut config| {
        config.forgets = true;
        config.limits.tokens_per_visitor = u32::MAX;
        config.limits.tokens_per_address = u32::MAX;
        config
    });
    let set = async || -> Result<_, Failure> {
        let browser = Browser::start(engine, &driver, &setting).await?;
        Stage::set(engine, &driver, &setting, browser).await
    };
    let mut leaks = 0;
    runtime.block_on(async {
        let mut engines_own = 0;
        let calls = work.iter().filter(|(part, _)| *part == Part::Calls);
        if let Some(most) = calls.map(|(_, times)| *times).max() {
            let mut stage = set().await?;
            soak::open_control(&stage).await?;
            let found = soak::run(&stage, Part::Calls, most, 0).await?;
            print(&found, ", made by hand without us");
            engines_own = found.growth();
            stage.leave().await?;
        }
        let mut stage = set().await?;
        soak::open(&stage).await?;
        for (part, times) in work {
            let engines_own = if *part == Part::Calls { engines_own } else { 0 };
            let found = soak::run(&stage, *part, *times, engines_own).await?;
            print(&found, "");
            for leak in found.leaks() {
                println!("  LEAK {leak}");
                leaks += 1;
            }
        }
        stage.leave().await
    })?;
    Ok(leaks)
}

fn print(found: &Found, how: &str) {
    let (name, took) = (found.part.name(), found.took.as_secs_f64());
    println!("\n{name}{how}: {} in {took:.1} s", found.times);
    for (what, after) in &found.after {
        let before = found.before.get(what).copied().unwrap_or_default();
        println!("  {what:24} {before:>8} {after:>8}");
    }
    for (what, [before, after]) in [("heap, kB", found.heap), ("process, kB", found.process)] {
        println!("  {what:24} {before:>8} {after:>8}");
    }
}
