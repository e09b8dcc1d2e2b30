//! Call buttons in components: what React, Vue and Svelte do to their elements while a call is on. The
//! small apps are in `frameworks/`, built from npm by `build.mjs` when the first of these trials begins.

use holds::holds;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use gateway::{Answer, EndedBy};
use support::evidence::evidence_folder;
use support::failure::{Failure, ensure};
use support::page::{Page, Placement};
use support::stage::{Setting, Stage};
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    // The first of them builds all three.
    let setting = Setting {
        deadline: Duration::from_secs(480),
        ..Setting::default()
    };
    vec![
        trial!(
            react_may_render_rekey_and_unmount_a_call_button,
            setting.clone()
        ),
        trial!(
            vue_may_render_rekey_and_unmount_a_call_button,
            setting.clone()
        )
        .in_one_engine(
            "plain DOM calls, observer and bookkeeping ours; React is the witness in all",
        ),
        trial!(svelte_may_render_rekey_and_unmount_a_call_button, setting).in_one_engine("as Vue"),
    ]
}

#[holds(
    "1.host-never-replaced",
    "1.listeners-stay",
    "1.framework-rerenders",
    "1.label-default"
)]
async fn react_may_render_rekey_and_unmount_a_call_button(
    stage: &mut Stage,
) -> Result<(), Failure> {
    in_both_ways(stage, "react").await
}

#[holds("1.host-never-replaced", "1.framework-rerenders")]
async fn vue_may_render_rekey_and_unmount_a_call_button(stage: &mut Stage) -> Result<(), Failure> {
    in_both_ways(stage, "vue").await
}

#[holds("1.host-never-replaced", "1.framework-rerenders")]
async fn svelte_may_render_rekey_and_unmount_a_call_button(
    stage: &mut Stage,
) -> Result<(), Failure> {
    in_both_ways(stage, "svelte").await
}

/// The element that the component renders bears the attribute; or an effect of it calls `mount`.
const WAYS: [&str; 2] = ["marked", "mounted"];

async fn in_both_ways(stage: &Stage, framework: &str) -> Result<(), Failure> {
    for way in WAYS {
        let lived = live(stage, framework, way).await;
        lived.map_err(|Failure(why)| Failure(format!("{way}: {why}")))?;
    }
    Ok(())
}

/// Builds all of them, once.
pub(super) fn built(framework: &str) -> Result<Vec<u8>, Failure> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let build = || -> Result<PathBuf, Failure> {
        let folder = evidence_folder()?.join("frameworks");
        let script = support::project().join("tests/e2e/frameworks/build.mjs");
        let done = Command::new("node").arg(script).arg(&folder).output()?;
        let said = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "node build.mjs: {said}");
        Ok(folder)
    };
    let folder = BUILT.get_or_init(|| build().map_err(|Failure(why)| why));
    let folder = folder.clone().map_err(Failure)?;
    Ok(std::fs::read(folder.join(format!("{framework}.js")))?)
}

/// Overhears our events on hosts, also on those that are in no document any more, where nothing bubbles;
/// and what of the browser's is made and not given back.
const OVERHEAR: &str = r"<script>
  window.dispatched = [];
  const dispatch = EventTarget.prototype.dispatchEvent;
  EventTarget.prototype.dispatchEvent = function (event) {
    const { type } = event;
    if (type.startsWith('vocadesk:') && type !== 'vocadesk:state' && this.id === 'call') dispatched.push(type);
    return dispatch.call(this, event);
  };
  window.made = { observing: new Set(), contexts: [] };
  window.MutationObserver = class extends MutationObserver {
    observe(...args) { made.observing.add(this); super.observe(...args); }
    disconnect() { made.observing.delete(this); super.disconnect(); }
  };
  window.AudioContext = class extends AudioContext {
    constructor(...args) { super(...args); made.contexts.push(this); }
  };
</script>";

/// Asked often: for longer than two looks of ours are apart nobody has begun or ended to observe anything.
const LOOKED: &str = "((size, now) => {
    if (size !== window.lastSize) [window.lastSize, window.sizeSince] = [size, now];
    return now - sizeSince > 1_500;
  })(made.observing.size, performance.now())";

