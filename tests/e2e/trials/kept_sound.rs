//! What a visitor has chosen in the sound settings: kept for the next call and the next visit, and harmless whatever has become
//! of it; and a microphone that nobody has chosen follows the system's.

use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use support::bar::{BarButton, OPEN_ROOTS};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_chosen_microphone_is_kept_for_the_next_call_and_the_next_visit),
        trial!(a_kept_microphone_that_is_gone_means_the_default_one),
        trial!(the_volume_is_kept_for_the_next_call_and_the_next_visit_and_never_nothing),
        trial!(a_chosen_speaker_is_kept_and_left_while_it_is_gone),
        trial!(a_browser_that_cannot_choose_a_speaker_offers_none),
        trial!(whatever_stands_in_the_storage_calls_are_made),
        trial!(where_storage_is_refused_choices_are_kept_for_the_page),
        trial!(a_default_microphone_that_changes_is_followed_in_mid_call),
        trial!(a_chosen_microphone_stays_when_the_default_one_changes),
        trial!(nobody_is_asked_in_mid_call_for_the_sake_of_another_default),
    ]
}

/// Devices that no machine has: the microphones are the real one under several names, the speakers are noted. `plug` says which
/// there are, the default one first.
const DEVICES: &str = r#"<script>
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  const device = (kind) => (id) => ({ kind, deviceId: id, groupId: `group of ${id}`, label: `The ${id}` });
  window.asked = [];
  window.plug = (microphones, speakers) => {
    window.found = [...microphones.map(device("audioinput")), ...speakers.map(device("audiooutput"))];
    devices.dispatchEvent(new Event("devicechange"));
  };
  plug(["laptop", "desk", "headset"], ["default", "monitor", "headphones"]);
  devices.enumerateDevices = async () => found;
  devices.getUserMedia = async ({ audio: { deviceId, ...audio } }) => {
    asked.push(deviceId ?? null);
    const there = found.filter(({ kind }) => kind === "audioinput").map((it) => it.deviceId);
    if (deviceId?.exact && !there.includes(deviceId.exact)) throw new DOMException("none", "OverconstrainedError");
    const given = deviceId?.exact ?? (there.includes(deviceId?.ideal) ? deviceId.ideal : there[0]);
    const stream = await ask({ audio });
    for (const track of stream.getTracks()) {
      const settings = track.getSettings.bind(track);
      track.getSettings = () => ({ ...settings(), deviceId: given });
    }
    return stream;
  };
  window.permission = "granted";
  Permissions.prototype.query = async () => ({ state: permission });
  window.sinks = [];
  AudioContext.prototype.setSinkId = async function (id) {
    if (id && !found.some(({ kind, deviceId }) => kind === "audiooutput" && deviceId === id)) throw new DOMException("none", "NotFoundError");
    sinks.push((this.sink = id));
  };
  Object.defineProperty(AudioContext.prototype, "sinkId", { configurable: true, get() { return this.sink ?? ""; } });
  window.selects = () => [...theBar().shadowRoot.querySelectorAll("select")];
  window.choose = (nth, value) => {
    selects()[nth].value = value;
    selects()[nth].dispatchEvent(new Event("change"));
  };
  window.storedByUs = () => Object.keys(localStorage).filter((key) => key !== "vocadesk_browser_id").sort();
</script>"#;

const MICROPHONES: usize = 0;
const SPEAKERS: usize = 1;

async fn open(stage: &Stage, more: &str) -> Result<(), Failure> {
    let page = Page::default()
        .head(format!("{OPEN_ROOTS}{DEVICES}{more}"))
        .body(button("call", "emb_echo"));
    stage.open(&page).await
}

/// A call with its settings open.
async fn call(stage: &Stage) -> Result<(), Failure> {
    stage.start_call("#call").await?;
    stage.bar().await?;
    stage.press_in_bar(BarButton::Options).await?;
    stage.until("inBar('option')", SOON).await.map(drop)
}

async fn hang_up(stage: &Stage) -> Result<(), Failure> {
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    stage.microphone_is_off().await
}

