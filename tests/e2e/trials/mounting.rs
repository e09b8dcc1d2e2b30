//! `Vocadesk.mount`, also while the wasm is on its way.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use support::engine::Without;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_mount_takes_a_selector_an_element_and_one_in_any_shadow_root),
        trial!(a_mount_and_a_click_before_the_wasm_is_there_make_a_call)
            .also_without(&[Without::Wasm]),
    ]
}

const BARE: &str =
    r#"<button id="call" data-vocadesk-api-url="{{API_URL}}"><i>Talk</i> to us</button>"#;

#[holds("1.mount-target")]
async fn a_mount_takes_a_selector_an_element_and_one_in_any_shadow_root(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let bare = |id: &str| BARE.replace("\"call\"", &format!("\"{id}\""));
    // Inline, and with nothing beside its button: a click at the middle of it falls on the button.
    let shadow = |id: &str| format!(r#"<div id="{id}" style="display: inline-block"></div>"#);
    let body = bare("selector") + &bare("element") + &shadow("open") + &shadow("closed");
    stage.open(&Page::default().body(body)).await?;
    let script = r##"
      window.hosts = { element: document.getElementById("element") };
      for (const mode of ["open", "closed"]) {
        const root = document.getElementById(mode).attachShadow({ mode });
        root.innerHTML = `<p hidden>Somebody's</p>${hosts.element.outerHTML}`;
        hosts[mode] = root.lastChild;
      }
      hosts.selector = document.querySelector("body > #selector");
      window.before = Object.entries(hosts).map(([name, host]) => [name, host.outerHTML]);
      const options = { embedId: "emb_echo" };
      window.handles = Object.entries(hosts).map(([name, host]) =>
        Vocadesk.mount(name === "selector" ? "body > #selector" : host, options));"##;
    stage.run(script).await?;
    for id in ["selector", "element", "open", "closed"] {
        let idle = format!("hosts.{id}.dataset.vocadeskState === 'idle'");
        stage.until(&idle, SOON).await?;
        let called = stage.good_call(&format!("#{id}")).await;
        called.map_err(|Failure(why)| Failure(format!("{id}: {why}")))?;
    }
    let changed = r"
      handles.forEach((handle) => handle.destroy());
      return before.filter(([name, html]) => hosts[name].outerHTML !== html)
        .map(([name, html]) => `${html} became ${hosts[name].outerHTML}`)";
    let changed = stage.run(changed).await?;
    ensure!(changed == json!([]), "after destroy: {changed}");
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

#[holds("1.mount-at-once")]
async fn a_mount_and_a_click_before_the_wasm_is_there_make_a_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let wasm = stage.hold_page_module()?;
    stage.open(&Page::default().body(BARE)).await?;
    let script = r##"
      window.handle = Vocadesk.mount("#call", { embedId: "emb_echo" });
      return typeof handle.destroy"##;
    let destroy = stage.run(script).await?;
    ensure!(destroy == "function", "handle.destroy is {destroy}");
    stage.click("#call").await?;
    let bound = stage.run("return 'vocadeskState' in call.dataset").await?;
    ensure!(bound == false, "the wasm was there before the click");
    wasm.open();
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    stage.good_call("#call").await?;
    stage.run("handle.destroy()").await?;
    let html = stage.run("return call.innerHTML").await?;
    ensure!(html == "<i>Talk</i> to us", "{html}");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END, START, END], "{kinds:?}");
    Ok(())
}
