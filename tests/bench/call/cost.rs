//! What a call costs a page, beside a page that only opens the microphone and plays a tone, and beside other
//! clients.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::client::Client;
use support::engine::Without;
use support::extension::Extension;
use support::failure::Failure;
use support::page::{Page, Placement, button};
use support::process_tree;
use support::report::Table;
use support::stage::Stage;
use support::visitor::SOON;

/// Each page is looked at for so long, so often, in turns: what else the machine does meets them all alike.
/// The middle one counts.
const RUN: Duration = Duration::from_secs(6);
const ROUNDS: usize = 5;

/// A page that has just come up has more to do than one in mid-call.
const SETTLE: Duration = Duration::from_secs(2);

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

/// The threads of the page's process, by how their names begin, and what they are called here.
const THREADS: &[(&str, &str)] = &[
    ("Realtime AudioW", "worklet"),
    ("AudioWorklet", "worklet"),
    ("DedicatedWorker", "worker"),
    ("Compositor", "compositor"),
];

pub fn table() -> Table {
    Table::new(
        "What a call with an agent that says everything back costs (ms of processor time in each second)",
        &["engine", "page"],
        &[
            "main: tasks",
            "main",
            "worklet",
            "worker",
            "compositor",
            "other",
            "page's process",
            "to the bare page",
        ],
    )
}

/// In milliseconds a second. The first is what Chromium's own measure says of its main thread.
#[derive(Clone, Default)]
pub struct Cost {
    tasks: f64,
    threads: BTreeMap<&'static str, f64>,
    process: f64,
}

impl Cost {
    /// Of the threads that are called so.
    pub fn of(&self, name: &str) -> f64 {
        self.threads.get(name).copied().unwrap_or(0.0)
    }
}

/// A page that is measured.
enum Subject {
    Bare,
    Other(Client),
    /// In a page that refuses this.
    Call(Without),
}

impl Subject {
    fn name(&self) -> String {
        match self {
            Self::Bare => "microphone and a tone".to_owned(),
            Self::Other(client) => client.name(),
            Self::Call(Without::Nothing) => "a call".to_owned(),
            Self::Call(without) => format!("a call without {without:?}"),
        }
    }

    async fn begin(&self, stage: &Stage) -> Result<(), Failure> {
        let page = Page::default();
        match self {
            Self::Bare => {
                let page = page.script(Placement::Absent).body(BARE);
                stage.open(&page).await?;
                stage.click("#call").await?;
                stage.until("window.sounds", SOON).await?;
            }
            Self::Other(client) => {
                client.open(stage, page, "emb_echo").await?;
                client.talk(stage).await?;
            }
            Self::Call(without) => {
                let script = format!("<script>{}</script>", without.script());
                let page = page.head(script);
                let page = match without.policy() {
                    Some(policy) => page.header("content-security-policy", policy),
                    None => page,
                };
                stage.open(&page.body(button("call", "emb_echo"))).await?;
                stage.state("#call", "idle").await?;
                stage.start_call("#call").await?;
            }
        }
        Ok(())
    }

    async fn end(&self, stage: &Stage) -> Result<(), Failure> {
        match self {
            Self::Bare => Ok(()),
            Self::Other(client) => client.hang_up(stage).await,
            Self::Call(_) => {
                let released = stage.gateway.record().releases.len();
                stage.hang_up("#call").await?;
                stage.released(released + 1).await
            }
        }
    }
}

/// Measures one engine's rows.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    super::without_tap(stage);
    let subjects = [
        Subject::Bare,
        Subject::Other(Client::Control { rate_hz: 0 }),
        Subject::Other(Client::Control { rate_hz: 24_000 }),
        Subject::Call(Without::Nothing),
        Subject::Call(Without::Wasm),
        Subject::Call(Without::Worker),
        Subject::Call(Without::Worklet),
        Subject::Other(Client::Wavtools),
        Subject::Other(Client::Pipecat),
        Subject::Other(Client::Deepgram),
    ];
    let mut costs = vec![Vec::new(); subjects.len()];
    for _ in 0..ROUNDS {
        for (subject, costs) in subjects.iter().zip(&mut costs) {
            subject.begin(stage).await?;
            tokio::time::sleep(SETTLE).await;
            costs.push(cost(stage).await?);
            subject.end(stage).await?;
        }
    }
    let bare = middle(&costs[0], |cost| cost.process);
    for (subject, costs) in subjects.iter().zip(&costs) {
        let middle = |of: &dyn Fn(&Cost) -> f64| middle(costs, of);
        let thread = |name| middle(&|cost: &Cost| cost.of(name));
        let process = middle(&|cost| cost.process);
        let figures = [
            middle(&|cost| cost.tasks),
            thread("main"),
            thread("worklet"),
            thread("worker"),
            thread("compositor"),
            thread("other"),
            process,
            process / bare,
        ];
        table.row(&[stage.engine.name, &subject.name()], &figures);
    }
    Ok(())
}

fn middle(costs: &[Cost], of: impl Fn(&Cost) -> f64) -> f64 {
    let mut all: Vec<_> = costs.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// What the page that is open costs now.
pub async fn cost(stage: &Stage) -> Result<Cost, Failure> {
    let renderer = stage.renderer().await?;
    let before = process_tree::threads(renderer);
    let (tasks, from) = (task_secs(stage).await, Instant::now());
    tokio::time::sleep(RUN).await;
    let after = process_tree::threads(renderer);
    let seconds = from.elapsed().as_secs_f64();
    let tasks = (task_secs(stage).await - tasks) * 1e3 / seconds;
    let mut cost = Cost {
        tasks,
        ..Cost::default()
    };
    for (id, (name, nanos)) in after {
        let begun = before.get(&id).map_or(0, |(_, nanos)| *nanos);
        let ms = nanos.saturating_sub(begun) as f64 / 1e6 / seconds;
        let known = THREADS.iter().find(|(begin, _)| name.starts_with(begin));
        let name = match known {
            _ if id == renderer => "main",
            Some((_, name)) => name,
            None => "other",
        };
        *cost.threads.entry(name).or_default() += ms;
        cost.process += ms;
    }
    Ok(cost)
}

/// What the main thread has done so far, in seconds, where the driver tells (Chromium's does).
async fn task_secs(stage: &Stage) -> f64 {
    let Ok(browser) = stage.browser() else {
        return 0.0;
    };
    let client = browser.client();
    let _ = client
        .issue_cmd(Extension::devtools("Performance.enable"))
        .await;
    let told = client
        .issue_cmd(Extension::devtools("Performance.getMetrics"))
        .await;
    let told = told.unwrap_or_default();
    let metrics = told["metrics"].as_array().cloned().unwrap_or_default();
    let tasks = metrics
        .iter()
        .find(|metric| metric["name"] == "TaskDuration");
    tasks
        .and_then(|metric| metric["value"].as_f64())
        .unwrap_or(0.0)
}
