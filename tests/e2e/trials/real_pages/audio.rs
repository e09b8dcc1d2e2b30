//! Microphones and speakers that stop, change or are refused while the page can do nothing about it: said, mended or ended,
//! and never a call that looks alive and is not.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use support::bar::OPEN_ROOTS;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{Setting, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(
            a_microphone_that_is_muted_outside_is_said_and_taken_back,
            Setting::default().impossible("firefox", NO_EVENT_BY_SCRIPT)
        ),
        trial!(whose_refusal_it_is_the_visitor_is_told),
        trial!(sound_that_stops_for_good_is_an_error_and_an_end),
        trial!(sound_that_stops_for_a_while_goes_on),
        trial!(a_context_that_takes_no_microphone_any_more_is_replaced),
        trial!(a_context_that_stands_still_after_its_sleep_is_replaced),
        trial!(the_list_shows_the_microphone_that_is_in_use_when_another_is_refused),
        trial!(a_prompt_that_nobody_answers_is_given_up)
            .in_one_engine("a minute long, and the deadline is ours"),
    ]
}

/// As the browser tells of a switch on a headset, which no driver can press.
const MUTED_OUTSIDE: &str = "<script>
  window.outside = (what) => __harness.streams.at(-1).getAudioTracks()[0].dispatchEvent(new Event(what));
</script>";

/// Firefox (153) tells the listeners of a track only of what has happened to it.
const NO_EVENT_BY_SCRIPT: &str = "no script can make a track's event";

async fn a_microphone_that_is_muted_outside_is_said_and_taken_back(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let head = format!("{OPEN_ROOTS}{MUTED_OUTSIDE}");
    let body = button("call", "emb_echo");
    stage.open(&Page::default().head(head).body(body)).await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    let said = "[...document.querySelectorAll('[role=status]')].some((region) => region.textContent.includes('muted outside'))";
    let shown = "!inBar('.note').hidden && inBar('.note').offsetHeight > 0";
    let named = "call.getAttribute('aria-label').includes('muted outside')";
    for _ in 0..2 {
        stage.run("outside('mute')").await?;
        for told in [named, shown, said] {
            stage.until(told, SOON).await?;
        }
        stage.run("outside('unmute')").await?;
        for told in [named, shown, said] {
            stage.until(&format!("!({told})"), SOON).await?;
        }
    }
    // What is left of one call is not said in the next.
    stage.run("outside('mute')").await?;
    stage.until(named, SOON).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    stage.start_call("#call").await?;
    let again = stage.run(&format!("return {named}")).await?;
    ensure!(again == json!(false), "a new call is said to be silent");
    Ok(())
}

#[holds("3.mic-denied-told-apart")]
async fn whose_refusal_it_is_the_visitor_is_told(stage: &mut Stage) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    stage.state("#call", "idle").await?;
    let mut told = Vec::new();
    for (words, says) in [
        ("Permission denied", "address bar"),
        ("Permission denied by system", "system's"),
        ("Permission dismissed", "press again"),
    ] {
        stage
            .run(&format!(
                "MediaDevices.prototype.getUserMedia = async () => {{ throw new DOMException('{words}', 'NotAllowedError'); }}"
            ))
            .await?;
        let error = stage.fail_call("#call", "mic_denied").await?;
        ensure!(error.message().contains(says), "{words}: {error:?}");
        stage.state("#call", "error").await?;
        let name = stage.run("return call.getAttribute('aria-label')").await?;
        told.push(name);
    }
    told.dedup();
    ensure!(told.len() == 3, "the visitor is told {told:?}");
    Ok(())
}

/// The one that plays; asleep it is, and wakes up for nobody.
const STOP: &str = "
  window.resumes = AudioContext.prototype.resume;
  AudioContext.prototype.resume = () => new Promise(() => 0);
  __harness.contexts().at(-1).suspend();";

#[holds("3.deadline-sound")]
async fn sound_that_stops_for_good_is_an_error_and_an_end(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 25).await?;
    stage.run(STOP).await?;
    stage.event(END, 1, SOON).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, ERROR, END], "{kinds:?}");
    let error = stage.error(1, "unknown").await?;
    ensure!(error.message().contains("no sound"), "{error:?}");
    stage.all_released().await?;
    stage.microphone_is_off().await
}

