//! A page that does one thing over and over, or for long: after that it holds what it held before, by count.

pub mod counts;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::failure::{Failure, ensure};
use crate::page::{Page, Placement, button};
use crate::process_tree;
use crate::stage::Stage;
use counts::{Counts, count};
use gateway::Answer;

/// What is done over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One call that lasts so many seconds.
    Call,
    /// So many calls, one after the other.
    Calls,
    /// So many hosts that the page mounts and destroys.
    Mounts,
    /// So many marked hosts that come and go.
    Hosts,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Call, Self::Calls, Self::Mounts, Self::Hosts];

    /// What it goes by, here and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Calls => "calls",
            Self::Mounts => "mounts",
            Self::Hosts => "hosts",
        }
    }

    /// How much of it there is before the first count: caches are full by then, and code is compiled; where much is to be done,
    /// half as much again, since an engine goes on compiling for hundreds of calls, and memory comes to its usual height.
    fn before(self, times: u64) -> u64 {
        match self {
            Self::Call => 10,
            Self::Calls => (times / 2).max(5),
            Self::Mounts | Self::Hosts => (times / 2).max(500),
        }
    }

    /// How much the page does in one go, within what a driver waits for a script.
    const fn at_once(self) -> u64 {
        match self {
            Self::Call => 10,
            Self::Calls => 20,
            Self::Mounts | Self::Hosts => 250,
        }
    }

    /// Of a call that lasts: what comes and goes with the sound is counted where it is over.
    const fn is_one_call(self) -> bool {
        matches!(self, Self::Call)
    }
}

/// What a part found.
pub struct Found {
    pub part: Part,
    /// How much was done between the two counts.
    pub times: u64,
    pub took: Duration,
    pub before: Counts,
    pub after: Counts,
    /// JavaScript's heap, in kB.
    pub heap: [u64; 2],
    /// What the page's process shares with nobody, in kB.
    pub process: [u64; 2],
    /// By what the heap of a page without us has grown in as many calls, in kB.
    pub engines_own: u64,
}

/// A browser starts a process for itself now and then, and an engine remembers what it has seen last.
const BY_CHANCE: u64 = 2;

/// A wasm memory grows by pages of 64 kB and never shrinks: what lay there until the collector came sets its size.
const WASM_KB: u64 = 128;

/// The collector leaves some of its own bookkeeping behind: so many kB, however much was done. A page that kept one number for
/// each of 10,000 hosts would have more.
const HEAP_KB: u64 = 300;

impl Found {
    /// What is there more of than before, and what the heap has grown by, if that is more than nothing.
    pub fn leaks(&self) -> Vec<String> {
        leaks(&self.before, &self.after, self.heap, self.engines_own)
    }

    /// By what the heap has grown, in kB.
    pub const fn growth(&self) -> u64 {
        let [before, after] = self.heap;
        after.saturating_sub(before)
    }
}

fn leaks(before: &Counts, after: &Counts, heap: [u64; 2], engines_own: u64) -> Vec<String> {
    let more = after.iter().filter_map(|(name, after)| {
        let before = before.get(name).copied().unwrap_or_default();
        let by_chance = match name.as_str() {
            counts::WASM_MEMORY => WASM_KB,
            _ => BY_CHANCE,
        };
        (*after > before + by_chance).then(|| format!("{name}: {before}, then {after}"))
    });
    let mut leaks: Vec<_> = more.collect();
    let [before, after] = heap;
    if after > before + engines_own + HEAP_KB {
        let without_us = format!("{engines_own} kB more without us");
        leaks.push(format!("heap: {before} kB, then {after} kB; {without_us}"));
    }
    leaks
}

/// Opens the page, with one button, and makes it the browser's first call, by a visitor's hand: a page that was never touched
/// may make no sound.
pub async fn open(stage: &Stage) -> Result<(), Failure> {
    let script = Answer::new(200, "text/javascript", include_str!("page.js"));
    stage.gateway.site_answer("/harness/tap.js", script);
    let page = Page::default().body(button("call", "emb_echo"));
    stage.open(&page).await?;
    let began = "const [done] = arguments;
        document.addEventListener('vocadesk:start', () => { window.began = true; }, { once: true });
        const look = () => call.dataset.vocadeskState ? done(true) : setTimeout(look, 20);
        look();";
    stage.browser()?.run_async(began, Vec::new()).await?;
    stage.click("#call").await?;
    let ends = "const [done] = arguments;
        const look = () => window.began ? soak.hangUp().then(() => done(true)) : setTimeout(look, 20);
        look();";
    stage.browser()?.run_async(ends, Vec::new()).await?;
    Ok(())
}

