//! What it costs a page that we look for hosts in its changes: a page that mutates thousands of nodes a
//! second, with our script and without, idle and in a call, with one host and with a thousand.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use support::failure::Failure;
use support::page::{Page, Placement, button};
use support::report::Table;
use support::stage::Stage;

/// So many hosts at once is far beyond any page.
const MANY: usize = 1_000;

/// Long enough that a second of a busy machine is a tenth of it.
const RUN: Duration = Duration::from_secs(8);

/// In the head, before our script: our observers and timers are timed, and a page with 3,000 elements
/// replaces a list of 50 rows a hundred times a second, which are 10,000 nodes.
const WORK: &str = r#"<script>
  const ours = { ms: 0, calls: 0 };
  const later = setTimeout;
  const timed = (work) => (...args) => {
    const from = performance.now();
    work(...args);
    ours.ms += performance.now() - from;
    ours.calls += 1;
  };
  MutationObserver = class extends MutationObserver {
    constructor(work) { super(timed(work)); }
  };
  setTimeout = (work, ms) => later(timed(work), ms);

  function rows() {
    const rows = document.createDocumentFragment();
    for (let i = 0; i < 50; i++) rows.append(document.createElement("li"));
    return rows;
  }
  // From the first change to the end of the microtasks: the observers' callbacks are among them.
  window.work = (ms, done) => {
    const list = document.getElementById("list");
    const until = performance.now() + ms;
    let page = 0;
    ours.ms = ours.calls = 0;
    const step = () => {
      const from = performance.now();
      if (from > until) return done({ seconds: ms / 1000, page, ours: ours.ms, calls: ours.calls });
      list.replaceChildren(rows());
      queueMicrotask(() => { page += performance.now() - from; later(step, 10); });
    };
    step();
  };
  // How long a thousand hosts that come at once hold the page up.
  window.furnish = (count, done) => {
    const { innerHTML } = document.getElementById("pattern");
    const html = innerHTML.repeat(count);
    const from = performance.now();
    ours.ms = ours.calls = 0;
    const furniture = document.getElementById("furniture");
    furniture.innerHTML = html;
    const laid = performance.now() - from;
    const look = () => {
      if (furniture.querySelector(":not([data-vocadesk-state])")) return later(look, 1);
      done({ laid, bound: performance.now() - from, ours: ours.ms });
    };
    look();
  };
</script>"#;

/// What the page did in its time, in milliseconds.
#[derive(Deserialize)]
struct Worked {
    seconds: f64,
    page: f64,
    ours: f64,
    calls: f64,
}

#[derive(Deserialize)]
struct Furnished {
    laid: f64,
    bound: f64,
    ours: f64,
}

pub fn table() -> Table {
    Table::new(
        "A page that replaces 10,000 nodes a second (ms of its main thread in each second)",
        &["engine", "page"],
        &[
            "its own work",
            "with ours",
            "in our code",
            "our calls",
            "% of main thread",
        ],
    )
}

fn page(script: Placement) -> Page {
    let filler = "<p>a <b>b</b> <i>c</i></p>".repeat(1_000);
    let pattern = button("", "emb_many").replace(r#"id="" "#, "");
    let body = format!(
        r#"{}<template id="pattern">{pattern}</template><div id="furniture"></div>
           <ul id="list"></ul><div style="height: 0; overflow: hidden">{filler}</div>"#,
        button("call", "emb_demo")
    );
    // Isolated, a page has a clock of microseconds.
    Page::default()
        .head(WORK)
        .body(body)
        .script(script)
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-embedder-policy", "require-corp")
}

async fn work(stage: &Stage) -> Result<Worked, Failure> {
    let script = "work(arguments[0], arguments[1])";
    let args = vec![json!(RUN.as_millis() as u64)];
    let worked = stage.browser()?.run_async(script, args).await?;
    Ok(serde_json::from_value(worked)?)
}

/// Measures one engine's rows.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    let engine = stage.engine.name;
    stage.open(&page(Placement::Absent)).await?;
    work(stage).await?;
    let alone = work(stage).await?;
    let alone = alone.page / alone.seconds;
    let mut row = |what: &str, worked: Worked| {
        let per_second = |ms: f64| ms / worked.seconds;
        let (with, inside) = (per_second(worked.page), per_second(worked.ours));
        let calls = per_second(worked.calls);
        table.row(
            &[engine, what],
            &[alone, with, inside, calls, inside / 10.0],
        );
    };
    stage.open(&page(Placement::Defer)).await?;
    stage.state("#call", "idle").await?;
    work(stage).await?;
    row("idle, 1 host", work(stage).await?);
    stage.start_call("#call").await?;
    row("in a call, 1 host", work(stage).await?);
    stage.hang_up("#call").await?;

    let args = vec![json!(MANY)];
    let script = "furnish(arguments[0], arguments[1])";
    let furnished = stage.browser()?.run_async(script, args).await?;
    let furnished: Furnished = serde_json::from_value(furnished)?;
    row("idle, 1,001 hosts", work(stage).await?);
    println!(
        "{engine}: {MANY} hosts at once: laid by the page in {:.1} ms, all bound after {:.1} ms, of which \
         {:.1} ms in our code",
        furnished.laid, furnished.bound, furnished.ours
    );
    Ok(())
}
