//! `destroy`, whenever it is called, and listeners that do what listeners should not.

use holds::holds;
use std::time::Duration;

use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::misbehave::{Act, Misbehave};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_mount_that_is_destroyed_before_the_wasm_is_there_never_was)
            .in_one_engine("the launcher's own list"),
        trial!(destroy_in_any_listener_ends_the_call_once_and_restores_the_host)
            .in_one_engine("dispatch is synchronous in every engine; re-entrance is ours"),
        trial!(a_listener_that_throws_or_mounts_breaks_nothing).in_one_engine(
            "a listener's exception never leaves dispatchEvent; the rest is re-entrance of ours",
        ),
        trial!(code_of_the_page_that_runs_amid_our_work_breaks_nothing),
    ]
}

#[holds("1.mount-at-once", "1.destroy-idempotent")]
async fn a_mount_that_is_destroyed_before_the_wasm_is_there_never_was(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let wasm = stage.hold_page_module()?;
    let bare = r#"<button id="bare" data-vocadesk-api-url="{{API_URL}}">Talk</button>"#;
    let hosts = button("marked", "emb_echo")
        + bare
        + &bare.replace("bare", "clicked")
        + &bare.replace("bare", "strict")
        + &button("other", "emb_echo");
    // Put in once the page has loaded: that waits for a script that is on its way.
    let body = format!("<template id=later>{hosts}</template>");
    stage.open(&Page::default().body(body)).await?;
    let mount = r##"
      document.body.append(later.content);
      window.ids = ["marked", "bare", "clicked", "strict"];
      window.before = ids.map((id) => document.getElementById(id).outerHTML);
      window.changed = () => ids.map((id) => document.getElementById(id).outerHTML)
        .filter((html, at) => html !== before[at]);
      window.mount = (id) => Vocadesk.mount(`#${id}`, { embedId: "emb_echo" });
      window.handles = ids.map(mount)"##;
    stage.run(mount).await?;
    stage.click("#clicked").await?;
    // The last one is mounted again, as React does in StrictMode.
    let destroy = r"
      for (const _ of [1, 2]) handles.forEach((handle) => handle.destroy());
      const early = !('vocadeskState' in other.dataset);
      window.again = mount('strict');
      return early";
    let early = stage.run(destroy).await?;
    ensure!(early == true, "the wasm was there before the destroy");
    wasm.open();
    stage.state("#other", "idle").await?;
    stage.state("#strict", "idle").await?;
    for id in ["marked", "bare", "clicked"] {
        stage.click(&format!("#{id}")).await?;
    }
    // Looked for after a change of the document, too.
    stage.run("document.body.append('more')").await?;
    stage.good_call("#strict").await?;
    stage.good_call("#other").await?;
    let asked = stage.token_requests();
    ensure!(asked == 2, "{asked} tokens were asked for, by two calls");
    stage.run("again.destroy(); again.destroy()").await?;
    let changed = stage.run("return changed()").await?;
    ensure!(changed == json!([]), "after destroy: {changed}");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END].repeat(2), "{kinds:?}");
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

const HOST: &str = r#"<div id="call" style="color:red" data-vocadesk-api-url="{{API_URL}}"><b>Talk</b> to us</div>
    <script>window.before = call.outerHTML;</script>"#;

