//! What a page takes away, nothing of ours holds on to: the browser's own garbage collector is asked.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::soak::{self, Part};
use support::stage::Stage;
use support::visitor::{END, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_host_that_is_gone_is_collected_however_it_came_and_went).own_browser(
            "asks the whole browser's collector, and what other tests left would count",
        ),
        trial!(what_a_page_does_over_and_over_leaves_nothing_behind)
            .in_one_engine("no driver but Chromium's counts what a page holds")
            .own_browser("its processes are counted, and what other tests left would count")
            .alone("what its browser does beside it would count"),
    ]
}

/// Hosts that only a WeakRef knows of, bound by markup or by `mount`, with calls or without; then taken
/// away, destroyed, or both. A host that is still in the page shows that the rest was not just luck.
const HOSTS: &str = r#"
  const [apiUrl, done] = arguments;
  const heard = (host, kind) => new Promise((resolve) =>
    host.addEventListener(kind, resolve, { once: true }));
  const calls = async (host) => {
    const [started, ended] = [heard(host, "vocadesk:start"), heard(host, "vocadesk:end")];
    host.click();
    await started;
    host.click();
    await ended;
  };
  const made = (marked) => {
    const host = document.createElement("div");
    host.textContent = "Talk";
    host.dataset.vocadeskApiUrl = apiUrl;
    if (marked) host.dataset.vocadeskEmbed = "emb_echo";
    document.body.append(host);
    return host;
  };
  const bound = async (host) => {
    while (!host.dataset.vocadeskState) await new Promise((later) => setTimeout(later, 5));
  };
  const removed = async (host) => {
    const started = heard(host, "vocadesk:start");
    host.click();
    await started;
    const ended = heard(host, "vocadesk:end");
    host.remove();
    await ended;
  };
  const ways = {
    async nothing() { const host = document.createElement("div"); document.body.append(host); host.remove(); return host; },
    async marked() { const host = made(true); await bound(host); host.remove(); return host; },
    async called() { const host = made(true); await bound(host); await calls(host); host.remove(); return host; },
    async removedInCall() { const host = made(true); await bound(host); await removed(host); return host; },
    async mounted() {
      const host = made(false);
      const handle = Vocadesk.mount(host, { embedId: "emb_echo", label: "Ring", get host() { return host; } });
      await calls(host);
      handle.destroy();
      host.remove();
      return host;
    },
    async mountedTwice() {
      const host = made(false);
      for (const label of ["Ring", "Call"]) Vocadesk.mount(host, { embedId: "emb_echo", label });
      await removed(host);
      return host;
    },
    async destroyedOutside() {
      const host = made(true);
      host.remove();
      Vocadesk.mount(host, { embedId: "emb_echo" }).destroy();
      return host;
    },
  };
  window.hosts = {};
  window.kept = made(true);
  (async () => {
    for (const [way, make] of Object.entries(ways)) hosts[way] = new WeakRef(await make());
    hosts.kept = new WeakRef(window.kept);
    done(Object.keys(hosts).length);
  })();"#;

const ALIVE: &str = "return Object.keys(hosts).filter((way) => hosts[way].deref())";

/// A collector takes its time: some ask twice whether anybody still wants a thing.
const COLLECTED: Duration = Duration::from_secs(60);

async fn a_host_that_is_gone_is_collected_however_it_came_and_went(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_demo")))
        .await?;
    stage.good_call("#call").await?;
    let api_url = stage.gateway.api_url().into();
    let hosts = stage.browser()?.run_async(HOSTS, vec![api_url]).await?;
    ensure!(hosts == 8, "{hosts} hosts");
    stage.all_released().await?;
    let late = Instant::now() + COLLECTED;
    loop {
        stage.browser()?.collect_garbage().await?;
        let alive = stage.run(ALIVE).await?;
        if alive == json!(["kept"]) {
            break;
        }
        ensure!(Instant::now() < late, "{alive} are still held");
    }
    let kinds = stage.kinds_since(0).await?;
    let called = kinds.iter().filter(|kind| *kind == START).count();
    let ended = kinds.iter().filter(|kind| *kind == END).count();
    ensure!(called == 5 && ended == 5, "{kinds:?}");
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

/// `scripts/soak` does the same for an hour.
async fn what_a_page_does_over_and_over_leaves_nothing_behind(
    stage: &mut Stage,
) -> Result<(), Failure> {
    soak::open(stage).await?;
    for (part, times) in [(Part::Calls, 10), (Part::Mounts, 250), (Part::Hosts, 500)] {
        let found = soak::run(stage, part, times, 0).await?;
        let leaks = found.leaks();
        ensure!(leaks.is_empty(), "{}: {leaks:?}", part.name());
    }
    Ok(())
}
