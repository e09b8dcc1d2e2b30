//! Things that break by chance in calls, and a network that changes under one. `scripts/chaos` makes such runs for an hour.

use std::time::Duration;

use holds::holds;
use serde_json::json;

use super::outages::{FRAMES_PER_SEC, is_heard_whole, resumed};
use crate::trial::{Check, Trial, trial};
use gateway::Config;
use gateway::agent::AgentKind;
use gateway::config::{Embed, Feature};
use support::browser::Browser;
use support::chaos::model::{Told, violations};
use support::chaos::plan::Plan;
use support::chaos::{self, Far};
use support::driver::Driver;
use support::engine::Engine;
use support::failure::{Failure, ensure};
use support::line::Line;
use support::stage::{Setting, Stage, speaks_after};

pub fn trials() -> Vec<Trial> {
    let mut networks = Setting::default();
    if let Err(Failure(why)) = Line::lay() {
        eprintln!("  NOT CHECKED: a network that changes under a call ({why})");
        networks = networks.impossible("chromium", "NOT CHECKED: no network namespaces here");
    }
    vec![
        trial!(whatever_breaks_by_chance_in_calls_no_promise_is_broken)
            .in_one_engine("no driver but Chromium's freezes a page or takes its network")
            .own_browser("freezes its page, and takes its network"),
        trial!(
            a_sentence_across_a_change_of_address_is_heard_whole_on_both_sides,
            networks
        )
        .in_one_engine(
            "the others go by the harness's proxy, whose connection it would be that dies",
        )
        .listens("each word is followed, and a browser that has no time loses some by itself"),
    ]
}

pub fn checks() -> Vec<Check> {
    vec![
        (
            "the_same_seed_is_the_same_run",
            the_same_seed_is_the_same_run,
        ),
        (
            "what_no_page_may_be_told_is_found",
            what_no_page_may_be_told_is_found,
        ),
    ]
}

/// With the faults that need no namespaces: these can be had everywhere.
const SEEDS: [u64; 4] = [2, 4, 6, 11];

#[holds("2.one-end", "2.error-then-end", "3.deadlines", "7.no-thrown-error")]
async fn whatever_breaks_by_chance_in_calls_no_promise_is_broken(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let far = Far { line: None };
    for seed in SEEDS {
        let plan = Plan::new(seed, &far.kinds());
        let run = chaos::run(stage, far, &plan).await;
        run.map_err(|Failure(why)| {
            let again = format!("once more: scripts/chaos --without-line --seed {seed}");
            Failure(format!("{why}\n{}\n{again}", plan.text()))
        })?;
    }
    Ok(())
}

#[holds("5b.resumed", "5b.resume-goes-on", "5b.line-lost")]
async fn a_sentence_across_a_change_of_address_is_heard_whole_on_both_sides(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let engine = stage.engine;
    // The thread is in another network, and with it the browser that it starts.
    let there = std::thread::spawn(move || in_another_network(engine));
    there.join().unwrap_or_else(|_| Err("panicked".into()))
}

fn in_another_network(engine: &'static Engine) -> Result<(), Failure> {
    let line = Line::lay()?;
    line.near.enter()?;
    let setting = Setting::microphone(speaks_after(1.5));
    let driver = Driver::start(engine)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let browser = Browser::start(engine, &driver, &setting).await?;
        let mut stage = Stage::set(engine, &driver, &setting, browser).await?;
        let talked = tokio::time::timeout(setting.deadline, talk_across(&mut stage, &line));
        let talked = talked.await;
        stage.leave().await?;
        talked.unwrap_or_else(|_| Err("it takes too long".into()))
    })
}

/// The sentence begins after a second and a half, and the address changes in its middle.
async fn talk_across(stage: &mut Stage, line: &Line) -> Result<(), Failure> {
    let embed = Embed::new("emb_demo", AgentKind::Echo).origins(&[&stage.gateway.site_url()]);
    let config = Config::default().embed(embed).features(&Feature::ALL);
    let far = Far { line: Some(line) };
    let server = far.gateway(config).await?;
    stage
        .open(&chaos::page(stage, &server.api_url(), ""))
        .await?;
    // It is the site's server no more that is looked at, and it lives on.
    let _site = std::mem::replace(&mut stage.gateway, server);
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 5 * FRAMES_PER_SEC / 2).await?;
    line.change_address()?;
    resumed(stage, 1).await?;
    is_heard_whole(stage, 20).await?;
    Ok(())
}

fn the_same_seed_is_the_same_run() -> Result<(), Failure> {
    let kinds = Far { line: None }.kinds();
    for seed in 1..200 {
        let plan = Plan::new(seed, &kinds);
        ensure!(plan == Plan::new(seed, &kinds), "seed {seed} is two runs");
        ensure!(
            plan != Plan::new(seed + 1, &kinds),
            "seeds {seed} and the next are one run"
        );
        let late = plan
            .steps
            .iter()
            .any(|(at, _)| *at > Duration::from_secs(120));
        ensure!(!late, "seed {seed} takes minutes");
        let in_order = plan.steps.is_sorted_by_key(|(at, _)| *at);
        ensure!(in_order, "seed {seed} is not in order");
    }
    Ok(())
}

fn told(kind: &str, at: f64, detail: serde_json::Value) -> Told {
    let kind = kind.to_owned();
    Told { kind, detail, at }
}

fn what_no_page_may_be_told_is_found() -> Result<(), Failure> {
    let start = || told("start", 0.0, json!(null));
    let end = || told("end", 500.0, json!({ "durationMs": 490 }));
    let error = |message| {
        let detail = json!({ "code": "network", "message": message });
        told("error", 400.0, detail)
    };
    let state = |previous, state| {
        let detail = json!({ "previous": previous, "state": state });
        told("state", 100.0, detail)
    };
    let good = [
        vec![],
        vec![start(), end(), start(), error("gone"), end(), error("gone")],
        vec![state("idle", "asking"), state("asking", "idle")],
    ];
    for all in good {
        let found = violations(&all, false, false);
        ensure!(found.is_empty(), "{all:?}: {found:?}");
    }
    let bad = [
        vec![start()],
        vec![end()],
        vec![start(), start(), end()],
        vec![start(), end(), end()],
        vec![start(), error("gone"), error("gone"), end()],
        vec![start(), error("gone"), start(), end()],
        vec![error("")],
        vec![error("the token eyJhbGciOiJ is refused")],
        vec![told("error", 0.0, json!({ "code": "odd", "message": "?" }))],
        vec![start(), told("end", 500.0, json!({ "durationMs": 9_000 }))],
        vec![start(), told("end", 500.0, json!({ "durationMs": 0.5 }))],
        vec![told("transcript", 0.0, json!({}))],
        vec![state("idle", "asking"), state("idle", "asking")],
        vec![state("idle", "idle")],
    ];
    for all in bad {
        let found = violations(&all, false, false);
        ensure!(!found.is_empty(), "{all:?}: nothing is found");
    }
    Ok(())
}
