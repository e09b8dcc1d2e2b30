//! What a page and its browser hold, by count: asked of Chromium's DevTools after its collector has run, of the kernel, and
//! of the gateway.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::extension::Extension;
use crate::failure::Failure;
use crate::process_tree;
use crate::stage::Stage;

/// Whose objects are counted, those that only the collector still knows left out.
const CLASSES: [&str; 12] = [
    "AudioContext",
    "AudioNode",
    "AudioWorkletNode",
    "HTMLElement",
    "MediaStream",
    "MediaStreamTrack",
    "MessagePort",
    "MutationObserver",
    "ResizeObserver",
    "WebAssembly.Instance",
    "WebSocket",
    "Worker",
];

/// Some of what is collected is held by what is collected with it: the collector runs so often.
const COLLECTIONS: usize = 3;

const BETWEEN_COLLECTIONS: Duration = Duration::from_millis(200);

/// What the pages of wasm memories come to, in kB.
pub const WASM_MEMORY: &str = "wasm memory, kB";

/// What is held, by name.
pub type Counts = BTreeMap<String, u64>;

/// Counts what a page that rests holds; and what it takes of memory, in kB.
pub async fn count(stage: &Stage, renderer: u32) -> Result<(Counts, u64), Failure> {
    for _ in 0..COLLECTIONS {
        collect_garbage(stage).await?;
    }
    let mut counts = Counts::new();
    let mut note = |name: &str, count: u64| counts.insert(name.to_owned(), count);
    for class in CLASSES {
        note(class, living(stage, class).await?);
    }
    let told = devtools(stage, "Memory.getDOMCounters", json!({})).await?;
    for name in ["documents", "nodes", "jsEventListeners"] {
        note(name, told[name].as_u64().ok_or("no DOM counters")?);
    }
    let locks = "const [done] = arguments; soak.locks().then(done);";
    let locks = stage.browser()?.run_async(locks, Vec::new()).await?;
    note("locks", locks.as_u64().ok_or("no locks")?);
    note(WASM_MEMORY, wasm_memory(stage).await? / 1_024);
    let processes = process_tree::below(stage.driver);
    note("processes", processes.len() as u64);
    let threads = process_tree::threads(renderer);
    let workers = threads
        .values()
        .filter(|(name, _)| name.starts_with("DedicatedWorker"));
    note("Worker threads", workers.count() as u64);
    let calls = stage.gateway.record().calls;
    let open = calls.iter().filter(|call| call.ended.is_none());
    note("calls at the gateway", open.count() as u64);
    Ok((counts, heap(stage).await? / 1_024))
}

/// Runs the collector, and what waits for it.
pub async fn collect_garbage(stage: &Stage) -> Result<(), Failure> {
    devtools(stage, "HeapProfiler.collectGarbage", json!({})).await?;
    tokio::time::sleep(BETWEEN_COLLECTIONS).await;
    Ok(())
}

/// How many objects of a class there are, also those that the page has lost sight of and something still holds.
async fn living(stage: &Stage, class: &str) -> Result<u64, Failure> {
    let count = "function () { return this.length; }";
    let counted = of_all(stage, class, count).await?;
    counted
        .as_u64()
        .ok_or_else(|| format!("{class} cannot be counted").into())
}

/// The bytes of all of the page's wasm memories.
async fn wasm_memory(stage: &Stage) -> Result<u64, Failure> {
    let sum =
        "function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }";
    let bytes = of_all(stage, "WebAssembly.Memory", sum).await?;
    bytes.as_u64().ok_or_else(|| "no wasm memory".into())
}

/// What this function gives of an array of all objects of a class.
async fn of_all(stage: &Stage, class: &str, function: &str) -> Result<Value, Failure> {
    const GROUP: &str = "soak";
    let prototype = json!({ "expression": format!("{class}.prototype"), "objectGroup": GROUP });
    let prototype = devtools(stage, "Runtime.evaluate", prototype).await?;
    let asked = json!({
        "prototypeObjectId": prototype["result"]["objectId"], "objectGroup": GROUP,
    });
    let objects = devtools(stage, "Runtime.queryObjects", asked).await?;
    let call = json!({
        "objectId": objects["objects"]["objectId"], "functionDeclaration": function, "returnByValue": true,
    });
    let given = devtools(stage, "Runtime.callFunctionOn", call).await?;
    let group = json!({ "objectGroup": GROUP });
    devtools(stage, "Runtime.releaseObjectGroup", group).await?;
    Ok(given["result"]["value"].clone())
}

/// JavaScript's heap, and what of it lies outside, as `ArrayBuffer`s do.
async fn heap(stage: &Stage) -> Result<u64, Failure> {
    let told = devtools(stage, "Runtime.getHeapUsage", json!({})).await?;
    let part = |name: &str| told[name].as_f64().unwrap_or_default();
    Ok((part("usedSize") + part("embedderHeapUsedSize") + part("backingStorageSize")) as u64)
}

async fn devtools(stage: &Stage, command: &str, params: Value) -> Result<Value, Failure> {
    let command = Extension::devtools_with(command, params);
    Ok(stage.browser()?.client().issue_cmd(command).await?)
}
