//! A page that the visitor leaves and comes back to: where the browser kept it as it was, it goes on as
//! if it had never called; where not, it is loaded anew.

use crate::trial::{Trial, trial};
use gateway::{Act, Gate, ListenerName, Misbehave, Record};
use holds::holds;
use serde_json::json;
use std::time::{Duration, Instant};
use support::engine::Without;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_page_that_is_come_back_to_calls_again).also_without(&[Without::Worker]).own_browser("the back/forward cache is the browser's, and which page it keeps is asserted exactly"),
        trial!(a_page_that_is_left_before_the_start_leaves_the_lock_free),
        trial!(a_page_that_serves_its_call_itself_leaves_the_lock_free),
        trial!(a_page_that_is_left_as_its_call_ends_has_released_it).also_without(&[Without::Worker]),
    ]
}

/// Tells each `pageshow`, and notes events where a page that was not kept can read them too.
const DIARY: &str = r"<script>
  window.shows = [];
  addEventListener('pageshow', ({ persisted }) => shows.push(persisted));
  for (const kind of ['end', 'error']) addEventListener(`vocadesk:${kind}`, ({ detail }) => {
    localStorage.heard = `${localStorage.heard ?? ''} ${kind} ${detail.message ?? ''}`.trim();
  });
</script>";

/// Chromium keeps no page that says `no-store`, which is what the gateway's site says by itself.
fn page() -> Page {
    Page::default()
        .body(button("call", "emb_echo") + DIARY)
        .header("cache-control", "private, max-age=0")
}

/// Sees which places are taken. Chromium shows the next page first, and then tells the old one, in a
/// process of its own, that it is left.
const WATCH: &str = r"<script>
  setInterval(async () => { window.free = !(await navigator.locks.query()).held.length; }, 20);
</script>";

fn elsewhere(stage: &Stage, body: &str) -> String {
    let page = Page::default().head(WATCH).body(body);
    let html = page.html(&stage.release);
    stage.gateway.site_page("/elsewhere", &html, &[])
}

/// Goes elsewhere and comes back; gives whether the page was kept.
async fn leave_and_return(stage: &Stage) -> Result<bool, Failure> {
    stage.run("window.wasHere = true").await?;
    stage.browser()?.goto(&elsewhere(stage, "")).await?;
    stage.browser()?.client().back().await?;
    // One that was kept has been shown before: only that it is shown again says that it is back.
    let back =
        "location.pathname === '/' && (window.wasHere ? shows.at(-1) : window.shows?.length)";
    stage.until(back, SOON).await?;
    let shows = stage.run("return shows").await?;
    let kept = shows == json!([false, true]);
    ensure!(kept || shows == json!([false]), "pageshow: {shows}");
    Ok(kept)
}

#[holds("2.end-left")]
async fn a_page_that_is_come_back_to_calls_again(stage: &mut Stage) -> Result<(), Failure> {
    let keeps = stage.engine.keeps_left_pages;
    stage.open(&page()).await?;
    stage.state("#call", "idle").await?;
    let kept = leave_and_return(stage).await?;
    ensure!(kept == keeps.idle, "left idle, kept: {kept}");
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await?;

    stage.open(&page()).await?;
    stage.run("delete localStorage.heard").await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(1, 10).await?;
    let kept = leave_and_return(stage).await?;
    ensure!(kept == keeps.in_call, "left in mid-call, kept: {kept}");
    stage.ended_at_gateway(1).await?;
    stage.released(2).await?;
    stage.state("#call", "idle").await?;
    let heard = stage.run("return localStorage.heard").await?;
    ensure!(
        heard == "end",
        "of the call that was left the page heard {heard}"
    );
    stage.microphone_is_off().await?;
    stage.good_call("#call").await?;
    let expected: &[&str] = if kept {
        &[START, END, START, END]
    } else {
        &[START, END]
    };
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == expected, "{kinds:?}");
    stage.released(3).await
}

/// A prompt that nobody answers.
const PROMPT: &str = r"<script>
  window.prompted = 0;
  MediaDevices.prototype.getUserMedia = () => (prompted++, new Promise(() => 0));
</script>";

/// Without a Worker the page asks for the token itself, and Chromium (156) keeps the request of a page that it has
/// frozen: what is granted after that nobody releases, and the lock is taken until the token is void. Here the answer
/// comes in the next page's call, which the gateway takes for a reason to grant nothing.
async fn answered_in_the_next_call(stage: &Stage, held: &Gate) -> Result<(), Failure> {
    stage.start_call("#call").await?;
    held.open();
    let answered = |r: &Record| {
        let mut asked = r.requests_to(ListenerName::Api, "/v1/tokens");
        asked.all(|r| r.status.is_some()).then_some(())
    };
    let what = "an answer to each request";
    stage.gateway.wait_for(what, SOON, answered).await?;
    stage.hang_up("#call").await?;
    stage.lock_is_free().await
}

