//! `scripts/chaos`: calls in which things break by chance, and what the contract promises all the same. Real calls of a real
//! Chromium to the gateway, in two network namespaces with a line between them. Prints each run, and fails where a promise was
//! not kept.

use std::process::ExitCode;
use std::time::Instant;

use support::browser::Browser;
use support::chaos::plan::Plan;
use support::chaos::{self, Far, Story};
use support::driver::Driver;
use support::engine::Engine;
use support::failure::Failure;
use support::line::Line;
use support::stage::{Setting, Stage};

const USAGE: &str =
    "usage: scripts/chaos [--without-line] [--seeds N] [--from N] | [--without-line] --seed N
  --seeds N        so many runs, 20 without it
  --from N         the first one's seed, 1 without it
  --seed N         one run, and what happens in it
  --without-line   none of the faults that need network namespaces, as in scripts/test";

struct Wanted {
    from: u64,
    runs: u64,
    /// Prints what happens in each.
    tells: bool,
    /// With a line between browser and server.
    has_line: bool,
}

fn read(mut words: impl Iterator<Item = String>) -> Option<Wanted> {
    let (mut from, mut runs, mut tells, mut has_line) = (1, 20, false, true);
    while let Some(word) = words.next() {
        if word == "--without-line" {
            has_line = false;
            continue;
        }
        let number: u64 = words.next()?.parse().ok()?;
        match word.as_str() {
            "--seeds" => runs = number,
            "--from" => from = number,
            "--seed" => (from, runs, tells) = (number, 1, true),
            _ => return None,
        }
    }
    Some(Wanted {
        from,
        runs,
        tells,
        has_line,
    })
}

fn main() -> ExitCode {
    let Some(wanted) = read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match make(&wanted) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(Failure(why)) => {
            eprintln!("chaos: {why}");
            ExitCode::FAILURE
        }
    }
}

/// What all runs came to.
#[derive(Default)]
struct Total {
    failed: Vec<u64>,
    calls: usize,
    resumed: usize,
    errors: usize,
    places_taken: usize,
}

impl Total {
    fn add(&mut self, story: &Story) {
        self.calls += story.calls;
        self.resumed += story.resumed;
        self.errors += story.errors;
        self.places_taken += usize::from(story.place_taken.is_some());
    }
}

fn make(wanted: &Wanted) -> Result<usize, Failure> {
    let engine = support::engine::wanted();
    let engine = engine
        .into_iter()
        .find(|engine| engine.name == "chromium")
        .ok_or("VOCADESK_ENGINES leaves out chromium")?;
    let line = wanted.has_line.then(Line::lay).and_then(|line| {
        line.inspect_err(|Failure(why)| {
            eprintln!("  NOT CHECKED: faults of the line (it needs two network namespaces: {why})");
        })
        .ok()
    });
    // From here on this thread is where the browser is, and what it starts as well.
    line.iter().try_for_each(|line| line.near.enter())?;
    let far = Far {
        line: line.as_ref(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let driver = Driver::start(engine)?;
    let (mut browser, mut total, began) = (None, Total::default(), Instant::now());
    for seed in wanted.from..wanted.from.saturating_add(wanted.runs) {
        let plan = Plan::new(seed, &far.kinds());
        if wanted.tells {
            print!("seed {seed}: {}", plan.text());
        }
        let from = Instant::now();
        let (outcome, kept) = runtime.block_on(run(engine, &driver, browser.take(), far, &plan))?;
        browser = kept;
        let took = from.elapsed().as_secs_f64();
        match outcome {
            Ok(story) => {
                total.add(&story);
                println!("seed {seed} ... ok ({took:.1} s)  {}", names(&plan));
                if let Some(taken) = story.place_taken {
                    println!(
                        "  the place was taken for {:.1} s more",
                        taken.as_secs_f64()
                    );
                }
            }
            Err(Failure(why)) => {
                total.failed.push(seed);
                println!(
                    "seed {seed} ... FAILED ({took:.1} s)\n{why}\n{}",
                    plan.text()
                );
                let without = if line.is_some() {
                    ""
                } else {
                    " --without-line"
                };
                println!("once more: scripts/chaos{without} --seed {seed}\n");
            }
        }
    }
    println!(
        "\n{} runs, {} failed {:?}; {} calls, {} lines taken up again, {} errors told, {} places free only later; {:.0} s",
        wanted.runs,
        total.failed.len(),
        total.failed,
        total.calls,
        total.resumed,
        total.errors,
        total.places_taken,
        began.elapsed().as_secs_f64()
    );
    if let Some(browser) = browser {
        runtime.block_on(browser.close())?;
    }
    Ok(total.failed.len())
}

fn names(plan: &Plan) -> String {
    let names: Vec<_> = plan.faults().map(|fault| format!("{fault:?}")).collect();
    names.join(", ")
}

type Kept = Option<Browser>;

/// In the browser of the run before, unless that failed.
async fn run(
    engine: &'static Engine,
    driver: &Driver,
    kept: Kept,
    far: Far<'_>,
    plan: &Plan,
) -> Result<(Result<Story, Failure>, Kept), Failure> {
    let setting = Setting::default();
    let browser = match kept {
        Some(browser) => browser,
        None => Browser::start(engine, driver, &setting).await?,
    };
    browser.renew().await?;
    let mut stage = Stage::set(engine, driver, &setting, browser).await?;
    let outcome = chaos::run(&mut stage, far, plan).await;
    let browser = stage.take_browser();
    if outcome.is_ok() {
        return Ok((outcome, browser));
    }
    if let Some(browser) = browser {
        // It may be the very reason.
        let _ = browser.close().await;
    }
    Ok((outcome, None))
}