async fn sound_that_stops_for_a_while_goes_on(stage: &mut Stage) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 25).await?;
    stage.run(STOP).await?;
    stage
        .until("__harness.contexts().at(-1).state === 'suspended'", SOON)
        .await?;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    stage.run("AudioContext.prototype.resume = resumes").await?;
    stage
        .until("__harness.contexts().at(-1).state === 'running'", SOON)
        .await?;
    let so_far = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, so_far + 50).await?;
    stage.hang_up("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    Ok(())
}

async fn a_context_that_takes_no_microphone_any_more_is_replaced(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    stage.good_call("#call").await?;
    // As Firefox does where the device's rate has changed since.
    stage
        .run(
            "window.stale = __harness.contexts().at(-1);
             const create = AudioContext.prototype.createMediaStreamSource;
             AudioContext.prototype.createMediaStreamSource = function (stream) {
               if (this === stale) throw new DOMException('different sample-rate', 'NotSupportedError');
               return create.call(this, stream);
             }",
        )
        .await?;
    the_next_calls_share_another_context(stage).await?;
    stage
        .until("stale.state === 'suspended'", SOON)
        .await
        .map(drop)
}

async fn the_next_calls_share_another_context(stage: &Stage) -> Result<(), Failure> {
    for _ in 0..2 {
        stage.good_call("#call").await?;
    }
    let contexts = stage.run("return __harness.contexts().length").await?;
    ensure!(contexts == json!(2), "{contexts} contexts");
    Ok(())
}

async fn a_context_that_stands_still_after_its_sleep_is_replaced(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    stage.good_call("#call").await?;
    stage
        .until("__harness.contexts()[0].state === 'suspended'", SOON)
        .await?;
    // As WebKit does now and then, on a busy machine above all.
    stage
        .run(
            "const stale = __harness.contexts()[0];
             const resume = AudioContext.prototype.resume;
             AudioContext.prototype.resume = function () {
               return this === stale ? Promise.resolve() : resume.call(this);
             }",
        )
        .await?;
    the_next_calls_share_another_context(stage).await?;
    let missing = "return Vocadesk.mount(call).diagnostics().missing";
    let missing = stage.run(missing).await?;
    ensure!(missing == json!([]), "what is blamed: {missing}");
    Ok(())
}

async fn the_list_shows_the_microphone_that_is_in_use_when_another_is_refused(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default()
        .head(OPEN_ROOTS)
        .body(button("call", "emb_echo"));
    stage.open(&page).await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    stage.run("inBar('[aria-expanded]').click()").await?;
    stage.until("inBar('option')", SOON).await?;
    stage
        .run(
            "window.shown = inBar('select').value;
             MediaDevices.prototype.getUserMedia = async () => { throw new DOMException('busy', 'NotReadableError'); };
             inBar('select').append(new Option('Headset', 'busy'));
             inBar('select').value = 'busy';
             inBar('select').dispatchEvent(new Event('change'));",
        )
        .await?;
    stage.until("inBar('select').value === shown", SOON).await?;
    let so_far = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, so_far + 25).await?;
    stage.hang_up("#call").await.map(drop)
}

#[holds("3.deadline-promises")]
async fn a_prompt_that_nobody_answers_is_given_up(stage: &mut Stage) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    stage.state("#call", "idle").await?;
    stage
        .run(
            "const ask = MediaDevices.prototype.getUserMedia;
             MediaDevices.prototype.getUserMedia = function (wanted) {
               return new Promise((allow) => { window.allow = () => allow(ask.call(this, wanted)); });
             }",
        )
        .await?;
    stage.click("#call").await?;
    let given_up = std::time::Duration::from_secs(60) + SOON;
    let error = stage.event(ERROR, 1, given_up).await?;
    ensure!(error.code() == "mic_denied", "{error:?}");
    // Allowed when nobody waits any more, it is closed at once.
    stage.run("allow()").await?;
    stage.until("__harness.streams.length === 1", SOON).await?;
    stage.microphone_is_off().await
}
