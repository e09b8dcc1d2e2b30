//! `scripts/bench gateway [calls] [seconds]`: the reference gateway as a program of its own, with many calls at once over
//! loopback. Each sends a frame every 20 ms, as a browser does, and its agent sends each straight back.

mod caller;
mod program;

use std::sync::Arc;
use std::time::{Duration, Instant};

use support::failure::Failure;
use support::process_tree;
use support::report::Table;
use tokio::task::JoinSet;

use crate::call::probe::quantile;
use caller::{Caller, Outcome};
use program::Program;

const CALLS: usize = 1_000;
const SECONDS: u64 = 60;

/// They begin one after another: so many visitors do not click at once.
const BETWEEN: Duration = Duration::from_millis(5);

/// Linux counts a process's work in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;

/// Measures, prints and writes `target/bench/gateway.json`.
pub fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Failure> {
    let calls = number(arguments.next(), CALLS)?;
    let seconds = number(arguments.next(), SECONDS)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut table = Table::new(
        "The reference gateway as a program: calls at once over loopback, 50 frames a second each way",
        &[],
        &[
            "calls",
            "held",
            "frames a second",
            "there and back p50, ms",
            "p99, ms",
            "worst, ms",
            "gateway's processor, %",
            "memory of a call, KiB",
        ],
    );
    let program = Program::start()?;
    let figures = runtime.block_on(measure(&program, calls, Duration::from_secs(seconds)))?;
    table.row(&[], &figures);
    print!("{}", table.text());
    table.write("gateway")
}

fn number<T: std::str::FromStr>(text: Option<String>, otherwise: T) -> Result<T, Failure> {
    let Some(text) = text else {
        return Ok(otherwise);
    };
    let wrong = |_| {
        Failure(format!(
            "{text:?} is no number: scripts/bench gateway [calls] [seconds]"
        ))
    };
    text.parse().map_err(wrong)
}

/// When all are there, and when all hang up.
#[derive(Clone, Copy)]
struct Times {
    steady: Instant,
    end: Instant,
}

async fn measure(program: &Program, calls: usize, span: Duration) -> Result<[f64; 8], Failure> {
    let before = program.private_bytes()?;
    let from = Instant::now();
    let ramp = BETWEEN * calls as u32 + Duration::from_secs(2);
    let times = Times {
        steady: from + ramp,
        end: from + ramp + span,
    };
    let caller = Arc::new(Caller::new(program.addresses()));
    let mut talking = JoinSet::new();
    for number in 0..calls {
        let caller = Arc::clone(&caller);
        let begin = from + BETWEEN * number as u32;
        talking.spawn(async move { caller.call(begin, times).await });
    }
    tokio::time::sleep_until(times.steady.into()).await;
    let worked_before = process_tree::ticks(program.pid());
    tokio::time::sleep_until((times.end - Duration::from_secs(1)).into()).await;
    let worked = process_tree::ticks(program.pid());
    let looked_for = times.end - times.steady - Duration::from_secs(1);
    let after = program.private_bytes()?;
    let outcomes = talking.join_all().await;
    for why in outcomes
        .iter()
        .filter_map(|call| call.failed.as_ref())
        .take(3)
    {
        eprintln!("a call that was not held: {why}");
    }
    let held = outcomes.iter().filter(|call| call.failed.is_none()).count();
    let ways: Vec<f64> = outcomes
        .into_iter()
        .flat_map(|Outcome { ways, .. }| ways)
        .collect();
    let worked = worked
        .zip(worked_before)
        .map_or(f64::NAN, |(now, then)| (now - then) as f64);
    Ok([
        calls as f64,
        held as f64,
        ways.len() as f64 / span.as_secs_f64(),
        quantile(&ways, 0.5),
        quantile(&ways, 0.99),
        quantile(&ways, 1.0),
        worked / TICKS_A_SECOND / looked_for.as_secs_f64() * 100.0,
        after.saturating_sub(before) as f64 / 1_024.0 / calls.max(1) as f64,
    ])
}
