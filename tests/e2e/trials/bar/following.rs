//! The bar goes with its host, and rests while that does.

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::stage::Stage;
use support::visitor::{END, SOON};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(the_bar_stays_where_it_appears),
        trial!(the_bar_follows_its_host_and_rests_with_it),
        trial!(the_bar_is_beside_a_host_that_moves_twice_in_a_row),
        trial!(the_bar_takes_everything_away_with_it)
            .in_one_engine("what is in the document is ours"),
    ]
}

/// How far the bar is from the host, on whichever side.
const GAP: &str = "(() => {
    const bar = theBar().getBoundingClientRect(), host = call.getBoundingClientRect();
    return Math.round(Math.max(bar.top - host.bottom, host.top - bar.bottom, bar.left - host.right, host.left - bar.right));
  })()";

async fn is_beside(stage: &Stage, what: &str) -> Result<(), Failure> {
    let found = stage.until(&format!("{GAP} === 8"), SOON).await;
    let gap = stage.run(&format!("return {GAP}")).await?;
    ensure!(found.is_ok(), "{what}: {gap} pixels from the host");
    Ok(())
}

/// Every box that the bar has had, from the first task after it was made.
const BOXES: &str = "window.boxes = new Set();
    setInterval(() => {
      const bar = theBar()?.getBoundingClientRect();
      if (bar) boxes.add([bar.left, bar.top, bar.width, bar.height].map(Math.round).join());
    })";

async fn the_bar_stays_where_it_appears(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&super::page("")).await?;
    stage.state("#call", "idle").await?;
    stage.run(BOXES).await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    // A second of call, and so its clock's first tick.
    stage.heard_at_gateway(0, 60).await?;
    let boxes = stage.run("return [...boxes]").await?;
    ensure!(
        boxes.as_array().is_some_and(|boxes| boxes.len() == 1),
        "the bar was in these places: {boxes}"
    );
    Ok(())
}

/// `ticks` are the looks at the host so far, at each tick of the bar's clock.
const LOOKS: &str = "let looks = 0;
    const look = call.getBoundingClientRect;
    call.getBoundingClientRect = function () { looks++; return look.call(this); };
    window.ticks = [];
    new MutationObserver(() => ticks.push(looks)).observe(inBar('.time'), { childList: true, characterData: true, subtree: true });";

async fn the_bar_follows_its_host_and_rests_with_it(stage: &mut Stage) -> Result<(), Failure> {
    let tall = "main { padding: 300px 0 3000px } .moved { transform: translate(80px, -90px) }";
    stage.open(&super::page(tall)).await?;
    stage.state("#call", "idle").await?;
    // The first second is the clock's; what counts is what follows.
    stage.start_call("#call").await?;
    stage.bar().await?;
    is_beside(stage, "at first").await?;
    for (what, how) in [
        ("scrolled", "scrollTo(0, 120)"),
        (
            "pushed down",
            "document.querySelector('h1').style.height = '170px'",
        ),
        ("grown", "call.style.height = '90px'"),
        ("transformed", "call.classList.add('moved')"),
        (
            "put elsewhere",
            "document.querySelector('main').prepend(call.parentNode)",
        ),
    ] {
        stage.run(how).await?;
        is_beside(stage, what).await?;
    }
    // Nothing moves: the host is looked at with the clock, once or twice each time that it ticks.
    stage.run(LOOKS).await?;
    let looks = stage.until("ticks.length > 2 && ticks", SOON).await?;
    let looks: Vec<u64> = serde_json::from_value(looks)?;
    let of_two_ticks = looks[2] - looks[0];
    ensure!(
        (1..=4).contains(&of_two_ticks),
        "{of_two_ticks} looks at a host that rests, in two ticks of the clock"
    );
    Ok(())
}

/// Moves the host right after a tick of the bar's clock, with which it is looked at anyway, by a little and then far; gives the
/// gap a few frames later.
const TWO_STEPS: &str = "const [done] = arguments;
    const frame = () => new Promise(requestAnimationFrame);
    new MutationObserver(async (ticks, observer) => {
      observer.disconnect();
      for (const down of ['4px', '200px']) {
        await frame();
        call.style.marginTop = down;
      }
      for (let frames = 0; frames < 6; frames++) await frame();
      done(GAP);
    }).observe(inBar('.time'), { childList: true, characterData: true, subtree: true });";

async fn the_bar_is_beside_a_host_that_moves_twice_in_a_row(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&super::page("main { padding: 100px 0 }"))
        .await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    is_beside(stage, "at first").await?;
    let gap = stage
        .browser()?
        .run_async(&TWO_STEPS.replace("GAP", GAP), Vec::new())
        .await?;
    ensure!(gap == 8, "{gap} pixels from the host");
    Ok(())
}

/// All of it; how long the call was is each call's own.
const PAGE: &str = r"return document.documentElement.outerHTML.replace(/\d+:\d\d/g, '0:00')";

async fn the_bar_takes_everything_away_with_it(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&super::page("")).await?;
    stage.state("#call", "idle").await?;
    // So that both looks at the page find the end of a call in it.
    stage.hold_ends().await?;
    let title = stage.run("return document.title").await?;
    for nth in [1, 2] {
        let before = stage.run(PAGE).await?;
        stage.start_call("#call").await?;
        stage.bar().await?;
        let bars = stage
            .run("return document.querySelectorAll('[data-vocadesk-bar]').length")
            .await?;
        ensure!(bars == 1, "{bars} bars in call {nth}");
        let now = stage.run("return document.title").await?;
        ensure!(now == title, "the title is {now}");
        // Only what the first call leaves for the second may differ.
        stage.hang_up("#call").await?;
        stage.no_bar().await?;
        // The end is said aloud a moment later.
        let said = "document.querySelector('[role=status]').textContent.includes('Call ended')";
        stage.until(said, SOON).await?;
        if nth == 1 {
            continue;
        }
        let after = stage.run(PAGE).await?;
        ensure!(before == after, "{before} became {after}");
    }
    let ends = stage.count(END).await?;
    ensure!(ends == 2, "{ends} ends");
    Ok(())
}
