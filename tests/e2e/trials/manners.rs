//! What a guest on somebody's page does not do: ask, store, fetch or say anything before a click; leave
//! anything behind in the page's own world; talk to strangers, ever.

use holds::holds;
use std::collections::BTreeSet;

use serde_json::json;

use crate::trial::{ANYTHING, Trial, trial};
use gateway::ListenerName;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![trial!(nothing_is_stored_or_asked_for_before_the_click)]
}

/// What holds as well where something is refused.
pub fn contract() -> Vec<Trial> {
    vec![
        trial!(the_whole_life_of_a_page_asks_three_origins_and_says_nothing)
            .also_without(ANYTHING)
            .own_browser("reads the network log (stage.leave())"),
    ]
}

/// Where a page could keep something of its visitor.
const STORED: &str = r"
    const done = arguments[0];
    Promise.all([indexedDB.databases(), caches.keys(), cookieStore.getAll()]).then((found) =>
      done([...found.flat().map((x) => x.name ?? x), ...Object.keys(localStorage), ...Object.keys(sessionStorage)]));";

async fn stored(stage: &Stage) -> Result<Vec<String>, Failure> {
    let stored = stage.browser()?.run_async(STORED, Vec::new()).await?;
    Ok(serde_json::from_value(stored)?)
}

#[holds(
    "4.browser-id",
    "7.no-prompt",
    "7.no-cookie",
    "7.no-early-request",
    "1.snippet",
    "1.version"
)]
async fn nothing_is_stored_or_asked_for_before_the_click(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default().head(WORLD)).await?;
    stage.state("#call", "idle").await?;
    // By its real hash from the CDN, it is this release that runs.
    let version = stage.run("return window.Vocadesk?.version").await?;
    ensure!(version == env!("CARGO_PKG_VERSION"), "version {version}");
    // Neither the microphone nor the speaker: an AudioContext without a click makes browsers complain.
    let asked = stage
        .run("return __harness.askedForMicrophone() + contexts")
        .await?;
    ensure!(asked == 0, "microphone or speaker before the click");
    let kept = stored(stage).await?;
    ensure!(kept.is_empty(), "stored before the click: {kept:?}");
    let script = stage.release.script_path.clone();
    let wasm = script.replace("vocadesk.min.js", "vocadesk.wasm");
    // The look at the record comes after the page is bound, which is all that it does by itself.
    let record = stage.gateway.record();
    let asked = record.requests.iter().map(|r| r.path.as_str());
    // Each once; in what order is the browser's business.
    let asked: BTreeSet<_> = asked.collect();
    ensure!(
        record.requests.len() == asked.len()
            && asked == BTreeSet::from(["/", "/harness/tap.js", &script, &wasm]),
        "asked for {asked:?}"
    );
    stage.good_call("#call").await?;
    let kept = stored(stage).await?;
    ensure!(
        kept == ["vocadesk_browser_id"],
        "stored after a call: {kept:?}"
    );
    let asked = stage
        .run("return __harness.askedForMicrophone() + contexts")
        .await?;
    ensure!(asked == 2, "{asked} microphones and speakers for one call");
    Ok(())
}

/// Everything that scripts of a page share: the global object's own properties, and those of each
/// constructor and prototype there. What is looked up is what stands there, no getter is called.
const WORLD: &str = r"<script>
  {
    let contexts = 0;
    const PlainContext = AudioContext;
    window.AudioContext = class extends PlainContext {
      constructor(...given) { super(...given); contexts += 1; }
    };
    Object.defineProperty(window, 'contexts', { get: () => contexts, configurable: true });
    const look = (path, object, world) => {
      for (const key of Reflect.ownKeys(object)) {
        const { value, get, set } = Object.getOwnPropertyDescriptor(object, key) ?? {};
        world.set(`${path}.${String(key)}`, [value, get, set]);
      }
    };
    const world = () => {
      const world = new Map();
      look('window', window, world);
      for (const key of Object.getOwnPropertyNames(window)) {
        const { value } = Object.getOwnPropertyDescriptor(window, key) ?? {};
        if (typeof value !== 'function') continue;
        look(key, value, world);
        if (value.prototype) look(`${key}.prototype`, value.prototype, world);
      }
      for (const key in {}) world.set(`enumerable.${key}`, []);
      return world;
    };
    let before;
    __harness.changes = () => {
      const now = world();
      const changed = (key) => {
        const [was, is] = [before.get(key), now.get(key)];
        return !was || !is || was.some((part, at) => !Object.is(part, is[at]));
      };
      // What drivers leave in a page that they work on; and what WebKit makes anew at each look.
      const drivers =
        /^(window\.)?(ret_nodes|se_exportedFunctionSymbol|Symbol\(automationSessionProxy)|^PerformanceObserver\.supportedEntryTypes$/;
      const keys = [...new Set([...before.keys(), ...now.keys()])];
      return keys.filter((key) => changed(key) && !drivers.test(key));
    };
    before = world();
  }
</script>";

#[holds(
    "1.nothing-else-contacted",
    "7.no-analytics",
    "7.no-thrown-error",
    "7.one-global"
)]
async fn the_whole_life_of_a_page_asks_three_origins_and_says_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(WORLD)).await?;
    stage.good_call("#call").await?;
    stage.good_call("#call").await?;
    let changes = stage.run("return __harness.changes()").await?;
    ensure!(changes == json!(["window.Vocadesk"]), "changed: {changes}");
    // The trial's own eyes: a patched method would be seen.
    let seen =
        "Element.prototype.closest = () => null; window.more = 1; return __harness.changes()";
    let seen = stage.run(seen).await?;
    ensure!(
        seen.as_array().is_some_and(|seen| seen.len() == 3),
        "seen: {seen}"
    );
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    // Script, wasm and the call bar's script, each once.
    let cdn = stage.gateway.record();
    let cdn: Vec<_> = cdn
        .requests
        .iter()
        .filter(|r| r.listener == ListenerName::Cdn)
        .collect();
    ensure!(
        cdn.len() == 3,
        "the release's files were asked for {} times",
        cdn.len()
    );
    let requests = stage.leave().await?;
    // An engine without a network log has shown all that it can.
    if let Some(requests) = requests {
        let strangers = stage.strangers(&requests);
        ensure!(strangers.is_empty(), "{strangers:?} were asked");
        ensure!(!requests.is_empty(), "the network log is empty");
    }
    Ok(())
}
