//! The call bar's script: when it is brought, and a call without it.

use holds::holds;
use serde_json::json;
use std::time::Duration;

use crate::trial::{Trial, trial};
use gateway::misbehave::{Act, Misbehave};
use gateway::{Answer, ListenerName};
use support::bar::OPEN_ROOTS;
use support::engine::Without;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(the_call_bar_is_brought_once_and_not_before_a_call_has_started)
            .in_one_engine("whether a tag is made is ours"),
        trial!(a_call_goes_on_without_a_call_bar_that_is_not_the_very_file),
        trial!(a_call_bar_that_neither_comes_nor_fails_is_given_up_and_one_that_comes_late_is_up_to_date)
            .in_one_engine("how long we wait and what we keep is ours"),
        trial!(the_bar_sets_the_volume_and_takes_another_microphone)
            .also_without(&[Without::Worklet]),
    ]
}

const FILE: &str = "vocadesk.call-bar.min.js";

fn path(stage: &Stage) -> String {
    stage.release.script_path.replace("vocadesk.min.js", FILE)
}

fn asked(stage: &Stage) -> usize {
    let record = stage.gateway.record();
    record.requests_to(ListenerName::Cdn, &path(stage)).count()
}

/// Half a minute is a moment there, and the tag of the bar is swallowed until the trial lets it through.
const SWALLOWS: &str = r#"<script>
  const wait = setTimeout;
  window.setTimeout = (work, ms, ...more) => wait(work, ms === 30000 ? window.halfMinute : ms, ...more);
  const append = Element.prototype.append;
  Element.prototype.append = function (...nodes) {
    if (!nodes[0]?.src?.includes("call-bar")) return append.apply(this, nodes);
    window.letThrough = () => append.apply(this, nodes);
  };
</script>"#;

#[holds("7.no-thrown-error")]
async fn a_call_bar_that_neither_comes_nor_fails_is_given_up_and_one_that_comes_late_is_up_to_date(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let said = |seq: usize| json!({ "type": "transcript", "role": "user", "text": format!("text {seq}"), "seq": seq });
    let acts = (0..700).map(|seq| (Duration::ZERO, Act::Text(said(seq).to_string())));
    stage.gateway.misbehave(Misbehave {
        in_call: acts.collect(),
        ..Misbehave::default()
    });
    let page = |half_minute_ms: u32| {
        let head =
            format!("<script>window.halfMinute = {half_minute_ms}</script>{SWALLOWS}{OPEN_ROOTS}");
        Page::default().head(head).body(button("call", "emb_echo"))
    };
    stage.open(&page(100)).await?;
    stage.start_call("#call").await?;
    let missing = format!(
        "Vocadesk.mount(document.createElement('p'), {{ embedId: 'x' }}).diagnostics().missing.includes('{FILE}')"
    );
    stage.until(&missing, SOON).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;

    stage.open(&page(99_000)).await?;
    stage
        .run("window.texts = 0; document.addEventListener('vocadesk:transcript', () => texts++)")
        .await?;
    stage.start_call("#call").await?;
    stage.until("texts === 700", SOON).await?;
    stage.run("Vocadesk.mount(call).mute(true)").await?;
    stage.until("window.letThrough", SOON).await?;
    stage.run("letThrough()").await?;
    stage.bar().await?;
    let lines = "it.getRootNode().querySelectorAll('.captions > .user').length";
    let shown = stage.of_bar(".captions", lines).await?;
    ensure!(shown == 500, "{shown} lines");
    let last = stage
        .of_bar(".captions", "it.lastChild.textContent")
        .await?;
    ensure!(
        last.as_str().is_some_and(|last| last.ends_with("text 699")),
        "{last}"
    );
    let muted = stage.of_bar("[aria-keyshortcuts=M]", "it.title").await?;
    ensure!(muted == "Unmute microphone", "{muted}");
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "the page saw {errors}");
    Ok(())
}

