//! Fault injection: each import of the page's module throws once in each state of a call in which it is called.

use crate::trial::{Trial, trial};
use gateway::{Act, Misbehave};
use holds::holds;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::{Setting, Stage};
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    let patient = Setting {
        // All of them are some hundreds, of a second and a half each.
        deadline: Duration::from_secs(1_800),
        ..Setting::default()
    };
    vec![
        trial!(whatever_is_thrown_at_our_module_in_whichever_state_the_next_click_calls, patient)
            .in_one_engine("the module and what stands around it are the same in all; the trial beside this one is in three"),
    ]
}

/// So many of them, chosen anew by each seed. `VOCADESK_FAULTS=all` makes all, `VOCADESK_FAULTS=17` those of that seed.
const SAMPLE: usize = 24;
const SEED: u64 = 1;

#[derive(Deserialize)]
struct Outcome {
    fired: bool,
    wrong: String,
}

async fn cell(stage: &Stage, name: &str) -> Result<Outcome, Failure> {
    let script = "const [name, done] = arguments; cell(name).then(done, (thrown) => done({ fired: false, wrong: String(thrown) }))";
    let outcome = stage
        .browser()?
        .run_async(script, vec![json!(name)])
        .await?;
    Ok(serde_json::from_value(outcome)?)
}

/// A sample of the list by a linear congruential generator (Knuth, MMIX).
fn sample(mut all: Vec<String>, mut seed: u64) -> Vec<String> {
    let mut chosen = Vec::new();
    while chosen.len() < SAMPLE && !all.is_empty() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        chosen.push(all.swap_remove((seed >> 33) as usize % all.len()));
    }
    chosen
}

#[holds("2.broken-page-code", "3.unknown-trap")]
async fn whatever_is_thrown_at_our_module_in_whichever_state_the_next_click_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let act =
        |ms, frame: serde_json::Value| (Duration::from_millis(ms), Act::Text(frame.to_string()));
    stage.gateway.misbehave(Misbehave {
        in_call: vec![
            act(
                60,
                json!({ "type": "transcript", "role": "user", "text": "Hello", "seq": 1 }),
            ),
            act(120, json!({ "type": "agent_ending" })),
            act(200, json!({ "type": "end_call" })),
        ],
        ..Misbehave::default()
    });
    let head = format!(
        "<script>{}</script><script>addEventListener('load', () => (window.handle = Vocadesk.mount('#call')))</script>",
        include_str!("faults.js")
    );
    stage.open(&Page::default().head(head)).await?;
    stage.until("window.handle", SOON).await?;
    stage.state("#call", "idle").await?;
    // Twice: the first call brings what later ones have.
    for _ in 0..2 {
        let plain = cell(stage, "").await?;
        ensure!(plain.wrong.is_empty(), "without a fault: {}", plain.wrong);
    }
    let cells = stage.run("return cells()").await?;
    let mut cells: Vec<String> = serde_json::from_value(cells)?;
    cells.sort_unstable();
    ensure!(cells.len() > 150, "only {}: {cells:?}", cells.len());
    let all = cells.len();
    let wanted = std::env::var("VOCADESK_FAULTS").unwrap_or_default();
    let seed = wanted.parse().unwrap_or(SEED);
    if wanted != "all" {
        cells = sample(cells, seed);
    }
    let (mut wrong, mut fired) = (Vec::new(), 0);
    for name in &cells {
        let outcome = cell(stage, name).await?;
        fired += usize::from(outcome.fired);
        if !outcome.wrong.is_empty() {
            wrong.push(format!("{name}: {}", outcome.wrong));
        }
        let record = stage.gateway.record();
        if record.releases.len() < record.tokens.len() {
            let (granted, released) = (record.tokens.len(), record.releases.len());
            let enough = |r: &gateway::Record| (r.releases.len() >= r.tokens.len()).then_some(());
            if stage
                .gateway
                .wait_for("a release for each token", Duration::from_secs(3), enough)
                .await
                .is_err()
            {
                wrong.push(format!("{name}: {released} releases of {granted}"));
                break;
            }
        }
    }
    if wanted == "all" {
        println!(
            "{fired} of {all} faults fired, {} were too much",
            wrong.len()
        );
    }
    ensure!(
        fired * 2 > cells.len(),
        "only {fired} of {} were met again",
        cells.len()
    );
    ensure!(
        wrong.is_empty(),
        "{} of {} (seed {seed}):\n{}",
        wrong.len(),
        cells.len(),
        wrong.join("\n")
    );
    Ok(())
}
