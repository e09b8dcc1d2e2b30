//! What a call costs a page, beside a page that only opens the microphone and plays a tone; and how long a
//! visitor waits.

use std::time::{Duration, Instant};

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::page::{Page, Placement, button};
use crate::process_tree;
use crate::report::Table;
use crate::stage::Stage;
use crate::visitor::SOON;

/// The kernel counts hundredths of a second: one of them is a thousandth of this.
const RUN: Duration = Duration::from_secs(10);
const TICKS_PER_SEC: f64 = 100.0;

/// Calls whose start is timed; the middle one counts.
const STARTS: usize = 11;

/// All that any call needs of a browser, and nothing else.
const BARE: &str = r#"<button id="call">Talk</button><script>
  call.onclick = async () => {
    const context = new AudioContext();
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    const empty = `registerProcessor("empty", class extends AudioWorkletProcessor { process() { return true; } })`;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([empty], { type: "text/javascript" })));
    const node = new AudioWorkletNode(context, "empty");
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
    const tone = new OscillatorNode(context, { frequency: 440 });
    tone.connect(context.destination);
    tone.start();
    window.sounds = true;
  };
</script>"#;

/// Notes when the visitor clicks, by the clock that our events are noted with.
const CLICKS: &str = "<script>addEventListener('click', () => { window.clicked = performance.now(); }, true);</script>";

pub fn table() -> Table {
    Table::new(
        "A call of ten seconds, an agent that says everything back (ms in each second; 0: not told here)",
        &["engine", "page"],
        &[
            "main thread",
            "page's process",
            "to the bare page",
            "click to start, ms",
            "to first frame, ms",
        ],
    )
}

#[derive(Clone, Copy, Default)]
struct Cost {
    main_thread: f64,
    process: f64,
}

/// Measures one engine's rows.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    let engine = stage.engine.name;
    let bare = Page::default().script(Placement::Absent).body(BARE);
    stage.open(&bare).await?;
    stage.click("#call").await?;
    stage.until("window.sounds", SOON).await?;
    let bare = cost(stage).await?;
    table.row(
        &[engine, "microphone and a tone"],
        &[bare.main_thread, bare.process, 1.0, 0.0, 0.0],
    );

    let page = Page::default()
        .head(CLICKS)
        .body(button("call", "emb_echo"));
    stage.open(&page).await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    let call = cost(stage).await?;
    stage.hang_up("#call").await?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start(stage).await?);
    }
    let middle = |of: fn(&(f64, f64)) -> f64| {
        let mut all: Vec<_> = starts.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let ratio = call.process / bare.process;
    let waits = [middle(|s| s.0), middle(|s| s.1)];
    table.row(
        &[engine, "a call"],
        &[call.main_thread, call.process, ratio, waits[0], waits[1]],
    );
    Ok(())
}

async fn cost(stage: &Stage) -> Result<Cost, Failure> {
    let renderer = stage.renderer().await?;
    let used = || process_tree::ticks(renderer).unwrap_or_default();
    let (ticks, tasks, from) = (used(), task_secs(stage).await, Instant::now());
    tokio::time::sleep(RUN).await;
    let seconds = from.elapsed().as_secs_f64();
    let (ticks, tasks) = (used() - ticks, task_secs(stage).await - tasks);
    Ok(Cost {
        main_thread: tasks * 1e3 / seconds,
        process: ticks as f64 * 1e3 / TICKS_PER_SEC / seconds,
    })
}

/// From the click to `vocadesk:start`, and to the first frame at the gateway.
async fn start(stage: &Stage) -> Result<(f64, f64), Failure> {
    let calls = stage.gateway.record().calls.len();
    let started = stage.start_call("#call").await?;
    let clicked = stage
        .run("return clicked")
        .await?
        .as_f64()
        .unwrap_or(f64::NAN);
    stage.heard_at_gateway(calls, 1).await?;
    let call = stage.gateway.record().calls[calls].clone();
    let answered = call.started.ok_or("not started")?;
    let first = call.mic[0].at.saturating_duration_since(answered);
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    let waited = started.at - clicked;
    Ok((waited, waited + first.as_secs_f64() * 1e3))
}

/// What the main thread has done so far, in seconds, where the driver tells (Chromium's does).
async fn task_secs(stage: &Stage) -> f64 {
    let Ok(browser) = stage.browser() else {
        return 0.0;
    };
    let client = browser.client();
    let _ = client.issue_cmd(DevTools("Performance.enable")).await;
    let told = client.issue_cmd(DevTools("Performance.getMetrics")).await;
    let told = told.unwrap_or_default();
    let metrics = told["metrics"].as_array().cloned().unwrap_or_default();
    let tasks = metrics
        .iter()
        .find(|metric| metric["name"] == "TaskDuration");
    tasks
        .and_then(|metric| metric["value"].as_f64())
        .unwrap_or(0.0)
}

/// A command of Chromium's DevTools, through its driver.
#[derive(Debug)]
struct DevTools(&'static str);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.0, "params": Value::Object(serde_json::Map::new()) });
        (Method::POST, Some(body.to_string()))
    }
}