async fn the_call_bar_is_brought_once_and_not_before_a_call_has_started(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    stage.state("#call", "idle").await?;
    stage
        .gateway
        .misbehave(gateway::misbehave::Misbehave::token_status(503, "busy"));
    stage.fail_call("#call", "token_failed").await?;
    ensure!(
        asked(stage) == 0,
        "the bar was brought for a call that never started"
    );
    stage.gateway.misbehave(Default::default());
    let count = "performance.getEntriesByName(document.querySelector('script[src*=vocadesk]').src.replace('vocadesk.min', 'vocadesk.call-bar.min')).length";
    for _ in 0..2 {
        stage.start_call("#call").await?;
        stage.until(count, SOON).await?;
        stage.hang_up("#call").await?;
        stage.all_released().await?;
    }
    ensure!(
        asked(stage) == 1,
        "the bar was brought {} times",
        asked(stage)
    );
    let tags = stage
        .run("return document.querySelectorAll('script[src*=call-bar]').length")
        .await?;
    ensure!(tags == 0, "its tag stays in the page");
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

async fn a_call_goes_on_without_a_call_bar_that_is_not_the_very_file(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (_, script) = stage.release.file(FILE)?;
    let tampered = [&script[..], b"window.tampered = true;\n"].concat();
    for answer in [
        Answer::new(404, "text/plain", "no such file"),
        Answer::new(200, "text/javascript", tampered),
        Answer::html("<!doctype html><title>All is well</title>"),
    ] {
        stage.gateway.cdn_override(&path(stage), Some(answer));
        stage.open(&Page::default()).await?;
        for _ in 0..2 {
            stage.start_call("#call").await?;
            stage
                .until(
                    "__harness.said.some(({ message }) => message.includes('call-bar'))",
                    SOON,
                )
                .await?;
            // What the bar would show is on the host.
            stage
                .until("/0:0/.test(call.dataset.vocadeskDrawn)", SOON)
                .await?;
            let calls = stage.gateway.record().calls.len();
            stage.heard_at_gateway(calls - 1, 5).await?;
            stage.run("Vocadesk.mount(call).mute(true)").await?;
            stage.hang_up("#call").await?;
            stage.all_released().await?;
        }
        let said = "return __harness.said.filter(({ level, message }) => level === 'INFO' && message.includes('call-bar')).map(({ message }) => message)";
        let said: Vec<String> = serde_json::from_value(stage.run(said).await?)?;
        let [said] = &said[..] else {
            return Err(Failure(format!("said {said:?}")));
        };
        for words in [FILE, "integrity", "publish the release's files"] {
            ensure!(said.contains(words), "{said}");
        }
        let left = stage
            .run("return [window.tampered ?? null, __harness.errors]")
            .await?;
        ensure!(left == json!([null, []]), "{left}");
    }
    Ok(())
}

/// The bar's shadow root is closed; here it is not, and what a graph is made of is counted.
const OPEN: &str = r#"<script>
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function () { return attach.call(this, { mode: "open" }); };
  window.gains = [];
  const Gain = GainNode;
  window.GainNode = class extends Gain { constructor(...given) { super(...given); gains.push(this); } };
  window.asked = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  MediaDevices.prototype.getUserMedia = (wanted) => { asked.push(wanted.audio); return ask(wanted); };
  window.bar = () => document.querySelector("[data-vocadesk-bar]")?.shadowRoot;
  window.set = (selector, value, type) => {
    const field = bar().querySelector(selector);
    field.value = value;
    field.dispatchEvent(new Event(type, { bubbles: true, composed: type === "input" }));
  };
</script>"#;

async fn the_bar_sets_the_volume_and_takes_another_microphone(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default().head(OPEN).body(button("call", "emb_echo"));
    stage.open(&page).await?;
    stage.start_call("#call").await?;
    stage.until("bar()", SOON).await?;
    let none = stage.run("return gains.length").await?;
    ensure!(none == 0, "a gain that nobody needs");
    stage
        .run("set('[type=range]', 0.5, 'input'); set('[type=range]', 0.25, 'input')")
        .await?;
    let gains = stage
        .run("return gains.map(({ gain }) => gain.value)")
        .await?;
    ensure!(gains == json!([0.25]), "{gains}");
    // What goes through it is heard.
    stage.until("__harness.sounds()", SOON).await?;

    // The list of microphones is made when the settings are opened.
    stage
        .run("bar().querySelector('[aria-expanded]').click()")
        .await?;
    stage.until("bar().querySelector('option')", SOON).await?;
    let choose = "const ids = [...bar().querySelector('select').options].map(({ value }) => value);
        window.wanted = ids.at(-1);
        window.was = __harness.streams.at(-1).getAudioTracks()[0];
        set('select', wanted, 'change')";
    stage.run(choose).await?;
    stage
        .until(
            "__harness.streams.length === 2 && was.readyState === 'ended'",
            SOON,
        )
        .await?;
    let asked = stage.run("return [asked[1].deviceId.exact === wanted, asked[1].echoCancellation === true, __harness.streams[1].getAudioTracks()[0].readyState]").await?;
    ensure!(asked == json!([true, true, "live"]), "{asked}");
    let so_far = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, so_far + 15).await?;
    // One that there is not: all stays as it is.
    stage.run("bar().querySelector('select').append(new Option('none', 'none')); set('select', 'none', 'change')").await?;
    let so_far = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, so_far + 15).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    stage.microphone_is_off().await?;
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "{errors}");
    Ok(())
}