/// Opens a page that makes such calls by hand, without us; what its heap grows by, none of ours is to blame for: Chromium (156)
/// keeps the source of each microphone that a living AudioContext has had, and each permission that was asked about.
pub async fn open_control(stage: &Stage) -> Result<(), Failure> {
    let script = Answer::new(200, "text/javascript", include_str!("control.js"));
    stage.gateway.site_answer("/harness/tap.js", script);
    let page = Page::default().script(Placement::Absent);
    stage.open(&page.body(button("call", "emb_echo"))).await?;
    stage.click("#call").await?;
    let ready = "const [done] = arguments;
        const look = () => soak.ready() ? done(true) : setTimeout(look, 20);
        look();";
    stage.browser()?.run_async(ready, Vec::new()).await?;
    Ok(())
}

/// The sound rests by then.
const AT_REST: Duration = Duration::from_millis(2_500);

/// A collector takes its time, and nodes of a sleeping AudioContext more of it: what is gone by then has not leaked.
const COLLECTED: Duration = Duration::from_secs(40);

/// Does one part so many times; for [`Part::Call`] so many seconds. Of as many calls the engine's own heap grows by so many kB.
pub async fn run(
    stage: &Stage,
    part: Part,
    times: u64,
    engines_own: u64,
) -> Result<Found, Failure> {
    let renderer = stage.renderer().await?;
    repeat(stage, part, part.before(times)).await?;
    let at_rest = async || -> Result<_, Failure> {
        tokio::time::sleep(AT_REST).await;
        let (counts, heap) = count(stage, renderer).await?;
        let process = process_tree::private_bytes(renderer).unwrap_or_default() / 1_024;
        Ok((counts, heap, process))
    };
    let (before, heap_before, process_before) = at_rest().await?;
    let from = Instant::now();
    repeat(stage, part, times).await?;
    let took = from.elapsed();
    let (mut after, mut heap_after, mut process_after) = at_rest().await?;
    let late = Instant::now() + COLLECTED;
    while Instant::now() < late
        && !leaks(&before, &after, [heap_before, heap_after], engines_own).is_empty()
    {
        (after, heap_after, process_after) = at_rest().await?;
    }
    let told = stage.run("return soak.told").await?;
    ensure!(
        told["start"] == told["end"] && told["error"] == 0 && told["uncaught"] == 0,
        "{}: the page was told {told}",
        part.name()
    );
    Ok(Found {
        part,
        times,
        took,
        before,
        after,
        heap: [heap_before, heap_after],
        process: [process_before, process_after],
        engines_own,
    })
}

async fn repeat(stage: &Stage, part: Part, times: u64) -> Result<(), Failure> {
    if part.is_one_call() {
        in_page(stage, "soak.start()", &[]).await?;
        tokio::time::sleep(Duration::from_secs(times)).await;
        return in_page(stage, "soak.hangUp()", &[]).await;
    }
    let work = format!("soak.{}(...given)", part.name());
    let mut left = times;
    while left > 0 {
        let now = left.min(part.at_once());
        in_page(stage, &work, &[json!(now), json!(stage.gateway.api_url())]).await?;
        left -= now;
        counts::collect_garbage(stage).await?;
    }
    Ok(())
}

/// Awaits what this expression gives in the page.
async fn in_page(stage: &Stage, work: &str, given: &[Value]) -> Result<(), Failure> {
    let script = format!(
        "const given = [...arguments], done = given.pop();
         {work}.then(() => done(null), (error) => done(String(error)));"
    );
    let failed = stage.browser()?.run_async(&script, given.to_vec()).await?;
    ensure!(failed.is_null(), "{failed}");
    Ok(())
}