#[holds(
    "1.destroy-idempotent",
    "1.destroy-ends-call",
    "1.destroy-listeners",
    "2.end-destroy",
    "2.listener-destroys"
)]
async fn destroy_in_any_listener_ends_the_call_once_and_restores_the_host(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().body(HOST)).await?;
    let mount = r#"
      window.destroyIn = (type) => {
        const handle = Vocadesk.mount(call, { embedId: "emb_echo", label: "Ring" });
        call.addEventListener(type, () => {
          handle.destroy();
          window.within = call.outerHTML;
          handle.destroy();
        }, { once: true });
      }"#;
    stage.run(mount).await?;
    let falls = Misbehave::in_call(Duration::from_millis(200), Act::error("the test's"));
    let refused = Misbehave::token_status(503, "busy");
    let good = Misbehave::default();
    let cases = [
        (START, good.clone(), vec![START, END]),
        (END, good, vec![START, END]),
        (ERROR, falls, vec![START, ERROR, END]),
        (ERROR, refused, vec![ERROR]),
    ];
    for (kind, misbehave, expected) in cases {
        let what = format!("destroyed in {kind} of {expected:?}");
        let events = stage.events().await?.len();
        stage.gateway.misbehave(misbehave);
        stage.run(&format!("destroyIn({})", json!(kind))).await?;
        stage.state("#call", "idle").await?;
        if kind == END {
            stage.start_call("#call").await?;
        }
        stage.click("#call").await?;
        let all = format!("__harness.events.length === {}", events + expected.len());
        stage.until(&all, SOON).await?;
        stage.released(stage.gateway.record().tokens.len()).await?;
        stage.microphone_is_off().await?;
        let came = stage.kinds_since(events).await?;
        ensure!(came == expected, "{what}: {came:?}");
        let changed = stage
            .run("return [within, call.outerHTML].filter((html) => html !== before)")
            .await?;
        ensure!(changed == json!([]), "{what}: {changed}");
    }
    let asked = stage.token_requests();
    stage.click("#call").await?;
    stage.gateway.misbehave(Misbehave::default());
    stage
        .run("Vocadesk.mount(call, { embedId: 'emb_echo' })")
        .await?;
    stage.good_call("#call").await?;
    let asked = stage.token_requests() - asked;
    ensure!(asked == 1, "{asked} tokens were asked for, by one call");
    let complaints = stage.run("return __harness.errors").await?;
    ensure!(
        complaints == json!([]),
        "thrown into the page: {complaints}"
    );
    Ok(())
}

/// In the page's own text: a browser tells nobody what WebDriver's scripts throw.
const UNRULY: &str = r#"<script>
  window.mount = (embedId) => (window.handle = Vocadesk.mount(call, { embedId }));
  window.inListener = () => {};
  for (const type of ["start", "end", "error"].map((name) => `vocadesk:${name}`)) {
    document.addEventListener(type, () => { throw new Error(`thrown in ${type}`); });
    call.addEventListener(type, () => inListener(type));
    call.addEventListener(type, () => { throw type; });
  }
  addEventListener("DOMContentLoaded", () => mount("emb_echo"));
</script>"#;

#[holds(
    "1.mount-rebinds",
    "2.listener-throws",
    "2.listener-destroys",
    "7.no-thrown-error"
)]
async fn a_listener_that_throws_or_mounts_breaks_nothing(stage: &mut Stage) -> Result<(), Failure> {
    let page = Page::default().body(HOST.to_owned() + UNRULY);
    stage.open(&page).await?;
    let refused = Misbehave::token_status(503, "busy");
    let last_embed = |stage: &Stage| {
        let calls = stage.gateway.record().calls;
        calls.last().map(|call| call.embed.clone())
    };
    // With the same embed or with another: a call goes on as it began, and the next goes to the new one.
    for embed in ["emb_echo", "emb_demo"] {
        let mount = format!(
            "mount('emb_echo'); window.inListener = () => mount({})",
            json!(embed)
        );
        stage.run(&mount).await?;
        stage.gateway.misbehave(refused.clone());
        stage.fail_call("#call", "token_failed").await?;
        stage.gateway.misbehave(Misbehave::default());
        stage.run("mount('emb_echo')").await?;
        stage.good_call("#call").await?;
        let last = last_embed(stage);
        ensure!(
            last.as_deref() == Some("emb_echo"),
            "the call went to {last:?}"
        );
        stage.run("window.inListener = () => {}").await?;
        stage.good_call("#call").await?;
        let last = last_embed(stage);
        ensure!(
            last.as_deref() == Some(embed),
            "the last call went to {last:?}"
        );
    }
    stage.run("handle.destroy()").await?;
    let same = stage
        .run("return call.outerHTML === before || call.outerHTML")
        .await?;
    ensure!(same == true, "after destroy: {same}");
    // Reported to the page as its own, twice for each event, and nothing of ours among them.
    let thrown = stage.run("return __harness.errors").await?;
    let thrown: Vec<String> = serde_json::from_value(thrown)?;
    let events = stage.events().await?.len();
    let own = thrown
        .iter()
        .filter(|words| words.contains("vocadesk:"))
        .count();
    ensure!(
        own == 2 * events && own == thrown.len(),
        "{events} events, and the page's own errors {thrown:?}"
    );
    Ok(())
}

