//! One call for each visitor and embed: the second is refused here, at once, and without a request.

use fantoccini::wd::WindowHandle;
use holds::holds;

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{Setting, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_second_button_of_one_embed_is_refused_while_the_first_calls).in_one_engine("within one page the place is our own list"),
        trial!(a_second_tab_or_window_is_refused_while_the_first_calls),
        trial!(a_tab_that_is_closed_in_mid_call_frees_the_lock),
        trial!(
            a_tab_whose_process_is_killed_in_mid_call_frees_the_lock,
            Setting::default().impossible(
                "webkit",
                "its driver ends the session when a page's process dies, and with it the browser in which \
                 the next tab would call (measured with 2.50: \"session deleted because of page crash or \
                 hang\"; the gateway saw the killed tab's call end at once)",
            )
        ).own_browser("kills a renderer, and seeks it among all processes of its driver"),
        trial!(a_place_that_a_failed_call_still_asks_for_is_free_for_the_next).in_one_engine("a lock that is granted late is the page's stand-in; the order is ours"),
        trial!(without_web_locks_the_page_and_the_server_refuse_a_second_call).in_one_engine("the facility is taken away: what is left is our list and the server's 409"),
    ]
}

const CODE: &str = "concurrent_call_active";

#[holds("3.concurrent-local")]
async fn a_second_button_of_one_embed_is_refused_while_the_first_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let buttons = button("call", "emb_demo")
        + &button("same", "emb_demo")
        + &button("spaced", " emb_demo\n")
        + &button("other", "emb_echo");
    stage.open(&Page::default().body(buttons)).await?;
    stage.start_call("#call").await?;
    for id in ["same", "spaced", "same"] {
        let error = stage.fail_call(&format!("#{id}"), CODE).await?;
        ensure!(
            error.target == id && error.message().contains("End it"),
            "{error:?}"
        );
    }
    ensure!(
        stage.token_requests() == 1,
        "the second button asked for a token"
    );
    // Another embed is another matter.
    stage.start_call("#other").await?;
    let before = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, before + 10).await?;
    stage.hang_up("#other").await?;
    stage.hang_up("#call").await?;
    stage.released(2).await?;
    stage.good_call("#same").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(
        kinds == [START, ERROR, ERROR, ERROR, START, END, END, START, END],
        "{kinds:?}"
    );
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

/// A browser that takes its time to grant a lock, as a busy one does, and a microphone that is refused at once.
const SLOW_LOCKS: &str = "<script>
  const request = LockManager.prototype.request;
  LockManager.prototype.request = function (name, options, work) {
    return new Promise((later) => setTimeout(later, 200)).then(() => request.call(this, name, options, work));
  };
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  let refused = false;
  devices.getUserMedia = (wanted) => {
    if (refused) return getUserMedia(wanted);
    refused = true;
    return Promise.reject(new DOMException('no', 'NotAllowedError'));
  };
</script>";

#[holds("3.concurrent-freed")]
async fn a_place_that_a_failed_call_still_asks_for_is_free_for_the_next(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let buttons = button("call", "emb_demo") + &button("same", "emb_demo");
    stage
        .open(&Page::default().head(SLOW_LOCKS).body(buttons))
        .await?;
    stage.state("#call", "idle").await?;
    let again = "call.addEventListener('vocadesk:error', () => call.click(), { once: true })";
    stage.run(again).await?;
    stage.fail_call("#call", "mic_denied").await?;
    stage.event(START, 1, SOON).await?;
    // While it calls the lock is taken all the same, also for one who asks while another asks.
    let both = "
      call.addEventListener('vocadesk:end', () => { same.click(); setTimeout(() => call.click()); });
      call.click()";
    stage.run(both).await?;
    stage.error(2, CODE).await?;
    stage.event(START, 2, SOON).await?;
    let kinds = stage.kinds_since(0).await?;
    let mut sorted = kinds.clone();
    sorted.sort_unstable();
    ensure!(sorted == [END, ERROR, ERROR, START, START], "{kinds:?}");
    Ok(())
}