/// What the app renders first.
fn first(way: &str) -> String {
    format!(
        r#"<script>
          window.clicks = window.starts = 0;
          window.first = {{
            way: "{way}", key_: 1, shown: true, label: "Talk to us", badge: null, color: "black",
            embedId: "emb_echo", apiUrl: "{{{{API_URL}}}}",
            onClick: () => clicks++, onStart: () => starts++,
          }};
        </script><main id="app"></main><script src="/app.js"></script>"#
    )
}

async fn live(stage: &Stage, framework: &str, way: &str) -> Result<(), Failure> {
    let app = Answer::new(200, "text/javascript", built(framework)?);
    stage.gateway.site_answer("/app.js", app);
    // Before the app: its effects find `Vocadesk`, and the wasm is still on its way.
    let page = Page::default().script(Placement::Blocking).head(OVERHEAR);
    stage.open(&page.body(first(way))).await?;
    let mut app = App {
        stage,
        calls: stage.gateway.record().calls.len(),
        ended: 0,
    };
    stage.state("#call", "idle").await?;
    // Ours look twice, and then wait for the next change.
    stage.until(LOOKED, SOON).await?;
    let observers = stage.run("return made.observing.size").await?;

    app.renders_while_idle().await?;
    app.renders_in_a_call().await?;
    app.rekeys_in_a_call().await?;
    app.unmounts_in_a_call().await?;
    app.comes_back_at_once().await?;
    app.leaves_nothing(&observers).await
}

/// A running app: `window.app`.
struct App<'a> {
    stage: &'a Stage,
    /// At the gateway so far.
    calls: usize,
    /// Of them on this page.
    ended: usize,
}

/// The host's own children: ours, if it is one, has a shadow root and no text.
const TEXT: &str = "call.textContent.trim().replace(/\\s+/g, ' ')";

