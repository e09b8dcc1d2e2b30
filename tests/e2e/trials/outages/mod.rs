//! Calls that outlive their network (wire version 2): the line is lost in every way and for so long, and what was said
//! meanwhile is heard whole on both sides, or the call ends as `network` when its budget is used up.

mod lengths;

use holds::holds;
use std::time::{Duration, Instant};

use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::{Embed, Feature};
use gateway::misbehave::{Act, Loss};
use gateway::record::EndedBy;
use gateway::{Call, Record};
use support::engine::Without;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::sound::{self, Followed};
use support::stage::{Setting, Stage, speaks_after};
use support::visitor::{END, ERROR, SOON, START};

/// The echo says all that it hears: one sentence tells of both ways.
fn echo(features: &'static [Feature]) -> Setting {
    Setting::microphone(speaks_after(1.5)).config(|config| {
        let config = config.embed(Embed::new("emb_demo", AgentKind::Echo));
        config.features(features)
    })
}

const SOUND_IS_COMPARED: &str =
    "each word is followed, and a browser that has no time loses some by itself";

pub fn trials() -> Vec<Trial> {
    let one = "what is kept, numbered and sent again is pure code, held against a model natively";
    let mut trials = vec![
        trial!(
            a_sentence_across_a_second_without_a_network_is_heard_whole_on_both_sides,
            echo(&Feature::ALL)
        )
        .also_without(&[Without::Worker])
        .listens(SOUND_IS_COMPARED),
        trial!(
            a_sentence_across_five_seconds_after_a_reset_is_heard_whole_on_both_sides,
            echo(&[Feature::Resume])
        )
        .in_one_engine(one)
        .listens(SOUND_IS_COMPARED),
        trial!(
            a_sentence_across_twenty_five_seconds_after_the_server_closed_is_heard_whole,
            echo(&Feature::ALL)
        )
        .listens(SOUND_IS_COMPARED),
        trial!(
            a_line_that_falls_silent_is_noticed_and_its_sentence_heard_whole,
            echo(&Feature::ALL)
        )
        .in_one_engine(one)
        .listens(SOUND_IS_COMPARED),
        trial!(
            ten_losses_in_one_call_lose_no_frame_and_repeat_none,
            echo(&Feature::ALL)
        )
        .in_one_engine(one),
        trial!(
            a_line_that_does_not_come_back_ends_the_call_within_a_second_of_its_budget,
            {
                echo(&Feature::ALL).config(|mut config| {
                    config.deadlines.grace_secs = 3.0;
                    config
                })
            }
        )
        .alone("one second"),
        trial!(
            a_visitor_hangs_up_while_the_line_is_lost,
            echo(&Feature::ALL)
        ),
        trial!(
            a_muted_visitor_stays_muted_while_the_line_is_lost,
            // Each sample is compared: a decoder of Opus makes noise of silence.
            echo(&[Feature::Resume, Feature::Binary])
        )
        .in_one_engine(one),
        trial!(
            a_call_whose_server_knows_nothing_of_it_any_more_ends_at_once,
            echo(&Feature::ALL)
        )
        .in_one_engine(one),
        trial!(
            a_server_of_version_1_hears_nothing_but_version_1_whatever_it_says,
            echo(&[])
        )
        .also_without(&[Without::Worker])
        .in_one_engine("what is answered is our own code, the same in all"),
        trial!(
            sound_goes_both_ways_in_binary_frames_alone,
            echo(&[Feature::Binary])
        ),
    ];
    trials.extend(lengths::trials());
    trials
}

pub(super) const FRAMES_PER_SEC: usize = 50;
const RATE_HZ: u32 = 24_000;

/// Notes each state that a page is told of, and each text.
const STATES: &str = "<script>
  window.states = [];
  window.said = [];
  document.addEventListener('vocadesk:transcript', (event) => said.push(event.detail.text));
  document.addEventListener('vocadesk:state', (event) => {
    states.push(event.detail.state);
    if (event.detail.state === 'reconnecting') window.shownMs = performance.now();
  });
  document.addEventListener('vocadesk:error', () => { window.failedMs = performance.now(); });
</script>";

/// Starts a call, and gives it so many frames of the microphone.
pub(super) async fn talk(stage: &Stage, frames: usize) -> Result<(), Failure> {
    stage.open(&Page::default().head(STATES)).await?;
    stage.start_call("#call").await?;
    let nth = stage.gateway.record().calls.len().saturating_sub(1);
    stage.heard_at_gateway(nth, frames).await?;
    stage
        .run(&format!("window.audioBegan = {AUDIO_BEGAN}"))
        .await
        .map(drop)
}

