//! Calls that fail after they have started, and servers that talk nonsense: `error`, then `end`, and the
//! same button makes a good call.

use holds::holds;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::trial::{ANYTHING, Trial, trial};
use gateway::EndedBy;
use gateway::agent::{AgentKind, speech};
use gateway::config::Embed;
use gateway::misbehave::{Act, Misbehave};
use support::engine::Without;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::sound;
use support::stage::{Setting, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    // Faster than anybody speaks, with the nonsense in between.
    let quick = Setting::default().config(|mut config| {
        let at = (0..).map(|nth| nth * FRAME_EVERY);
        let frames = greeting();
        let frames = frames.chunks(FRAME_SAMPLES).map(audio_frame);
        config.agent.script = at.zip(frames).collect();
        config.embed(Embed::new("emb_demo", AgentKind::Script))
    });
    vec![
        trial!(a_call_that_fails_is_an_error_and_then_an_end).also_without(ANYTHING),
        trial!(a_gateway_killed_in_mid_call_is_network_and_then_an_end),
        trial!(nonsense_from_the_server_never_ends_a_call, quick).also_without(&[Without::Wasm]),
    ]
}

#[holds(
    "2.bubbles-composed",
    "2.error",
    "2.error-then-end",
    "3.concurrent-4409",
    "3.network-lost",
    "3.unknown-error-frame",
    "3.message-advice",
    "5.server-error"
)]
async fn a_call_that_fails_is_an_error_and_then_an_end(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    let cases = [
        (
            Act::error("the agent fell off its perch"),
            "unknown",
            "fell off its perch",
        ),
        (Act::Drop, "network", "1006"),
        (Act::Close(1011), "network", "1011"),
        (Act::Close(1001), "network", "1001"),
        (Act::Close(4409), "concurrent_call_active", "4409"),
    ];
    // Each case begins with the click that follows the last one's failure.
    let calls = cases.len();
    for (number, (act, code, says)) in cases.into_iter().enumerate() {
        // A few frames each way first.
        let after = Duration::from_millis(150);
        stage.gateway.misbehave(Misbehave::in_call(after, act));
        stage.start_call("#call").await?;
        stage.gateway.misbehave(Misbehave::default());
        let error = stage.error(number + 1, code).await?;
        let message = error.message();
        ensure!(message.contains(says), "{says:?} is not in {error:?}");
        ensure!(says_what_to_do(message), "no advice in {error:?}");
        stage.event(END, number + 1, SOON).await?;
        stage.released(number + 1).await?;
    }
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    let mut wanted = [START, ERROR, END].repeat(calls);
    wanted.extend([START, END]);
    ensure!(kinds == wanted, "{kinds:?}");
    let unheard = stage.events().await?.into_iter().find(|e| !e.on_document);
    ensure!(unheard.is_none(), "not heard on document: {unheard:?}");
    Ok(())
}

fn says_what_to_do(message: &str) -> bool {
    ["ry again", "heck", "End it"]
        .iter()
        .any(|advice| message.contains(advice))
}

#[holds("2.error-then-end", "3.network-lost", "4.release-silent")]
async fn a_gateway_killed_in_mid_call_is_network_and_then_an_end(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    stage.gateway.kill();
    let error = stage.error(1, "network").await?;
    ensure!(says_what_to_do(error.message()), "no advice in {error:?}");
    let end = stage.event(END, 1, SOON).await?;
    ensure!(end.detail["durationMs"].is_u64(), "{end:?}");
    stage.state("#call", "error").await?;
    // There is nothing to call any more; the button tries, and says so.
    stage.fail_call("#call", "network").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, ERROR, END, ERROR], "{kinds:?}");
    Ok(())
}

/// How many of [`nonsense`] are no frame at all, audio without sound, or words of nobody.
const MALFORMED: usize = 18;