impl App<'_> {
    async fn show(&self, change: Value) -> Result<(), Failure> {
        self.stage
            .run(&format!("app.show({change})"))
            .await
            .map(drop)
    }

    /// Waits until the framework's own text is right and, in a call, our cover lies over the host.
    async fn reads(&self, text: &str, covered: bool) -> Result<(), Failure> {
        let right = format!(
            "{TEXT} === {} && (__harness.coverOf(call) !== null) === {covered}",
            json!(text)
        );
        self.stage.until(&right, SOON).await.map(drop)
    }

    /// Waits until the cover's box is the host's: it is the host that it is positioned by.
    async fn covers_the_host(&self) -> Result<(), Failure> {
        let covers = "((a, b) => ['left', 'top', 'right', 'bottom'].every((side) =>
            Math.abs(a[side] - b[side]) <= 3))(call.getBoundingClientRect(),
            __harness.coverOf(call))";
        self.stage.until(covers, SOON).await.map(drop)
    }

    async fn renders_while_idle(&self) -> Result<(), Failure> {
        self.stage.run("window.host = call").await?;
        self.show(json!({ "label": "Ring" })).await?;
        self.reads("Ring", false).await?;
        self.show(json!({ "badge": "new" })).await?;
        self.reads("☎ Ring new", false).await?;
        self.show(json!({ "badge": null, "label": "Talk to us" }))
            .await?;
        self.reads("Talk to us", false).await?;
        self.is_the_same_host().await
    }

    async fn is_the_same_host(&self) -> Result<(), Failure> {
        let same = self.stage.run("return call === host").await?;
        ensure!(same == true, "another element is the host");
        Ok(())
    }

    async fn start(&self) -> Result<(), Failure> {
        self.stage.state("#call", "idle").await?;
        self.stage.start_call("#call").await?;
        self.stage.heard_at_gateway(self.calls, 5).await
    }

    /// One end, one release, the microphone off; by nobody but the app.
    async fn ended(&mut self) -> Result<(), Failure> {
        self.ended += 1;
        let ends = format!(
            "dispatched.filter((type) => type === '{END}').length >= {}",
            self.ended
        );
        self.stage.until(&ends, SOON).await?;
        let call = self.stage.ended_at_gateway(self.calls).await?;
        ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
        self.calls += 1;
        self.stage.released(self.calls).await?;
        self.stage.microphone_is_off().await?;
        let dispatched: Vec<String> =
            serde_json::from_value(self.stage.run("return dispatched").await?)?;
        // The document hears the same, wherever the host is.
        let heard = self.stage.kinds_since(0).await?;
        ensure!(
            heard == dispatched,
            "hosts: {dispatched:?}; document: {heard:?}"
        );
        ensure!(
            dispatched == [START, END].repeat(self.ended),
            "{dispatched:?}"
        );
        Ok(())
    }

    async fn renders_in_a_call(&mut self) -> Result<(), Failure> {
        self.start().await?;
        // A lone text, by `textContent`: it takes our cover along. Then nodes beside one another.
        for (change, text) in [
            (json!({ "label": "Ring" }), "Ring"),
            (json!({ "badge": "new" }), "☎ Ring new"),
            (json!({ "badge": "newer", "label": "Talk" }), "☎ Talk newer"),
            (json!({ "badge": "" }), "☎ Talk"),
            (json!({ "badge": "last" }), "☎ Talk last"),
            (
                json!({ "badge": null, "label": "Talk to us" }),
                "Talk to us",
            ),
        ] {
            self.show(change).await?;
            self.reads(text, true).await?;
        }
        // The style attribute as a whole, in which ours stands too.
        self.show(json!({ "color": "blue" })).await?;
        self.covers_the_host().await?;
        self.is_the_same_host().await?;
        let so_far = self.stage.gateway.record().calls[self.calls].mic.len();
        self.stage.heard_at_gateway(self.calls, so_far + 5).await?;
        self.stage.hang_up("#call").await?;
        self.ended().await?;
        let clicks = self.stage.run("return [clicks, starts]").await?;
        ensure!(
            clicks == json!([2, 1]),
            "handlers were called {clicks} times"
        );
        Ok(())
    }

    async fn rekeys_in_a_call(&mut self) -> Result<(), Failure> {
        self.start().await?;
        self.stage.run("window.host = call").await?;
        self.show(json!({ "key_": 2 })).await?;
        self.ended().await?;
        let another = self
            .stage
            .run("return call !== host && !host.isConnected")
            .await?;
        ensure!(another == true, "the old host is still there");
        self.reads("Talk to us", false).await
    }

    async fn unmounts_in_a_call(&mut self) -> Result<(), Failure> {
        self.start().await?;
        self.show(json!({ "shown": false })).await?;
        self.ended().await?;
        let gone = self
            .stage
            .run("return document.querySelector('#call') === null")
            .await?;
        ensure!(gone == true, "the host is still there");
        self.show(json!({ "shown": true })).await
    }

    /// As hot module replacement does it: away and back, at once.
    async fn comes_back_at_once(&mut self) -> Result<(), Failure> {
        self.start().await?;
        self.stage.run("app.unmount(); app.mount()").await?;
        self.ended().await?;
        self.start().await?;
        self.stage.hang_up("#call").await?;
        self.ended().await
    }

    async fn leaves_nothing(&self, observers: &Value) -> Result<(), Failure> {
        let away = "for (let i = 0; i < 20; i++) { app.unmount(); app.mount(); } app.unmount();
            return [document.querySelectorAll('main *, [aria-hidden]').length,
                dispatched.length]";
        let left = self.stage.run(away).await?;
        let events = 2 * self.ended;
        ensure!(left == json!([0, events]), "elements, events: {left}");
        self.stage.until(LOOKED, SOON).await?;
        let observing = self.stage.run("return made.observing.size").await?;
        ensure!(
            observing == *observers,
            "{observing} observers, not {observers}"
        );
        let asleep = "made.contexts.every((context) => context.state === 'suspended')";
        self.stage.until(asleep, SOON).await?;
        let complaints = self.stage.complaints().await?;
        let complaints: Vec<_> = complaints.iter().filter(|c| is_trouble(c)).collect();
        ensure!(complaints.is_empty(), "{complaints:?}");
        Ok(())
    }
}

/// Development builds greet whoever opens the console.
pub(super) fn is_trouble(complaint: &str) -> bool {
    !complaint.contains("INFO") && !complaint.contains("DEBUG")
}
