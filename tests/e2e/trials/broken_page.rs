//! What breaks our code on the page, in whichever state: the call is over, the page is told, and the next click calls.

mod faults;

use crate::trial::{ANYTHING, Trial, trial};
use gateway::{Gate, Misbehave, Record};
use holds::holds;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial!(
            a_function_of_the_pages_that_throws_through_us_ends_the_call_and_the_next_click_calls
        )
        .also_without(ANYTHING),
        trial!(what_the_page_has_mounted_and_destroyed_stays_so_when_we_start_afresh),
        trial!(a_page_that_breaks_us_again_and_again_is_not_worked_on_without_end),
    ];
    trials.extend(faults::trials());
    trials
}

/// `arm(times)` makes `getAttribute` throw so many times where we ask for the attribute that tells a host's state: before each
/// state that is drawn. It is not told of by a promise or a `Result` of ours, and flies through the module.
pub const WEAPON: &str = "<script>
  window.thrown = 0;
  window.armed = 0;
  window.arm = (times = 1) => (armed = times);
  const { getAttribute } = Element.prototype;
  Element.prototype.getAttribute = function (name) {
    if (name === 'data-vocadesk-state' && armed > 0) {
      armed--;
      thrown++;
      throw new TypeError('the page has its own idea of attributes');
    }
    return getAttribute.call(this, name);
  };
</script>";

/// Waits until the page has thrown so often, and a fresh instance has bound the host.
async fn broken(stage: &Stage, times: usize) -> Result<(), Failure> {
    stage.until(&format!("thrown === {times}"), SOON).await?;
    stage.state("#call", "idle").await
}

/// Draws anew.
const REDRAW: &str = "call.dataset.vocadeskLabel = `Talk ${thrown}`";

#[holds("2.broken-page-code", "2.page-function-throws", "7.no-thrown-error")]
async fn a_function_of_the_pages_that_throws_through_us_ends_the_call_and_the_next_click_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(WEAPON)).await?;
    stage.state("#call", "idle").await?;
    let mut expected = Vec::new();

    // Idle: nobody is told, for nothing was under way.
    stage.run(&format!("arm(); {REDRAW}")).await?;
    broken(stage, 1).await?;
    stage.good_call("#call").await?;
    expected.extend([START, END]);

    // Asking: the microphone comes when nobody is there any more.
    stage.run("arm(); call.click()").await?;
    stage.error(1, "unknown").await?;
    broken(stage, 2).await?;
    stage.microphone_is_off().await?;
    stage.good_call("#call").await?;
    expected.extend([ERROR, START, END]);

    // Connecting: a token is on its way.
    let token = Gate::shut();
    stage.gateway.misbehave(Misbehave {
        grant_held: token.held(),
        ..Misbehave::default()
    });
    stage.click("#call").await?;
    stage.state("#call", "connecting").await?;
    let granted = |r: &Record| (r.tokens.len() == 3).then_some(());
    stage.gateway.wait_for("a token", SOON, granted).await?;
    stage.run(&format!("arm(); {REDRAW}")).await?;
    stage.error(2, "unknown").await?;
    broken(stage, 3).await?;
    stage.microphone_is_off().await?;
    stage.gateway.misbehave(Misbehave::default());
    token.open();
    stage.all_released().await?;
    stage.good_call("#call").await?;
    expected.extend([ERROR, START, END]);

    // In a call, by the clock.
    let calls = stage.gateway.record().calls.len();
    stage.start_call("#call").await?;
    stage.heard_at_gateway(calls, 10).await?;
    stage.run("arm()").await?;
    let error = stage.error(3, "unknown").await?;
    ensure!(error.message().contains("broke"), "{error:?}");
    let end = stage.event(END, 4, SOON).await?;
    let lasted = end.detail["durationMs"].as_f64();
    ensure!(lasted.is_some_and(|ms| ms > 0.0), "{end:?}");
    broken(stage, 4).await?;
    stage.microphone_is_off().await?;
    stage.ended_at_gateway(calls).await?;
    stage.all_released().await?;
    let bars = "document.querySelectorAll('[data-vocadesk-bar]').length === 0";
    stage.until(bars, SOON).await?;
    stage.good_call("#call").await?;
    expected.extend([START, ERROR, END, START, END]);

    // Just after the call: its end is told once.
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    stage.run(&format!("arm(); {REDRAW}")).await?;
    broken(stage, 5).await?;
    stage.good_call("#call").await?;
    expected.extend([START, END, START, END]);

    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == expected, "{kinds:?}");
    let errors = stage.run("return __harness.errors").await?;
    let none = errors.as_array().is_some_and(Vec::is_empty);
    ensure!(none, "the page saw {errors}");
    Ok(())
}