async fn choose(stage: &Stage, select: usize, value: &str) -> Result<(), Failure> {
    let choose = format!("choose({select}, {})", json!(value));
    stage.run(&choose).await.map(drop)
}

/// The microphone arrives at the gateway, now and from now on.
async fn is_heard(stage: &Stage) -> Result<(), Failure> {
    let calls = stage.gateway.record().calls;
    let so_far = calls.last().map_or(0, |call| call.mic.len());
    stage
        .heard_at_gateway(calls.len() - 1, so_far + 15)
        .await
        .map(drop)
}

async fn gives(stage: &Stage, expression: &str, due: Value) -> Result<(), Failure> {
    let found = stage.run(&format!("return {expression}")).await?;
    ensure!(found == due, "{expression} is {found}, not {due}");
    Ok(())
}

async fn no_complaints(stage: &Stage) -> Result<(), Failure> {
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "{errors}");
    Ok(())
}

async fn a_chosen_microphone_is_kept_for_the_next_call_and_the_next_visit(
    stage: &mut Stage,
) -> Result<(), Failure> {
    open(stage, "").await?;
    call(stage).await?;
    hang_up(stage).await?;
    gives(stage, "[asked, storedByUs()]", json!([[null], []])).await?;
    call(stage).await?;
    choose(stage, MICROPHONES, "desk").await?;
    stage
        .until("selects()[0].value === 'desk' && asked.length === 3", SOON)
        .await?;
    is_heard(stage).await?;
    gives(stage, "storedByUs()", json!(["vocadesk_microphone"])).await?;
    hang_up(stage).await?;
    // The next call, and the next visit.
    stage.start_call("#call").await?;
    gives(stage, "asked.at(-1)", json!({ "ideal": "desk" })).await?;
    hang_up(stage).await?;
    open(stage, "").await?;
    call(stage).await?;
    gives(
        stage,
        "[asked, selects()[0].value]",
        json!([[{ "ideal": "desk" }], "desk"]),
    )
    .await?;
    hang_up(stage).await?;
    // Chromium's own entry for the default one takes the choice back.
    stage.run("plug(['default', 'desk'], [])").await?;
    call(stage).await?;
    choose(stage, MICROPHONES, "default").await?;
    stage
        .until("selects()[0].value === 'default'", SOON)
        .await?;
    hang_up(stage).await?;
    open(stage, "").await?;
    stage.start_call("#call").await?;
    gives(stage, "asked", json!([null])).await?;
    no_complaints(stage).await
}

async fn a_kept_microphone_that_is_gone_means_the_default_one(
    stage: &mut Stage,
) -> Result<(), Failure> {
    open(stage, "").await?;
    stage
        .run("localStorage.vocadesk_microphone = 'sold'")
        .await?;
    call(stage).await?;
    gives(
        stage,
        "[asked, selects()[0].value]",
        json!([[{ "ideal": "sold" }], "laptop"]),
    )
    .await?;
    is_heard(stage).await?;
    // It is followed as if nothing had been chosen.
    stage.run("plug(['headset', 'laptop'], [])").await?;
    stage
        .until("selects()[0].value === 'headset'", SOON)
        .await?;
    is_heard(stage).await?;
    hang_up(stage).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    // And is there again one day.
    stage.run("plug(['laptop', 'sold'], [])").await?;
    call(stage).await?;
    gives(stage, "selects()[0].value", json!("sold")).await?;
    no_complaints(stage).await
}

const VOLUME: &str = "Number(inBar('[type=range]').value)";

async fn set_volume(stage: &Stage, volume: f64) -> Result<(), Failure> {
    let set = format!(
        "const slider = inBar('[type=range]'); slider.value = {volume};
         slider.dispatchEvent(new Event('input', {{ bubbles: true, composed: true }}))"
    );
    stage.run(&set).await.map(drop)
}

