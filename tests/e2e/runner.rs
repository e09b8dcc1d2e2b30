//! Makes trials in lanes side by side, then those that listen, in two lanes, then those that want the machine for themselves,
//! and prints how it went, as cargo's own tests do, with the table of what held where.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use support::engine::Engine;
use support::failure::Failure;

use crate::arguments::Arguments;
use crate::lane::Lane;
use crate::outcomes::Outcomes;
use crate::schedule::{Job, Schedule, Work};
use crate::table::Table;
use crate::trial::{Beside, Check, Trial};

/// Lanes of those that listen: each has a core of its own on the smallest machine that tests are made on.
const LISTENING_LANES: usize = 2;

/// Runs what the command line asks for.
pub fn run(trials: Vec<Trial>, checks: Vec<Check>) -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let engines = support::engine::wanted();
    let trials: Vec<_> = trials.into_iter().map(Arc::new).collect();
    let table = Table::default();
    let (mut beside, mut listening, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for (sentence, check) in checks {
        let name = format!("harness::{sentence}");
        let work = Work::Check((sentence, check));
        beside.push(Job { name, work });
    }
    for engine in &engines {
        for trial in trials.iter().filter(|trial| trial.is_for(engine)) {
            let name = format!("{}::{}", engine.name, trial.sentence);
            if let Some(reason) = trial.setting.impossible_in(engine) {
                table.impossible(trial.sentence, engine.name, reason);
                continue;
            }
            let work = Work::Trial(Arc::clone(trial), engine);
            let jobs = match trial.beside {
                Beside::Any => &mut beside,
                Beside::OneThatListens => &mut listening,
                Beside::Nothing => &mut alone,
            };
            jobs.push(Job { name, work });
        }
    }
    for jobs in [&mut beside, &mut listening, &mut alone] {
        jobs.retain(|job| arguments.wants(&job.name));
    }
    if arguments.list {
        for job in beside.iter().chain(&listening).chain(&alone) {
            println!("{}: test", job.name);
        }
        return ExitCode::SUCCESS;
    }
    let count = beside.len() + listening.len() + alone.len();
    println!("running {count} tests");
    let outcomes = Outcomes::new(table, count);
    let lanes = side_by_side(beside, Vec::new(), arguments.lanes, &outcomes);
    let few = arguments.lanes.min(LISTENING_LANES);
    let lanes = side_by_side(listening, lanes, few, &outcomes);
    one_by_one(alone, lanes, &outcomes);
    let sentences: Vec<_> = trials.iter().map(|trial| trial.sentence).collect();
    let names: Vec<_> = engines.iter().map(|engine| engine.name).collect();
    let code = outcomes.conclude(&sentences, &names);
    if arguments.wants_all() {
        match promises::Promises::read() {
            Ok(promises) => println!("{}", promises.text()),
            Err(why) => println!("no list of promises: {why}"),
        }
    }
    code
}

/// Which engine each lane is at.
type Places = Mutex<Vec<Option<&'static str>>>;

/// In so many lanes, first of all in those that are there; gives them back.
fn side_by_side(
    jobs: Vec<Job>,
    mut lanes: Vec<Lane>,
    count: usize,
    outcomes: &Outcomes,
) -> Vec<Lane> {
    if jobs.is_empty() {
        return lanes;
    }
    let count = count.min(jobs.len()).max(1);
    // The others' browsers end here: what is left open takes time as well.
    lanes.truncate(count);
    let more = count - lanes.len();
    lanes.extend((0..more).filter_map(|_| new_lane()));
    let schedule = Schedule::new(jobs);
    let places: Places = Mutex::new(vec![None; lanes.len()]);
    let work_through = |number: usize, mut lane: Lane| {
        while let Some(job) = take(&schedule, &places, number) {
            make(job, &mut lane, outcomes);
        }
        lane
    };
    thread::scope(|scope| {
        let running: Vec<_> = lanes
            .into_iter()
            .enumerate()
            .map(|(number, lane)| scope.spawn(move || work_through(number, lane)))
            .collect();
        let ended = running.into_iter().map(|lane| lane.join());
        ended.filter_map(Result::ok).collect()
    })
}

/// Where one cannot be set up the others make its tests; what nobody makes is counted as failed.
fn new_lane() -> Option<Lane> {
    let lane = Lane::new().inspect_err(|why| eprintln!("a lane cannot be set up: {why}"));
    lane.ok()
}

fn take(schedule: &Schedule, places: &Places, number: usize) -> Option<Job> {
    let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
    let last = places.get(number).copied().flatten();
    let others = places.iter().enumerate().filter(|(n, _)| *n != number);
    let taken: Vec<_> = others.filter_map(|(_, place)| *place).collect();
    let job = schedule.next(last, &taken);
    if let Some(place) = places.get_mut(number) {
        *place = job.as_ref().map(Job::family);
    }
    job
}

/// With the browsers that are there: one for each engine, all others gone.
fn one_by_one(jobs: Vec<Job>, mut lanes: Vec<Lane>, outcomes: &Outcomes) {
    let mut kept: Vec<&Engine> = Vec::new();
    for lane in &mut lanes {
        let here = |job: &Job| match &job.work {
            Work::Trial(_, engine) if lane.has(engine) => Some(*engine),
            _ => None,
        };
        let mut families = Vec::new();
        for engine in jobs.iter().filter_map(here) {
            if kept.iter().all(|other| other.family != engine.family) {
                kept.push(engine);
                families.push(engine.family);
            }
        }
        lane.keep_only(&families);
    }
    if lanes.is_empty() {
        lanes.extend(new_lane());
    }
    for job in jobs {
        let at = match &job.work {
            Work::Trial(_, engine) => lanes.iter().position(|lane| lane.has(engine)),
            Work::Check(_) => None,
        };
        if let Some(lane) = lanes.get_mut(at.unwrap_or(0)) {
            make(job, lane, outcomes);
        }
    }
}

fn make(job: Job, lane: &mut Lane, outcomes: &Outcomes) {
    let from = Instant::now();
    let (outcome, place): (Result<(), Failure>, _) = match &job.work {
        Work::Check((_, check)) => (check(), None),
        Work::Trial(trial, engine) => {
            let died = |why: &Failure| outcomes.browser_died(&job.name, why);
            let outcome = lane.make(trial, engine, &job.name, died);
            (outcome, Some((trial.sentence, engine.name)))
        }
    };
    outcomes.note(&job.name, place, outcome, from.elapsed());
}