/// The page's time at which its sound would have begun, had its clock run on time since: a busy machine's stands still at times,
/// and its microphone with it.
const AUDIO_BEGAN: &str = "performance.now() / 1000 - __harness.contexts().at(-1).currentTime";

/// The line is lost in this way, and there is no other for so long.
pub(super) async fn lose(stage: &Stage, loss: Loss, outage: Duration) -> Result<(), Failure> {
    stage.gateway.refuse_sockets(true);
    stage.gateway.act(Act::Lose(loss));
    let lost = |r: &Record| (!r.calls.last()?.line.lost.is_empty()).then_some(());
    stage.gateway.wait_for("a lost line", SOON, lost).await?;
    tokio::time::sleep(outage).await;
    stage.gateway.refuse_sockets(false);
    Ok(())
}

pub(super) async fn resumed(stage: &Stage, times: usize) -> Result<(), Failure> {
    let resumed = |r: &Record| (r.calls.last()?.line.resumed.len() >= times).then_some(());
    stage
        .gateway
        .wait_for("a resumed call", SOON * 2, resumed)
        .await?;
    Ok(())
}

/// Waits until the sentence has been said and heard, hangs up, and holds the call to what the contract says of it.
pub(super) async fn is_heard_whole(stage: &Stage, seconds: usize) -> Result<Call, Failure> {
    let last = stage.gateway.record().calls.len().saturating_sub(1);
    stage
        .heard_at_gateway(last, seconds * FRAMES_PER_SEC)
        .await?;
    // What came in a burst is played in its own time: until then the end is missing.
    let until = Instant::now() + SOON * 2;
    let followed = loop {
        let sent = sound::from_pcm(&stage.gateway.record().calls[last].sent_samples());
        let heard = stage.heard().await?;
        let heard = heard.last().ok_or("no context")?;
        let said = &sent[..sent.len().min((seconds - 2) * RATE_HZ as usize)];
        let said = sound::resample(said, RATE_HZ, heard.rate);
        let followed = sound::follow(&said, &heard.samples, heard.rate);
        if followed.lost() <= CUT_PIECES || Instant::now() > until {
            break followed;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    is_whole(&followed)?;
    let stood = format!("const began = {AUDIO_BEGAN}; return began - (window.audioBegan ?? began)");
    let stood_secs = stage.run(&stood).await?.as_f64().ok_or("no clock")?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(last).await?;
    is_complete(&call, stood_secs)?;
    // On the line itself nothing is missing, and nothing was there twice.
    ensure!(
        call.line.gaps == 0 && call.line.duplicates == 0,
        "{:?}",
        call.line
    );
    ensure!(
        call.malformed == 0,
        "{} frames were malformed",
        call.malformed
    );
    ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    stage.released(last + 1).await?;
    Ok(call)
}

/// The gateway has as much of the microphone as the call is long, but for what was under way at its end: nothing was
/// dropped before it had a number. A busy machine's microphone is behind by some tenths of a second by itself, and by as long as
/// the clock of all sound stood still.
fn is_complete(call: &Call, stood_secs: f64) -> Result<(), Failure> {
    let seconds = call.mic.len() as f64 / FRAMES_PER_SEC as f64;
    let lasted = call.duration().ok_or("the call has not ended")?;
    let missing = lasted.as_secs_f64() - stood_secs.max(0.0) - seconds;
    ensure!(
        missing < 0.9,
        "{missing:.2} s of the microphone are missing"
    );
    Ok(())
}

/// The playout catches up in the pauses, which may be shorter then: no word is. A piece out of which two pauses were cut is none
/// of what was said any more, though all of it was heard: one may be so. A second that is missing is four pieces.
const CUT_PIECES: usize = 1;

fn is_whole(followed: &Followed) -> Result<(), Failure> {
    ensure!(
        followed.lost() <= CUT_PIECES,
        "words did not reach the visitor: {followed:?}"
    );
    Ok(())
}

async fn states(stage: &Stage) -> Result<Vec<String>, Failure> {
    let states = stage.run("return states").await?;
    Ok(serde_json::from_value(states)?)
}

#[holds("5b.resumed", "5b.resume-goes-on", "5b.answer", "5b.resume-token")]
async fn a_sentence_across_a_second_without_a_network_is_heard_whole_on_both_sides(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, 2 * FRAMES_PER_SEC).await?;
    lose(stage, Loss::Fin, Duration::from_millis(1_200)).await?;
    resumed(stage, 1).await?;
    stage.state("#call", "live").await?;
    let call = is_heard_whole(stage, 8).await?;
    let states = states(stage).await?;
    let expected = [
        "asking",
        "connecting",
        "live",
        "reconnecting",
        "live",
        "ended",
    ];
    let asked = states.iter().skip_while(|state| *state == "asking");
    ensure!(asked.eq(&expected[1..]), "{states:?}");
    ensure!(
        call.line.features == ["resume", "binary", "opus"],
        "{:?}",
        call.line
    );
    Ok(())
}

#[holds("5b.late", "5b.kept")]
async fn a_sentence_across_five_seconds_after_a_reset_is_heard_whole_on_both_sides(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, 2 * FRAMES_PER_SEC).await?;
    lose(stage, Loss::Reset, Duration::from_secs(5)).await?;
    resumed(stage, 1).await?;
    let call = is_heard_whole(stage, 12).await?;
    let late_ms = call.line.resumed[0].late_ms.unwrap_or_default();
    // From the last that had arrived before the loss.
    ensure!(
        (4_900..15_000).contains(&late_ms),
        "{:?}",
        call.line.resumed
    );
    Ok(())
}

