//! What it costs a page to load the script, beside what other voice widgets and clients cost it: in Chromium,
//! on a main thread that is four times slower than this machine's, told by DevTools.

mod pages;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use self::pages::{SUBJECTS, Subject};
use support::extension::Extension;
use support::failure::{Failure, ensure};
use support::report::Table;
use support::stage::Stage;

/// All pages in turns, so often: what else the machine does meets them all alike. The middle one counts.
/// `scripts/bench load 5` makes it five.
const USUAL_ROUNDS: usize = 9;

/// So often a page's first moments are looked at, with the tag in its head.
const LOOKS: usize = 3;

/// The slowest of them is up after two of them. Nobody asks the page meanwhile: that would cost it, too.
const UP: Duration = Duration::from_secs(3);

/// A page has no more to do for itself after that.
const SETTLE: Duration = Duration::from_secs(1);

const SLOWER: u32 = 4;

pub fn table() -> Table {
    Table::new(
        "Loading a page at 4x CPU throttling; times and heap are what is added to the page alone",
        &["engine", "page"],
        &[
            "kB, brotli",
            "requests",
            "script ms",
            "main thread ms",
            "heap kB",
            "long tasks",
            "longest ms",
            "layout shift",
            "render blocking",
        ],
    )
}

/// What the page itself has seen.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    bytes: f64,
    requests: f64,
    blocking: f64,
    long_tasks: f64,
    longest_ms: f64,
    shift: f64,
}

const SEEN: &str = "
  const files = performance.getEntriesByType('resource').filter(({ name }) => /^https?:/.test(name));
  return {
    ...seen,
    bytes: files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    requests: files.length,
    blocking: files.filter(({ renderBlockingStatus }) => renderBlockingStatus === 'blocking').length,
  }";

/// Adds the script to a page that stands already: so the browser's own work for a new page is not counted.
const ADD: &str = "
  const script = document.createElement('script');
  script.crossOrigin = 'anonymous';
  if (arguments[0]) script.src = arguments[0];
  document.head.append(script)";

/// Measures one engine's rows.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    // The thread's own clock: what other programs take of the machine does not count.
    let clock = json!({ "timeDomain": "threadTicks" });
    devtools(stage, "Performance.enable", clock).await?;
    let throttled = json!({ "rate": SLOWER });
    devtools(stage, "Emulation.setCPUThrottlingRate", throttled).await?;
    let rounds = std::env::args().nth(2).and_then(|word| word.parse().ok());
    let rounds = rounds.unwrap_or(USUAL_ROUNDS);
    let named = |subject: &Subject, Failure(why)| format!("{}: {why}", subject.name);
    let mut costs: Vec<Vec<Cost>> = SUBJECTS.iter().map(|_| Vec::new()).collect();
    // The first round warms up what the browser keeps for good, and does not count.
    for round in 0..=rounds {
        for (subject, costs) in SUBJECTS.iter().zip(&mut costs) {
            let cost = cost(stage, subject, round).await;
            let cost = cost.map_err(|why| named(subject, why))?;
            costs.extend((round > 0).then_some(cost));
        }
    }
    let middle = |at: usize, of: fn(&Cost) -> f64| {
        let mut all: Vec<_> = costs[at].iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    for (at, subject) in SUBJECTS.iter().enumerate() {
        let mut seens = Vec::new();
        for round in 1..=LOOKS {
            let seen = seen(stage, subject, rounds + round).await;
            seens.push(seen.map_err(|why| named(subject, why))?);
        }
        // What comes of the script comes each time; what else the machine does, now and then.
        seens.sort_by(|one, other| one.longest_ms.total_cmp(&other.longest_ms));
        let seen = &seens[LOOKS / 2];
        let added = |of| middle(at, of) - if at == 0 { 0.0 } else { middle(0, of) };
        let figures = [
            seen.bytes / 1e3,
            seen.requests,
            added(|cost| cost.script_ms),
            added(|cost| cost.task_ms),
            added(|cost| cost.heap_bytes) / 1e3,
            seen.long_tasks,
            seen.longest_ms,
            seen.shift,
            seen.blocking,
        ];
        table.row(&[stage.engine.name, subject.name], &figures);
    }
    tell_priorities(stage).await
}

