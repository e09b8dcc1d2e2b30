//! No microphone: by the visitor's will, for want of one, or by the page's own doing.

use crate::trial::{ANYTHING, Trial, trial};
use gateway::ListenerName;
use holds::holds;
use support::engine::Microphone;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::{Setting, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(
            a_denied_microphone_asks_the_gateway_for_nothing,
            Setting::microphone(Microphone::Denied)
        )
        .also_without(ANYTHING),
        trial!(
            a_missing_microphone_leaves_no_token_and_no_call,
            Setting::microphone(Microphone::Missing)
        ),
        trial!(each_way_to_be_refused_a_microphone_has_its_code_and_the_next_click_calls)
            .in_one_engine("the refusals are made by the page; the mapping is pure"),
        trial!(a_click_in_the_moment_of_a_refusal_or_an_end_makes_a_call),
        trial!(a_page_without_https_is_told_that_it_needs_it),
    ]
}

/// What the browser itself says of its microphone.
async fn the_browser_says(stage: &Stage, wanted: &str) -> Result<(), Failure> {
    let ask = "const [done] = arguments;
        navigator.mediaDevices.getUserMedia({ audio: true }).then(() => done('open'), ({ name }) => done(name))";
    let says = stage.browser()?.run_async(ask, Vec::new()).await?;
    ensure!(says == wanted, "getUserMedia: {says}");
    Ok(())
}

/// A microphone cannot be granted or plugged in afterwards: the second click must fail alike.
async fn fails_twice(stage: &Stage, name: &str, code: &str, says: &str) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    the_browser_says(stage, name).await?;
    for nth in 1..=2 {
        let error = stage.fail_call("#call", code).await?;
        ensure!(error.message().contains(says), "click {nth}: {error:?}");
        stage.state("#call", "error").await?;
    }
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [ERROR, ERROR], "{kinds:?}");
    Ok(())
}

#[holds("3.mic-denied")]
async fn a_denied_microphone_asks_the_gateway_for_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    fails_twice(stage, "NotAllowedError", "mic_denied", "can allow it").await?;
    let record = stage.gateway.record();
    let asked = record
        .requests
        .iter()
        .filter(|r| r.listener == ListenerName::Api);
    ensure!(asked.count() == 0, "the gateway was asked for something");
    Ok(())
}

// It is allowed, so that its token is asked for while the browser still looks for a device.
#[holds("3.mic-unavailable")]
async fn a_missing_microphone_leaves_no_token_and_no_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let name = stage.engine.says_missing;
    fails_twice(stage, name, "mic_unavailable", "Connect one").await?;
    stage.all_released().await?;
    let calls = stage.gateway.record().calls.len();
    ensure!(calls == 0, "{calls} calls");
    Ok(())
}

/// A `getUserMedia` that rejects with what the trial has put into `refusal`. No machine can be brought into
/// all of these states; the ones that it can are tried above, with nothing in between.
pub const REFUSALS: &str = r"<script>
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) => {
    if (!('refusal' in window)) return getUserMedia(wanted);
    const { refusal } = window;
    delete window.refusal;
    if (window.atOnce) throw refusal;
    return Promise.reject(refusal);
  };
</script>";

#[holds(
    "2.error-alone",
    "2.page-function-throws",
    "3.mic-denied",
    "3.mic-unavailable"
)]
async fn each_way_to_be_refused_a_microphone_has_its_code_and_the_next_click_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(REFUSALS)).await?;
    let exception = |name: &str| format!("new DOMException('the browser says so', '{name}')");
    let named = [
        ("NotAllowedError", "mic_denied", "can allow it"),
        ("SecurityError", "mic_denied", "Permissions-Policy"),
        ("NotFoundError", "mic_unavailable", "Connect one"),
        ("OverconstrainedError", "mic_unavailable", "Connect one"),
        ("NotReadableError", "mic_unavailable", "another program"),
        ("AbortError", "mic_unavailable", "another program"),
        ("InvalidStateError", "unknown", "InvalidStateError"),
    ];
    let mut cases: Vec<_> = named
        .map(|(name, code, says)| (exception(name), code, says))
        .into();
    // What a page's own wrapper may throw.
    for thrown in ["undefined", "'no'", "{ get name() { throw 1; } }"] {
        cases.push((thrown.to_owned(), "unknown", "Try again"));
    }
    for (number, (thrown, code, says)) in cases.iter().enumerate() {
        let events = stage.events().await?.len();
        let at_once = number % 2 == 1;
        let refuse = format!("window.refusal = {thrown}; window.atOnce = {at_once};");
        stage.run(&refuse).await?;
        let error = stage.fail_call("#call", code).await?;
        ensure!(error.message().contains(says), "{thrown}: {error:?}");
        stage.state("#call", "error").await?;
        // A visitor who has allowed the microphone before may have got a token meanwhile, in vain.
        stage.start_call("#call").await?;
        stage.hang_up("#call").await?;
        stage.all_released().await?;
        let calls = stage.gateway.record().calls.len();
        ensure!(calls == number + 1, "{thrown}: {calls} sockets");
        let came = stage.kinds_since(events).await?;
        ensure!(came == [ERROR, START, END], "{thrown}: {came:?}");
    }
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

/// The speaker is told to sleep and to wake in one breath. Chromium, told so without waiting for either, was
/// left with a context that ran and rendered nothing: no call of that page started any more.
async fn a_click_in_the_moment_of_a_refusal_or_an_end_makes_a_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(REFUSALS)).await?;
    stage.start_call("#call").await?;
    let click_at_once = "
      for (const kind of ['vocadesk:end', 'vocadesk:error'])
        document.addEventListener(kind, () => {
          if (kind === 'vocadesk:end') [window.refusal, window.atOnce] = ['no', !window.atOnce];
          call.click();
        });";
    stage.run(click_at_once).await?;
    for nth in 1..=6 {
        stage.hang_up("#call").await?;
        stage.event(START, nth + 1, SOON).await?;
    }
    let kinds = stage.kinds_since(0).await?;
    let again = std::iter::repeat_n([END, ERROR, START], 6).flatten();
    let wanted: Vec<_> = std::iter::once(START).chain(again).collect();
    ensure!(kinds == wanted, "{kinds:?}");
    Ok(())
}

#[holds("3.mic-insecure")]
async fn a_page_without_https_is_told_that_it_needs_it(stage: &mut Stage) -> Result<(), Failure> {
    // Only `localhost` and this machine's own address are as good as HTTPS.
    stage.open(&Page::default()).await?;
    let insecure = stage.gateway.site_url().replace("localhost", "shop.test");
    stage.browser()?.goto(&insecure).await?;
    let secure = stage.run("return isSecureContext").await?;
    ensure!(secure == false, "the page counts as secure");
    for _ in 0..2 {
        let error = stage.fail_call("#call", "mic_unavailable").await?;
        ensure!(error.message().contains("served over HTTPS"), "{error:?}");
        stage.state("#call", "error").await?;
    }
    ensure!(stage.token_requests() == 0, "a token was asked for");
    let complaints = stage.run("return __harness.errors").await?;
    ensure!(complaints == serde_json::json!([]), "{complaints}");
    // The same page where it may: the visitor's second try.
    stage.open(&Page::default()).await?;
    stage.good_call("#call").await
}