#[holds("3.concurrent-local")]
async fn a_second_tab_or_window_is_refused_while_the_first_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let buttons = button("call", "emb_demo") + &button("other", "emb_echo");
    let page = Page::default().body(buttons);
    let browser = stage.browser()?;
    stage.open(&page).await?;
    stage.start_call("#call").await?;
    let first = browser.client().window().await?;
    for (nth, open) in ["tab", "window"].into_iter().enumerate() {
        match open {
            "tab" => browser.open_tab().await?,
            _ => browser.open_window().await?,
        };
        stage.open(&page).await?;
        let error = stage.fail_call("#call", CODE).await?;
        ensure!(error.message().contains("tab"), "{open}: {error:?}");
        let asked = stage.token_requests();
        ensure!(asked == 1 + nth, "the second {open} asked for a token");
        // Another embed is another matter.
        stage.good_call("#other").await?;
    }
    let last = browser.client().window().await?;
    browser.to_tab(first).await?;
    let before = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, before + 10).await?;
    stage.hang_up("#call").await?;
    stage.released(3).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "the first tab heard {kinds:?}");
    browser.to_tab(last).await?;
    // The release is answered before the first tab has given its lock back.
    stage.lock_is_free().await?;
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(
        kinds == [ERROR, START, END, START, END],
        "the last window heard {kinds:?}"
    );
    Ok(())
}

/// Goes to a page of another site, which runs in a process of its own, and calls from a new tab.
async fn call_in_a_new_tab(stage: &Stage) -> Result<WindowHandle, Failure> {
    stage.browser()?.goto(&stage.gateway.api_url()).await?;
    let rest = stage.browser()?.open_tab().await?;
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    Ok(rest)
}

/// What the page that went could still say of its token is in the browser's hands (seen to be lost
/// in Firefox 153): one release comes, this call's, or two.
async fn calls_at_once(stage: &Stage) -> Result<(), Failure> {
    stage.ended_at_gateway(0).await?;
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(1, 10).await?;
    stage.hang_up("#call").await?;
    stage.lock_is_free().await?;
    let releases = stage.gateway.record().releases.len();
    ensure!((1..=2).contains(&releases), "{releases} releases");
    stage.microphone_is_off().await
}

#[holds("3.concurrent-freed")]
async fn a_tab_that_is_closed_in_mid_call_frees_the_lock(stage: &mut Stage) -> Result<(), Failure> {
    let rest = call_in_a_new_tab(stage).await?;
    stage.browser()?.close_tab(rest).await?;
    calls_at_once(stage).await
}

#[holds("3.concurrent-freed")]
async fn a_tab_whose_process_is_killed_in_mid_call_frees_the_lock(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let rest = call_in_a_new_tab(stage).await?;
    stage.kill_renderer().await?;
    stage.browser()?.to_tab(rest).await?;
    calls_at_once(stage).await
}

/// A browser from before Web Locks.
const NO_LOCKS: &str = "<script>delete Navigator.prototype.locks;</script>";

#[holds("3.concurrent-409")]
async fn without_web_locks_the_page_and_the_server_refuse_a_second_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let buttons = button("call", "emb_demo") + &button("same", "emb_demo");
    let page = Page::default().head(NO_LOCKS).body(buttons);
    stage.open(&page).await?;
    let locks = stage.run("return navigator.locks").await?;
    ensure!(locks.is_null(), "there are locks: {locks}");
    stage.start_call("#call").await?;
    stage.fail_call("#same", CODE).await?;
    let asked = stage.token_requests();
    ensure!(asked == 1, "the second button asked for a token");

    let first = stage.browser()?.open_tab().await?;
    stage.open(&page).await?;
    let error = stage.fail_call("#call", CODE).await?;
    let asked = stage.token_requests();
    ensure!(
        asked == 2 && !error.message().is_empty(),
        "{asked} tokens were asked for, {error:?}"
    );
    // Refused once is not refused for ever, and takes nothing from the first.
    stage.fail_call("#same", CODE).await?;
    let second = stage.browser()?.client().window().await?;
    stage.browser()?.to_tab(first).await?;
    let record = stage.gateway.record();
    ensure!(
        record.releases.is_empty(),
        "the first call's place was given away"
    );
    stage
        .heard_at_gateway(0, record.calls[0].mic.len() + 10)
        .await?;
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(
        kinds == [START, ERROR, END],
        "the first tab heard {kinds:?}"
    );
    stage.good_call("#same").await?;
    stage.browser()?.to_tab(second).await?;
    stage.good_call("#call").await
}