#[holds("4.release-keepalive", "4.release-pagehide")]
async fn a_page_that_is_left_before_the_start_leaves_the_lock_free(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let other = elsewhere(stage, &button("call", "emb_echo"));
    let releases = || stage.gateway.record().releases.len();
    // Once so many releases have come in all; what is held back comes when the page is gone.
    let calls_elsewhere = async |due: usize, held: Gate| {
        stage.browser()?.goto(&other).await?;
        // Only now: what is under way has read it.
        stage.gateway.misbehave(Misbehave::default());
        stage.until("window.free", SOON).await?;
        let page_asks = stage.engine.without == Without::Worker;
        if !page_asks {
            held.open();
        }
        let released = |r: &Record| (r.releases.len() >= due).then_some(());
        let what = "the release of what was left";
        stage.gateway.wait_for(what, SOON, released).await?;
        if page_asks {
            answered_in_the_next_call(stage, &held).await?;
        }
        stage.good_call("#call").await
    };
    // While the browser asks for the microphone.
    stage.open(&page().head(PROMPT)).await?;
    stage.click("#call").await?;
    stage.until("window.prompted === 1", SOON).await?;
    // Nothing was asked for yet.
    calls_elsewhere(0, Gate::shut()).await?;

    let set = async |misbehave: Misbehave| {
        stage.gateway.misbehave(misbehave);
        stage.open(&page()).await?;
        stage.click("#call").await
    };
    // While the token is on its way to nobody: not granted yet, to one who waits or has cancelled, and granted already.
    for cancels in [false, true] {
        let token = Gate::shut();
        let slow = Misbehave {
            token_held: token.held(),
            ..Misbehave::default()
        };
        let before = stage.token_requests();
        let left = releases();
        set(slow).await?;
        let asked = |r: &Record| {
            let asked = r.requests_to(ListenerName::Api, "/v1/tokens");
            (asked.filter(|r| r.method == "POST").count() > before).then_some(())
        };
        stage
            .gateway
            .wait_for("a request for a token", SOON, asked)
            .await?;
        if cancels {
            stage.call_off("#call").await?;
        }
        calls_elsewhere(left + 1, token).await?;
    }
    let granted = stage.gateway.record().tokens.len();
    let token = Gate::shut();
    let slow = Misbehave {
        grant_held: token.held(),
        ..Misbehave::default()
    };
    let left = releases();
    set(slow).await?;
    let grants = |r: &Record| (r.tokens.len() > granted).then_some(());
    stage.gateway.wait_for("a token", SOON, grants).await?;
    calls_elsewhere(left + 1, token).await?;

    // While the agent is: the page knows of its token.
    let calls = stage.gateway.record().calls.len();
    let slow = Misbehave {
        started_never: true,
        ..Misbehave::default()
    };
    let left = releases();
    set(slow).await?;
    let asked = |r: &Record| {
        let call = r.calls.get(calls)?;
        (!call.control.is_empty()).then_some(())
    };
    stage
        .gateway
        .wait_for("the start frame", SOON, asked)
        .await?;
    calls_elsewhere(left + 1, Gate::shut()).await?;
    stage.ended_at_gateway(calls).await?;
    Ok(())
}

/// Without a Worker: the session falls asleep with the page that is kept.
#[holds("4.release-keepalive")]
async fn a_page_that_serves_its_call_itself_leaves_the_lock_free(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let other = elsewhere(stage, &button("call", "emb_echo"));
    let page = page().header("content-security-policy", "worker-src *");
    stage.open(&page).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    stage.browser()?.goto(&other).await?;
    stage.until("window.free", SOON).await?;
    stage.ended_at_gateway(0).await?;
    stage.released(1).await?;
    stage.good_call("#call").await?;
    stage.released(2).await
}

/// Goes elsewhere as soon as the call is over: to a page of thanks, say.
const GOES_ON: &str = r"<script>
  addEventListener('vocadesk:end', () => { location.href = '/elsewhere'; });
</script>";

/// A script that waits for this would go with the page.
async fn is_elsewhere(stage: &Stage) -> Result<(), Failure> {
    let late = Instant::now() + SOON;
    while stage.browser()?.client().current_url().await?.path() != "/elsewhere" {
        ensure!(Instant::now() < late, "the page stays where it is");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// The page is gone before the server has let the browser release: only a request that outlives the page gets there.
#[holds("4.release-keepalive")]
async fn a_page_that_is_left_as_its_call_ends_has_released_it(
    stage: &mut Stage,
) -> Result<(), Failure> {
    elsewhere(stage, "");
    let agent_ends = Act::Text(r#"{"type":"end_call"}"#.to_owned());
    let fails = Act::error("out of order");
    let in_call = |act| vec![(Duration::from_millis(500), act)];
    let endings = [
        ("the visitor presses", "call.click()", Vec::new()),
        ("the host is removed", "call.remove()", Vec::new()),
        ("the agent ends it", "", in_call(agent_ends)),
        ("it fails", "", in_call(fails)),
    ];
    for (n, (how, script, in_call)) in endings.into_iter().enumerate() {
        let preflight = Gate::shut();
        stage.gateway.misbehave(Misbehave {
            release_preflight_held: preflight.held(),
            in_call,
            ..Misbehave::default()
        });
        stage.open(&page().head(GOES_ON)).await?;
        stage.start_call("#call").await?;
        if !script.is_empty() {
            // A press that comes sooner is one with the first.
            stage.heard_at_gateway(n, 25).await?;
            stage.run(script).await?;
        }
        is_elsewhere(stage).await?;
        preflight.open();
        let released = stage.released(n + 1).await;
        released.map_err(|missing| format!("{how}: {missing}"))?;
    }
    Ok(())
}