async fn the_volume_is_kept_for_the_next_call_and_the_next_visit_and_never_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let gains = "<script>
      window.gains = [];
      const Gain = GainNode;
      window.GainNode = class extends Gain { constructor(...given) { super(...given); gains.push(this); } };
    </script>";
    open(stage, gains).await?;
    call(stage).await?;
    gives(stage, "[storedByUs(), gains.length]", json!([[], 0])).await?;
    set_volume(stage, 0.5).await?;
    gives(stage, "storedByUs()", json!(["vocadesk_volume"])).await?;
    hang_up(stage).await?;
    open(stage, gains).await?;
    call(stage).await?;
    let due = json!([0.5, [0.5]]);
    gives(
        stage,
        &format!("[{VOLUME}, gains.map(({{ gain }}) => gain.value)]"),
        due,
    )
    .await?;
    // Turned down to nothing, and whoever calls next would wonder.
    set_volume(stage, 0.0).await?;
    hang_up(stage).await?;
    call(stage).await?;
    gives(stage, VOLUME, json!(0.1)).await?;
    no_complaints(stage).await
}

async fn a_chosen_speaker_is_kept_and_left_while_it_is_gone(
    stage: &mut Stage,
) -> Result<(), Failure> {
    open(stage, "").await?;
    call(stage).await?;
    gives(
        stage,
        "[selects()[1].value, sinks, storedByUs()]",
        json!(["default", [], []]),
    )
    .await?;
    choose(stage, SPEAKERS, "headphones").await?;
    stage.until("sinks.at(-1) === 'headphones'", SOON).await?;
    stage
        .until("selects()[1].value === 'headphones'", SOON)
        .await?;
    gives(stage, "storedByUs()", json!(["vocadesk_speaker"])).await?;
    hang_up(stage).await?;
    open(stage, "").await?;
    call(stage).await?;
    stage
        .until("selects()[1].value === 'headphones'", SOON)
        .await?;
    gives(stage, "sinks", json!(["headphones"])).await?;
    stage
        .run("plug(['laptop'], ['default', 'monitor'])")
        .await?;
    stage
        .until(
            "sinks.at(-1) === '' && selects()[1].value === 'default'",
            SOON,
        )
        .await?;
    stage
        .run("plug(['laptop'], ['default', 'headphones'])")
        .await?;
    stage
        .until(
            "sinks.at(-1) === 'headphones' && selects()[1].value === 'headphones'",
            SOON,
        )
        .await?;
    choose(stage, SPEAKERS, "default").await?;
    stage.until("sinks.at(-1) === ''", SOON).await?;
    is_heard(stage).await?;
    hang_up(stage).await?;
    open(stage, "").await?;
    call(stage).await?;
    gives(stage, "[sinks, selects()[1].value]", json!([[], "default"])).await?;
    no_complaints(stage).await
}

async fn a_browser_that_cannot_choose_a_speaker_offers_none(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let shown = "selects().map((select) => select.offsetHeight > 0)";
    // Without the method, and without a list.
    for without in [
        "<script>delete AudioContext.prototype.setSinkId; delete BaseAudioContext.prototype.setSinkId;</script>",
        "<script>plug(['laptop'], []);</script>",
    ] {
        open(stage, without).await?;
        stage
            .run("localStorage.vocadesk_speaker = 'headphones'")
            .await?;
        call(stage).await?;
        stage
            .until(&format!("String({shown}) === 'true,false'"), SOON)
            .await?;
        is_heard(stage).await?;
        hang_up(stage).await?;
        gives(stage, "sinks", json!([])).await?;
        no_complaints(stage).await?;
    }
    Ok(())
}

async fn whatever_stands_in_the_storage_calls_are_made(stage: &mut Stage) -> Result<(), Failure> {
    open(stage, "").await?;
    for (stored, asked, volume) in [
        ("''", json!(null), json!(1)),
        ("'default'", json!(null), json!(1)),
        ("'NaN'", json!({ "ideal": "NaN" }), json!(1)),
        ("'-3'", json!({ "ideal": "-3" }), json!(1)),
        ("'1e99'", json!({ "ideal": "1e99" }), json!(1)),
        (
            "'0.45<img src=x onerror=alert()>'",
            json!(null),
            json!(0.45),
        ),
        ("'\\u0000\\ud800'", json!(null), json!(1)),
        ("'x'.repeat(1e6)", json!(null), json!(1)),
    ] {
        let store = format!(
            "for (const name of ['microphone', 'speaker', 'volume']) localStorage[`vocadesk_${{name}}`] = {stored}"
        );
        stage.run(&store).await?;
        call(stage).await?;
        gives(stage, "asked.at(-1)", asked).await?;
        gives(stage, VOLUME, volume).await?;
        gives(
            stage,
            "[selects()[0].value, selects()[1].value, sinks]",
            json!(["laptop", "default", []]),
        )
        .await?;
        is_heard(stage).await?;
        hang_up(stage).await?;
    }
    no_complaints(stage).await
}