/// What the script adds to a page that stands already.
struct Cost {
    script_ms: f64,
    task_ms: f64,
    heap_bytes: f64,
}

async fn cost(stage: &Stage, subject: &Subject, round: usize) -> Result<Cost, Failure> {
    let page = pages::publish(stage, subject, round)?;
    stage.browser()?.goto(&page.url_bare).await?;
    tokio::time::sleep(SETTLE).await;
    let (heap_before, before) = (heap_bytes(stage).await?, metrics(stage).await?);
    let args = vec![json!(page.script_url)];
    stage.browser()?.run(ADD, args).await?;
    tokio::time::sleep(UP).await;
    let after = metrics(stage).await?;
    is_up(stage, subject).await?;
    Ok(Cost {
        script_ms: after.script_ms - before.script_ms,
        task_ms: after.task_ms - before.task_ms,
        heap_bytes: heap_bytes(stage).await? - heap_before,
    })
}

/// What the page itself sees of its first moments, with the tag in its head.
async fn seen(stage: &Stage, subject: &Subject, round: usize) -> Result<Seen, Failure> {
    let page = pages::publish(stage, subject, round)?;
    stage.browser()?.goto(&page.url).await?;
    tokio::time::sleep(UP).await;
    is_up(stage, subject).await?;
    Ok(serde_json::from_value(stage.run(SEEN).await?)?)
}

async fn is_up(stage: &Stage, subject: &Subject) -> Result<(), Failure> {
    let up = stage.run(&format!("return !!({})", subject.is_up)).await?;
    ensure!(up == true, "not up after {UP:?}");
    Ok(())
}

/// What the main thread has done so far.
struct Metrics {
    task_ms: f64,
    script_ms: f64,
}

async fn metrics(stage: &Stage) -> Result<Metrics, Failure> {
    let told = devtools(stage, "Performance.getMetrics", json!({})).await?;
    let told = told["metrics"].as_array().cloned().unwrap_or_default();
    let value = |name: &str| {
        let metric = told.iter().find(|metric| metric["name"] == name);
        let seconds = metric.and_then(|metric| metric["value"].as_f64());
        Ok::<_, Failure>(seconds.ok_or(format!("DevTools tell no {name}"))? * 1e3)
    };
    Ok(Metrics {
        task_ms: value("TaskDuration")?,
        script_ms: value("ScriptDuration")?,
    })
}

async fn heap_bytes(stage: &Stage) -> Result<f64, Failure> {
    devtools(stage, "HeapProfiler.collectGarbage", json!({})).await?;
    let heap = devtools(stage, "Runtime.getHeapUsage", json!({})).await?;
    let part = |name: &str| heap[name].as_f64().unwrap_or_default();
    Ok(part("usedSize") + part("embedderHeapUsedSize") + part("backingStorageSize"))
}

async fn devtools(stage: &Stage, command: &str, params: Value) -> Result<Value, Failure> {
    let command = Extension::devtools_with(command, params);
    Ok(stage.browser()?.client().issue_cmd(command).await?)
}

/// The network's own log says with which priority the script and the wasm were asked for.
async fn tell_priorities(stage: &mut Stage) -> Result<(), Failure> {
    let requests = stage.leave().await?.unwrap_or_default();
    for file in ["vocadesk.min.js", "vocadesk.wasm"] {
        let asked = requests.iter().filter(|r| r.url.ends_with(file));
        let mut priorities: Vec<_> = asked.filter_map(|r| r.priority.as_deref()).collect();
        priorities.sort_unstable();
        priorities.dedup();
        println!(
            "{file} is asked for with priority {}",
            priorities.join(", ")
        );
    }
    Ok(())
}