/// What a page can have run in the middle of what we do: its element's reaction to each attribute that we
/// set, and the getters of its options, which are asked by `mount` and never again. Each mounts the host again; the flag
/// keeps it from doing that for ever by itself.
const MEDDLER: &str = r#"<script>
  window.amid = false;
  window.where = "getters";
  window.meddled = { attributes: 0, getters: 0 };
  const meddle = (here, host) => {
    if (amid || here !== where) return;
    amid = true;
    meddled[where]++;
    window.handle = Vocadesk.mount(host, options(host));
    amid = false;
  };
  window.options = (host) => ({
    get embedId() { meddle("getters", host); return "emb_echo"; },
    get label() { meddle("getters", host); return "Ring"; },
  });
  customElements.define("x-call", class extends HTMLElement {
    static observedAttributes = ["data-vocadesk-state", "aria-label", "aria-busy", "role", "style"];
    attributeChangedCallback() { if (this.isConnected && window.handle) meddle("attributes", this); }
  });
</script>
<x-call id="call" data-vocadesk-api-url="{{API_URL}}"><b>Talk</b></x-call>
<button id="other" data-vocadesk-embed="emb_echo">Other</button>"#;

#[holds("1.options-read-once", "2.listener-destroys")]
async fn code_of_the_page_that_runs_amid_our_work_breaks_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().body(MEDDLER)).await?;
    stage.state("#other", "idle").await?;
    let mount = "window.handle = Vocadesk.mount(call, window.options(call))";
    stage
        .run(&format!("window.before = call.outerHTML; {mount}"))
        .await?;
    for place in ["getters", "attributes"] {
        let events = stage.events().await?.len();
        stage.run(&format!("window.where = '{place}'")).await?;
        stage.state("#call", "idle").await?;
        let mounted = stage.run(&format!("return meddled.{place}")).await?;
        stage
            .gateway
            .misbehave(Misbehave::token_status(503, "busy"));
        stage.fail_call("#call", "token_failed").await?;
        stage.gateway.misbehave(Misbehave::default());
        stage.good_call("#call").await?;
        let kinds = stage.kinds_since(events).await?;
        ensure!(kinds == [ERROR, START, END], "{place}: {kinds:?}");
        let meddled = stage.run(&format!("return meddled.{place}")).await?;
        match place {
            "getters" => {
                ensure!(
                    meddled == mounted && meddled.as_u64() > Some(0),
                    "getters ran {mounted} times in mount, and {meddled} times after two calls"
                );
            }
            _ => {
                ensure!(
                    meddled.as_u64() > mounted.as_u64().map(|before| before + 5),
                    "the page has hardly meddled: {meddled}"
                );
            }
        }
        // A page that mounts amid a destroy has itself to blame for what it gets back.
        let again = format!("window.amid = true; handle.destroy(); window.amid = false; {mount}");
        stage.run(&again).await?;
    }
    stage.run("window.amid = true; handle.destroy()").await?;
    let same = "return call.outerHTML === before || call.outerHTML";
    let same = stage.run(same).await?;
    ensure!(same == true, "after destroy: {same}");
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}