async fn what_the_page_has_mounted_and_destroyed_stays_so_when_we_start_afresh(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = button("call", "emb_echo")
        + &button("gone", "emb_echo")
        // No button: what makes it one is ours.
        + &button("mounted", "emb_echo")
            .replace("data-vocadesk-embed", "data-plain")
            .replace("button", "div");
    stage.open(&Page::default().head(WEAPON).body(body)).await?;
    stage.state("#call", "idle").await?;
    let mount = "window.plain = mounted.outerHTML;
        window.handle = Vocadesk.mount(mounted, { embedId: 'emb_echo', label: 'Ring' });
        window.before = gone.cloneNode(true).outerHTML;
        Vocadesk.mount(gone).destroy();
        window.after = gone.outerHTML;";
    stage.run(mount).await?;
    stage.state("#mounted", "idle").await?;

    // In a call by the handle.
    stage.run("handle.start()").await?;
    stage.event(START, 1, SOON).await?;
    stage.state("#mounted", "live").await?;
    stage.run("arm()").await?;
    stage.error(1, "unknown").await?;
    stage.event(END, 1, SOON).await?;
    stage.state("#mounted", "idle").await?;
    stage.microphone_is_off().await?;
    stage.all_released().await?;
    let as_it_was = stage
        .run("return gone.outerHTML === after || gone.outerHTML")
        .await?;
    ensure!(as_it_was == true, "destroyed, and now {as_it_was}");

    // The same handle.
    stage.run("handle.start()").await?;
    stage.event(START, 2, SOON).await?;
    stage.until("handle.state === 'live'", SOON).await?;
    let kept = "document.querySelectorAll('[data-vocadesk-part]').length <= 1";
    stage.until(kept, SOON).await?;
    stage.run("handle.end()").await?;
    stage.event(END, 2, SOON).await?;
    stage.all_released().await?;
    stage.microphone_is_off().await?;
    let left = stage
        .run("handle.destroy(); return mounted.outerHTML === plain || mounted.outerHTML")
        .await?;
    ensure!(left == true, "left behind: {left}");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, ERROR, END, START, END], "{kinds:?}");
    let errors = stage.until("__harness.errors.length === 0", SOON).await;
    errors.map(drop)
}

async fn a_page_that_breaks_us_again_and_again_is_not_worked_on_without_end(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(WEAPON)).await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage.run("arm(Infinity)").await?;
    stage.error(1, "unknown").await?;
    stage.event(END, 1, SOON).await?;
    stage.microphone_is_off().await?;
    stage.all_released().await?;
    // Once by the clock, and once as it started afresh.
    stage.until("thrown >= 2", SOON).await?;
    for nth in 2..4 {
        // It is told each time, also where nobody could be bound.
        stage.click("#call").await?;
        stage.error(nth, "unknown").await?;
        stage.microphone_is_off().await?;
    }
    let thrown = stage.run("return thrown").await?;
    let bounded = thrown.as_u64().is_some_and(|times| times < 12);
    ensure!(bounded, "it was worked on {thrown} times");
    stage.run("arm(0)").await?;
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(
        kinds == [START, ERROR, END, ERROR, ERROR, START, END],
        "{kinds:?}"
    );
    let errors = stage.until("__harness.errors.length === 0", SOON).await;
    errors.map(drop)
}