/// Frames that are not wire version 1, or not of our time.
fn nonsense() -> Vec<Act> {
    let texts = [
        "",
        "null",
        "[]",
        "{}",
        "not json at all",
        "{\"type\":",
        r#"{"type":7}"#,
        r#"{"type":null,"data":"AAAA"}"#,
        r#"{"type":"applause","volume":11}"#,
        r#"{"type":"audio"}"#,
        r#"{"type":"audio","data":"***"}"#,
        r#"{"type":"audio","data":17}"#,
        r#"{"type":"audio","data":""}"#,
        r#"{"type":"transcript","role":"parrot","text":{},"seq":-1}"#,
        "{\"type\":\"audio\",\"data\":\"\\ud800\"}",
        "\u{0}\u{1}\u{feff}",
    ];
    let deep = "[".repeat(60_000);
    let long = format!(r#"{{"type":"song","verse":"{}"}}"#, "la".repeat(400_000));
    let mut acts: Vec<_> = texts.iter().map(|&t| Act::Text(t.to_owned())).collect();
    // A good frame, and longer than four MiB: who read it would end the call.
    let too_long = format!(r#"{{"type":"end_call"{}}}"#, " ".repeat(4 << 20));
    acts.extend([Act::Text(deep), Act::Text(long), Act::Text(too_long)]);
    acts.extend([Act::Binary(Vec::new()), Act::Binary(vec![0xff; 960])]);
    acts
}

/// The gateway's beat: on each comes some nonsense, and four frames of speech.
const TICK: Duration = Duration::from_millis(20);
const FRAME_EVERY: Duration = Duration::from_millis(5);

const FRAME_SAMPLES: usize = 480;
/// A second and a half of speech.
const FRAMES: usize = 75;

fn greeting() -> Vec<i16> {
    let mut greeting = speech::greeting();
    greeting.truncate(FRAMES * FRAME_SAMPLES);
    greeting
}

fn audio_frame(samples: &[i16]) -> Act {
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    Act::Text(json!({ "type": "audio", "data": STANDARD.encode(bytes) }).to_string())
}

/// Waits until not a piece of the greeting is missing in what was heard; how soon it is heard is `call.rs`'s matter.
async fn greeting_is_heard(stage: &Stage) -> Result<(), Failure> {
    // The microphone has the same clock: until then there is nothing to look for.
    stage.heard_at_gateway(0, FRAMES).await?;
    let greeting = sound::from_pcm(&greeting());
    let due = Instant::now() + SOON;
    loop {
        let heard = stage.heard().await?;
        let heard = heard.last().ok_or("no context")?;
        let reference = sound::resample(&greeting, 24_000, heard.rate);
        let followed = sound::follow(&reference, &heard.samples, heard.rate);
        // A page that makes the sound itself breaks off for a block of 46 ms where it is late.
        let may_be_lost = match stage.engine.without {
            Without::Worklet => followed.delays.len() / 4,
            _ => 0,
        };
        if !followed.delays.is_empty() && followed.lost() <= may_be_lost {
            return Ok(());
        }
        ensure!(
            Instant::now() < due,
            "{} pieces were lost: {followed:?}",
            followed.lost()
        );
        tokio::time::sleep(10 * TICK).await;
    }
}

#[holds("5.malformed-dropped", "5.four-mib")]
async fn nonsense_from_the_server_never_ends_a_call(stage: &mut Stage) -> Result<(), Failure> {
    // Also what is right in itself and comes at the wrong time.
    let mut before_started = nonsense();
    before_started.extend(
        [
            r#"{"type":"audio","data":"AAAAAAAA"}"#,
            r#"{"type":"clear"}"#,
            r#"{"type":"agent_ending"}"#,
        ]
        .map(|text| Act::Text(text.to_owned())),
    );
    let mut in_call: Vec<_> = nonsense()
        .into_iter()
        .zip(0..)
        .map(|(act, n)| (n * TICK, act))
        .collect();
    let again = Act::Text(r#"{"type":"started","callId":"again"}"#.to_owned());
    in_call.push((5 * TICK, again));
    stage.gateway.misbehave(Misbehave {
        before_started,
        in_call,
        ..Misbehave::default()
    });
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    greeting_is_heard(stage).await?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    // Before the start and after it; told with the release. A handle of our own: the host is only marked up.
    let counted = format!(
        "(() => {{
           const handle = Vocadesk.mount(document.createElement('p'), {{ embedId: 'emb_none' }});
           const {{ malformed, dropped, underruns }} = handle.diagnostics();
           handle.destroy();
           return malformed === {} && Number.isInteger(dropped) && Number.isInteger(underruns);
         }})()",
        2 * MALFORMED
    );
    stage.until(&counted, SOON).await?;
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}
