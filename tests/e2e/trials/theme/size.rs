//! The page keeps its layout: nothing moves, whatever a call does.

use holds::holds;
use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::Page;
use support::prompt::PROMPT;
use support::stage::{Setting, Stage};
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![trial!(
        nothing_in_the_page_moves_in_any_state,
        Setting::walked()
    )]
}

/// For the page's head: every layout shift, where the browser tells of them.
const SHIFTS: &str = r"<script>
  window.shifts = [];
  window.tellsShifts = PerformanceObserver.supportedEntryTypes.includes('layout-shift');
  if (tellsShifts) {
    const tell = ({ value, hadRecentInput, startTime, sources }) => ({
      value, hadRecentInput, startTime, moved: sources.map(({ node, previousRect, currentRect }) =>
        [node?.id ?? node?.nodeName, previousRect, currentRect]),
    });
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map(tell)))
      .observe({ type: 'layout-shift', buffered: true });
  }
</script>";

/// Layouts in which a pixel more or less would show: lines, flex, grid, a table, a float, a shrunk box.
const BODY: &str = r#"<p>Before <button id="call" MARKS>Talk to us</button> after</p>
  <div style="display: flex; gap: 7px"><i>left</i><div id="flexed" MARKS>Talk</div><i>right</i></div>
  <div style="display: grid; grid: auto / auto auto 1fr"><b>1</b><a href="/x" id="linked" MARKS>Talk</a><b>2</b></div>
  <table><tr><td>cell</td><td id="cell" MARKS>Talk</td><td>cell</td></tr></table>
  <p><span id="words" MARKS>some words in a line</span> and more <input id="input" type="button" value="Talk" MARKS> end</p>
  <p>After</p>"#;

const HOSTS: [&str; 6] = ["call", "flexed", "linked", "cell", "words", "input"];

/// Of the page's own elements: ours are the cover, what is said aloud, and the call bar.
const BOXES: &str = "return [...document.body.querySelectorAll('*:not([aria-hidden], [role=status], [role=alert], [data-vocadesk-bar])')]
  .map((e) => [e.id || e.tagName, ...['x', 'y', 'width', 'height'].map((k) => e.getBoundingClientRect()[k])])";

#[holds("6.box")]
async fn nothing_in_the_page_moves_in_any_state(stage: &mut Stage) -> Result<(), Failure> {
    let marks = r#"data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}""#;
    let body = BODY.replace("MARKS", marks);
    let page = Page::default().head(format!("{PROMPT}{SHIFTS}"));
    stage.open(&page.body(body)).await?;
    stage.state("#input", "idle").await?;
    let before = stage.run(BOXES).await?;
    let stage = &*stage;
    let same = async |_: &str| {
        let now = stage.run(BOXES).await?;
        ensure!(now == before, "moved: {}", differences(&before, &now));
        Ok(())
    };
    // Every state of one; a call of each of the others.
    stage.walk("#call", same).await?;
    for id in HOSTS {
        let host = format!("#{id}");
        stage.click(&host).await?;
        stage.allow().await?;
        stage.state(&host, "live").await?;
        same("live")
            .await
            .map_err(|Failure(why)| Failure(format!("{id}: {why}")))?;
        stage.hang_up(&host).await?;
        same("ended")
            .await
            .map_err(|Failure(why)| Failure(format!("{id}: {why}")))?;
    }
    let told = stage.run("return tellsShifts").await?;
    ensure!(
        told == (stage.engine.name == "chromium"),
        "whether layout shifts are told of: {told}"
    );
    if told == true {
        let shifts = stage.run("return shifts").await?;
        ensure!(shifts == json!([]), "layout shifts: {shifts}");
        // The instrument works: what does move is told of.
        stage.run("document.body.style.paddingTop = '80px'").await?;
        stage.until("shifts.length > 0", SOON).await?;
    }
    Ok(())
}

fn differences(before: &Value, now: &Value) -> String {
    let (before, now) = (before.as_array(), now.as_array());
    let pairs = before.into_iter().flatten().zip(now.into_iter().flatten());
    let moved = pairs.filter(|(b, n)| b != n);
    moved.map(|(b, n)| format!("{b} to {n}; ")).collect()
}
