//! Devices that come and go in the middle of a call, and what the system is told of it.

use super::microphones::REFUSALS;
use crate::trial::{Trial, trial};
use gateway::Record;
use holds::holds;
use support::engine::{Microphone, Without};
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_microphone_that_is_lost_in_mid_call_is_an_error_and_then_an_end)
            .own_browser("pulls the lane's microphone in Firefox"),
        trial!(a_permission_that_is_taken_back_in_mid_call_is_mic_denied_and_then_an_end)
            .own_browser("pulls the lane's microphone in Firefox"),
        trial!(a_call_goes_on_with_the_next_microphone)
            .also_without(&[Without::Worklet])
            .own_browser("pulls the lane's microphone in Firefox and leaves none"),
        trial!(a_context_that_is_suspended_in_mid_call_goes_on).also_without(&[Without::Worklet]),
        trial!(the_system_is_told_what_the_sound_is_for),
    ]
}

/// A microphone that goes sooner after it came is not replaced: a second and some frames.
pub(super) const LONG_ENOUGH: usize = 60;

/// The microphone is pulled out of the machine, where the browser can see that.
pub(super) async fn lose_microphone(stage: &Stage) -> Result<(), Failure> {
    if stage.engine.loses_microphones {
        return stage.plug_in(&Microphone::Missing);
    }
    // `stop` by script fires no event, so the event is ours.
    let lose = "const [track] = __harness.streams.at(-1).getAudioTracks();
        track.stop(); track.dispatchEvent(new Event('ended'));";
    stage.run(lose).await.map(drop)
}

#[holds("3.mic-lost")]
async fn a_microphone_that_is_lost_in_mid_call_is_an_error_and_then_an_end(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(REFUSALS)).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, LONG_ENOUGH).await?;
    // The browser has no other microphone. (PulseAudio would lend Firefox what a silent speaker plays.)
    let none = "window.refusal = new DOMException('none left', 'NotFoundError');";
    stage.run(none).await?;
    lose_microphone(stage).await?;
    let error = stage.error(1, "mic_unavailable").await?;
    ensure!(error.message().contains("Connect it again"), "{error:?}");
    stage.event(END, 1, SOON).await?;
    stage.state("#call", "error").await?;
    stage.microphone_is_off().await?;
    stage.released(1).await?;
    stage.plug_in(&Microphone::Beeps)?;
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, ERROR, END, START, END], "{kinds:?}");
    Ok(())
}

#[holds("3.mic-denied-taken-back")]
async fn a_permission_that_is_taken_back_in_mid_call_is_mic_denied_and_then_an_end(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(REFUSALS)).await?;
    for call in 0..2 {
        stage.start_call("#call").await?;
        stage.heard_at_gateway(call, LONG_ENOUGH).await?;
        // The track ends, and whoever asks for the next one is refused.
        let refused = "window.refusal = new DOMException('taken back', 'NotAllowedError');";
        stage.run(refused).await?;
        lose_microphone(stage).await?;
        let error = stage.error(call + 1, "mic_denied").await?;
        ensure!(error.message().contains("taken back"), "{error:?}");
        stage.event(END, call + 1, SOON).await?;
        stage.state("#call", "error").await?;
        stage.microphone_is_off().await?;
        stage.released(call + 1).await?;
        stage.plug_in(&Microphone::Beeps)?;
    }
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, ERROR, END].repeat(2), "{kinds:?}");
    Ok(())
}

#[holds("3.mic-recovered")]
async fn a_call_goes_on_with_the_next_microphone(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    let heard = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, heard + LONG_ENOUGH).await?;
    lose_microphone(stage).await?;
    stage.until("__harness.streams.length === 2", SOON).await?;
    let heard = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, heard + LONG_ENOUGH).await?;
    if !stage.engine.loses_microphones {
        // The new one is the old one, and what it hears arrives: its beeps, one each second.
        let beeps = |r: &Record| {
            let frames = r.calls.first()?.mic.get(heard..)?;
            let mut samples = frames.iter().flat_map(|frame| &frame.samples);
            samples
                .any(|sample| sample.unsigned_abs() > 1_000)
                .then_some(())
        };
        let beeps = stage
            .gateway
            .wait_for("a beep of the next microphone", SOON, beeps);
        beeps.await?;
    }
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    stage.microphone_is_off().await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

async fn a_context_that_is_suspended_in_mid_call_goes_on(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    for _ in 0..2 {
        // As an iOS phone call does, or a device that goes away: no frame comes while it is so.
        stage.run("__harness.contexts().at(-1).suspend()").await?;
        let heard = stage.gateway.record().calls[0].mic.len();
        stage.heard_at_gateway(0, heard + 15).await?;
    }
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    let asleep = "__harness.contexts().every((context) => context.state === 'suspended')";
    stage.until(asleep, SOON).await?;
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END, START, END], "{kinds:?}");
    let contexts = stage.run("return __harness.contexts().length").await?;
    ensure!(contexts == 1, "{contexts} contexts for two calls");
    Ok(())
}

/// iOS's, where the engine has none of its own.
const AUDIO_SESSION: &str = r"<script>
  const session = navigator.audioSession ?? { type: 'auto' };
  if (!navigator.audioSession) Object.defineProperty(navigator, 'audioSession', { value: session });
</script>";

async fn the_system_is_told_what_the_sound_is_for(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default().head(AUDIO_SESSION)).await?;
    let told = "return navigator.audioSession.type";
    for _ in 0..2 {
        let before = stage.run(told).await?;
        ensure!(before == "auto", "{before} without a call");
        stage.start_call("#call").await?;
        let during = stage.run(told).await?;
        ensure!(during == "play-and-record", "{during} in a call");
        stage.hang_up("#call").await?;
    }
    stage.released(2).await?;
    let after = stage.run(told).await?;
    ensure!(after == "auto", "{after} after a call");
    Ok(())
}