#[holds("5b.late", "5b.kept")]
async fn a_sentence_across_twenty_five_seconds_after_the_server_closed_is_heard_whole(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, 2 * FRAMES_PER_SEC).await?;
    lose(stage, Loss::Close(1011), Duration::from_secs(25)).await?;
    resumed(stage, 1).await?;
    let call = is_heard_whole(stage, 30).await?;
    let late_ms = call.line.resumed[0].late_ms.unwrap_or_default();
    ensure!(late_ms >= 24_900, "{:?}", call.line.resumed);
    Ok(())
}

#[holds("5b.line-lost", "5b.ping")]
async fn a_line_that_falls_silent_is_noticed_and_its_sentence_heard_whole(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, 2 * FRAMES_PER_SEC).await?;
    stage.gateway.refuse_sockets(true);
    stage.gateway.act(Act::silence(Duration::from_secs(25)));
    let silent = Instant::now();
    stage.state("#call", "reconnecting").await?;
    stage.gateway.refuse_sockets(false);
    let after = silent.elapsed();
    // Of the 10 s one may have passed since the last sign of life.
    ensure!(after > Duration::from_secs(8), "already after {after:?}");
    resumed(stage, 1).await?;
    is_heard_whole(stage, 18).await?;
    Ok(())
}

/// Numerical Recipes' linear congruential generator: the same moments in every run.
fn moments(below: u64) -> impl Iterator<Item = u64> {
    let next = |seed: &u32| Some(seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let seeds = std::iter::successors(Some(15), next);
    seeds.map(move |seed| u64::from(seed >> 16) % below)
}

#[holds("5b.numbers", "5b.ack")]
async fn ten_losses_in_one_call_lose_no_frame_and_repeat_none(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, FRAMES_PER_SEC).await?;
    let losses = [Loss::Fin, Loss::Reset, Loss::Close(1012)]
        .into_iter()
        .cycle();
    for (nth, (wait_ms, loss)) in moments(1_500).zip(losses).take(10).enumerate() {
        // Some fall into what is being sent again.
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        stage.gateway.act(Act::Lose(loss));
        resumed(stage, nth + 1).await?;
    }
    is_heard_whole(stage, 15).await?;
    Ok(())
}

#[holds("3.network-no-life", "2.error-then-end", "4.release-once")]
async fn a_line_that_does_not_come_back_ends_the_call_within_a_second_of_its_budget(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, FRAMES_PER_SEC).await?;
    let lost = Instant::now();
    stage.gateway.refuse_sockets(true);
    stage.gateway.act(Act::Lose(Loss::Fin));
    let error = stage.error(1, "network").await?;
    let after = lost.elapsed();
    ensure!(
        error.message().contains("tried to come back for 3 s"),
        "{error:?}"
    );
    // From the last sign of life, which was a moment before the loss.
    ensure!(after >= Duration::from_millis(2_500), "after {after:?}");
    // WebKit's sockets go through the page's thread, also those of a Worker: where it stands still for a second, the loss is
    // noticed a second later. So the end is held against when the page was told of the loss, half a second after it.
    let shown_for = stage.run("return failedMs - shownMs").await?.as_f64();
    ensure!(
        shown_for.is_some_and(|ms| ms <= 3_500.0),
        "{shown_for:?} ms"
    );
    stage.event(END, 1, SOON).await?;
    stage.microphone_is_off().await?;
    stage.released(1).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, ERROR, END], "{kinds:?}");
    stage.gateway.refuse_sockets(false);
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    Ok(())
}