async fn where_storage_is_refused_choices_are_kept_for_the_page(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let refused = "<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });</script>";
    open(stage, refused).await?;
    call(stage).await?;
    choose(stage, MICROPHONES, "headset").await?;
    stage
        .until("selects()[0].value === 'headset'", SOON)
        .await?;
    choose(stage, SPEAKERS, "monitor").await?;
    stage
        .until("selects()[1].value === 'monitor'", SOON)
        .await?;
    set_volume(stage, 0.3).await?;
    hang_up(stage).await?;
    call(stage).await?;
    let now = format!("[asked.at(-1), selects().map(({{ value }}) => value), {VOLUME}]");
    gives(
        stage,
        &now,
        json!([{ "ideal": "headset" }, ["headset", "monitor"], 0.3]),
    )
    .await?;
    no_complaints(stage).await
}

async fn a_default_microphone_that_changes_is_followed_in_mid_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    open(stage, "").await?;
    call(stage).await?;
    is_heard(stage).await?;
    // Something else comes or goes: nothing happens.
    stage
        .run("plug(['laptop', 'headset', 'camera'], ['default'])")
        .await?;
    stage
        .until(
            "selects()[0].options.length === 3 && selects()[0].options[2].value === 'camera'",
            SOON,
        )
        .await?;
    is_heard(stage).await?;
    gives(stage, "asked", json!([null])).await?;
    // Muted stays muted.
    stage.press_in_bar(BarButton::Mute).await?;
    stage.run("window.was = __harness.streams.at(-1).getAudioTracks()[0]; plug(['headset', 'laptop'], ['default'])").await?;
    stage
        .until(
            "selects()[0].value === 'headset' && was.readyState === 'ended'",
            SOON,
        )
        .await?;
    gives(
        stage,
        "[asked, __harness.streams.at(-1).getAudioTracks()[0].enabled]",
        json!([[null, null], false]),
    )
    .await?;
    stage.press_in_bar(BarButton::Mute).await?;
    is_heard(stage).await?;
    gives(stage, "storedByUs()", json!([])).await?;
    // One that the browser does not give: all stays as it is.
    stage.run("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('busy', 'NotReadableError'); }").await?;
    stage
        .run("plug(['laptop', 'headset'], ['default'])")
        .await?;
    is_heard(stage).await?;
    hang_up(stage).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    no_complaints(stage).await
}

async fn a_chosen_microphone_stays_when_the_default_one_changes(
    stage: &mut Stage,
) -> Result<(), Failure> {
    open(stage, "").await?;
    call(stage).await?;
    choose(stage, MICROPHONES, "desk").await?;
    stage.until("selects()[0].value === 'desk'", SOON).await?;
    stage
        .run("plug(['headset', 'desk', 'laptop'], ['default'])")
        .await?;
    stage
        .until("selects()[0].options[0].value === 'headset'", SOON)
        .await?;
    is_heard(stage).await?;
    gives(
        stage,
        "[asked.length, selects()[0].value]",
        json!([2, "desk"]),
    )
    .await?;
    no_complaints(stage).await
}

async fn nobody_is_asked_in_mid_call_for_the_sake_of_another_default(
    stage: &mut Stage,
) -> Result<(), Failure> {
    open(stage, "<script>permission = 'prompt';</script>").await?;
    call(stage).await?;
    stage
        .run("plug(['headset', 'laptop'], ['default'])")
        .await?;
    stage
        .until("selects()[0].options[0].value === 'headset'", SOON)
        .await?;
    is_heard(stage).await?;
    gives(stage, "asked", json!([null])).await?;
    no_complaints(stage).await
}
