//! Hosts inside somebody's shadow root, which only `mount` reaches.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::EndedBy;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![trial!(a_host_inside_an_open_or_a_closed_shadow_root_calls)]
}

/// The closed one stands inside another, as components do.
const ROOTS: &str = r#"<x-open id="open"></x-open><x-outer id="closed"></x-outer><script>
  window.inner = {};
  window.roots = {};
  const make = (host, mode, name) => {
    const root = host.attachShadow({ mode });
    root.innerHTML = '<style>b { color: red }</style><p>Before</p><button><b>Talk</b> to us</button>';
    roots[name] = root;
    inner[name] = root.querySelector("button");
    inner[name].clicks = 0;
    inner[name].onclick = ({ target }) => inner[name].clicks++;
  };
  make(document.getElementById("open"), "open", "open");
  const outer = document.getElementById("closed").attachShadow({ mode: "closed" });
  outer.innerHTML = "<section><x-inner></x-inner></section>";
  make(outer.querySelector("x-inner"), "closed", "closed");
  window.before = Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, root.innerHTML]));
</script>"#;

#[holds(
    "1.listeners-stay",
    "1.framework-rerenders",
    "1.mount-target",
    "2.bubbles-composed",
    "2.end-removed",
    "6.default-bg-fg"
)]
async fn a_host_inside_an_open_or_a_closed_shadow_root_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().body(ROOTS)).await?;
    let api = json!(stage.gateway.api_url());
    for (nth, name) in ["open", "closed"].into_iter().enumerate() {
        let host = format!("inner.{name}");
        let mount = format!(
            "{host}.handle = Vocadesk.mount({host}, {{ embedId: 'emb_echo', apiUrl: {api} }})"
        );
        stage.run(&mount).await?;
        stage
            .until(&format!("{host}.dataset.vocadeskState === 'idle'"), SOON)
            .await?;
        // The shadow root has our colours, as the document has.
        let colour = stage
            .run(&format!("return getComputedStyle({host}).backgroundColor"))
            .await?;
        ensure!(colour == "rgb(11, 29, 54)", "{name}: {colour}");

        let call = 2 * nth;
        stage.click_at_middle(&host).await?;
        let start = stage.event(START, call + 1, SOON).await?;
        ensure!(start.target == name, "{name}: {start:?}");
        stage.heard_at_gateway(call, 10).await?;
        // Re-rendered within its root: seen from inside only.
        stage.run(&format!("{host}.textContent = 'Talk'")).await?;
        stage
            .until(&format!("__harness.coverOf({host}) !== null"), SOON)
            .await?;
        stage.click_at_middle(&host).await?;
        stage.event(END, call + 1, SOON).await?;
        stage.released(call + 1).await?;

        // Let go in mid-call.
        stage.click_at_middle(&host).await?;
        stage.event(START, call + 2, SOON).await?;
        let let_go = format!(
            "{host}.handle.destroy();
             return roots.{name}.innerHTML === before.{name}.replace('<b>Talk</b> to us', 'Talk')
               || roots.{name}.innerHTML"
        );
        let same = stage.run(&let_go).await?;
        ensure!(same == true, "{name}: {same}");
        stage.released(call + 2).await?;
        let clicks = stage.run(&format!("return {host}.clicks")).await?;
        ensure!(clicks == 3, "{name}: {clicks} clicks heard by the page");
    }
    // The component around it is taken away in mid-call.
    stage
        .run(&format!(
            "Vocadesk.mount(inner.closed, {{ embedId: 'emb_echo', apiUrl: {api} }})"
        ))
        .await?;
    stage.click_at_middle("inner.closed").await?;
    stage.event(START, 5, SOON).await?;
    stage
        .run("document.getElementById('closed').remove()")
        .await?;
    let call = stage.ended_at_gateway(4).await?;
    ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
    stage.released(5).await?;
    stage.microphone_is_off().await
}