async fn a_visitor_hangs_up_while_the_line_is_lost(stage: &mut Stage) -> Result<(), Failure> {
    talk(stage, FRAMES_PER_SEC).await?;
    stage.gateway.refuse_sockets(true);
    stage.gateway.act(Act::Lose(Loss::Fin));
    stage.state("#call", "reconnecting").await?;
    let name = stage
        .run("return document.querySelector('#call').ariaLabel")
        .await?;
    ensure!(name == "Reconnecting…, your microphone stays on", "{name}");
    let live = stage.run("return __harness.microphoneIsOff()").await?;
    ensure!(
        live == false,
        "the microphone is off while the line is lost"
    );
    let pressed = Instant::now();
    stage.hang_up("#call").await?;
    ensure!(
        pressed.elapsed() < Duration::from_secs(5),
        "{:?}",
        pressed.elapsed()
    );
    stage.microphone_is_off().await?;
    stage.released(1).await?;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(
        call.ended_by == Some(EndedBy::Released),
        "{:?}",
        call.ended_by
    );
    // The place is free at once.
    stage.gateway.refuse_sockets(false);
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    Ok(())
}

async fn a_muted_visitor_stays_muted_while_the_line_is_lost(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, FRAMES_PER_SEC).await?;
    stage.run("Vocadesk.mount('#call', {}).mute(true)").await?;
    lose(stage, Loss::Reset, Duration::from_secs(3)).await?;
    resumed(stage, 1).await?;
    stage.state("#call", "live").await?;
    let frames = stage.gateway.record().calls[0].mic.len();
    stage
        .heard_at_gateway(0, frames + 4 * FRAMES_PER_SEC)
        .await?;
    let call = stage.gateway.record().calls[0].clone();
    let muted = &call.mic[2 * FRAMES_PER_SEC..];
    let loudest = muted
        .iter()
        .flat_map(|frame| &frame.samples)
        .map(|s| s.unsigned_abs())
        .max();
    ensure!(loudest == Some(0), "{loudest:?} of a muted visitor");
    stage.hang_up("#call").await?;
    Ok(())
}

#[holds("5b.close-4404")]
async fn a_call_whose_server_knows_nothing_of_it_any_more_ends_at_once(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, FRAMES_PER_SEC).await?;
    // The call is over there, and nobody says so.
    stage.gateway.act(Act::Drop);
    let error = stage.error(1, "network").await?;
    ensure!(error.message().contains("4404"), "{error:?}");
    stage.event(END, 1, SOON).await?;
    stage.microphone_is_off().await?;
    stage.released(1).await
}

#[holds("5b.answer", "5b.change-kind", "5b.binary-pcm16")]
async fn sound_goes_both_ways_in_binary_frames_alone(stage: &mut Stage) -> Result<(), Failure> {
    talk(stage, FRAMES_PER_SEC).await?;
    // Either side may go back to text at any frame.
    let frame = serde_json::json!({ "type": "audio", "data": "AAAA" });
    stage.gateway.act(Act::Text(frame.to_string()));
    let call = is_heard_whole(stage, 8).await?;
    ensure!(call.line.features == ["binary"], "{:?}", call.line);
    ensure!(
        !call.control.iter().any(|frame| frame.kind == "ack"),
        "{:?}",
        call.control
    );
    Ok(())
}

#[holds("5b.without-field", "5.version-1-server")]
async fn a_server_of_version_1_hears_nothing_but_version_1_whatever_it_says(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, FRAMES_PER_SEC).await?;
    for text in [
        r#"{"type":"ping"}"#,
        r#"{"type":"ack","n":1}"#,
        r#"{"type":"resumed","received":1}"#,
        r#"{"type":"transcript","role":"user","text":"one","seq":1,"n":"first"}"#,
        r#"{"type":"transcript","role":"user","text":"two","seq":2,"n":1}"#,
        r#"{"type":"transcript","role":"user","text":"three","seq":3,"n":1}"#,
    ] {
        stage.gateway.act(Act::Text(text.to_owned()));
    }
    stage.gateway.act(Act::Binary(vec![1, 0, 0, 0, 1, 0, 0]));
    stage.until("said.length === 3", SOON).await?;
    stage.heard_at_gateway(0, 3 * FRAMES_PER_SEC).await?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;
    let said: Vec<_> = call.control.iter().map(|frame| &*frame.kind).collect();
    ensure!(said == ["start", "stop"], "{said:?}");
    ensure!(call.malformed == 0, "{} malformed", call.malformed);
    Ok(())
}
