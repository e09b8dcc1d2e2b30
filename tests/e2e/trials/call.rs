//! One good call, from the click to the hang-up: what each side hears, and what the page sees of it.

use holds::holds;
use std::collections::BTreeSet;
use std::time::Duration;

use crate::trial::{ANYTHING, Trial, trial};
use gateway::{Call, EndedBy, Record};
use support::arrivals::{self, FRAME_SECS};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::sound;
use support::speech::{came_through, was_heard};
use support::stage::{Setting, Stage, data, speaks_after};
use support::visitor::{END, SOON, START};

/// The wire's.
const RATE_HZ: u32 = 24_000;
const FRAME_BYTES: usize = 960;
const FRAME_SAMPLES: usize = 480;

/// From when the microphone is opened: as long as the greeting, and as a page on a busy machine may take to start after
/// that.
const SPEAKS_AFTER_SECS: f64 = 5.5;

/// One second: what a page on a busy machine may take to start.
const STARTED_FRAMES: usize = 50;

/// Clocks that tell whole milliseconds, each in its own way.
const CLOCKS_MS: f64 = 5.0;

pub fn trials() -> Vec<Trial> {
    // The greeting takes 4.2 s, and a visitor who talks over it would interrupt it. The sentence has no pause of a tenth
    // of a second: after three it is over.
    let polite = Setting::microphone(speaks_after(SPEAKS_AFTER_SECS)).config(|mut config| {
        config.agent.parrot.pause_ms = 300;
        config
    });
    vec![
        trial!(what_the_agent_says_is_heard_in_front_of_the_speaker, polite)
            .also_without(ANYTHING)
            .listens("pauses <= 0.5 s and no lost piece in real-time sound"),
        trial!(a_call_is_one_start_one_end_of_the_gateways_length_and_one_release)
            .also_without(ANYTHING),
        trial!(calls_follow_one_another_on_one_button_and_on_others),
    ]
}

/// The visitor's sentence arrives whole, in fifty frames a second, and comes back.
#[holds(
    "5.server-audio",
    "5.text-json",
    "5.audio-format",
    "5.client-audio",
    "5.version-1-server"
)]
async fn what_the_agent_says_is_heard_in_front_of_the_speaker(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::with_raw_microphone()).await?;
    stage.start_call("#call").await?;
    // Greeting, the visitor's words, the same said back; then most of a second without a frame: the parrot
    // is 200 ms ahead, so all of it was played by then.
    let said_back = |r: &Record| {
        let call = r.calls.first()?;
        let (answer, last) = (call.transcripts.get(2)?, call.sent.last()?);
        (last.at > answer.at && last.at.elapsed() > Duration::from_millis(800)).then_some(())
    };
    let deadline = Duration::from_secs(30);
    let answered = stage
        .gateway
        .wait_for("the parrot's answer", deadline, said_back);
    answered.await?;
    let heard = stage.heard().await?;
    let [heard] = heard.as_slice() else {
        return Err(Failure(format!("{} contexts, not one", heard.len())));
    };
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(
        call.clears.is_empty(),
        "the parrot was interrupted by its own echo"
    );
    let (_, sentence) = sound::read_wav(&data("speech/visitor.wav"))?;
    the_sentence_arrived(stage, &call, &sentence).await?;

    let sent = sound::from_pcm(&call.sent_samples());
    let (_, greeting) = sound::read_wav(&data("speech/greeting.wav"))?;
    let (greeting, answer) = sent.split_at(greeting.len().next_multiple_of(FRAME_SAMPLES));
    for (what, said) in [("greeting", greeting), ("answer", answer)] {
        let said = sound::resample(said, RATE_HZ, heard.rate);
        let followed = sound::follow(&said, &heard.samples, heard.rate);
        was_heard(stage.engine, &followed)
            .map_err(|Failure(why)| Failure(format!("{what}: {why}")))?;
    }
    came_through(stage.engine, &sentence, answer, RATE_HZ)
        .map_err(|Failure(why)| Failure(format!("the sentence in the answer: {why}")))
}

async fn the_sentence_arrived(stage: &Stage, call: &Call, sentence: &[f32]) -> Result<(), Failure> {
    let arrived = sound::from_pcm(&call.mic_samples());
    came_through(stage.engine, sentence, &arrived, RATE_HZ)?;
    let odd = call.mic.iter().filter(|f| f.bytes != FRAME_BYTES).count();
    ensure!(odd == 0, "{odd} frames are not {FRAME_BYTES} bytes long");
    ensure!(
        call.malformed == 0,
        "{} frames are not wire version 1",
        call.malformed
    );
    // Not from the first on: what waited for a page that was busy with the start comes at once.
    let steady = &call.mic[STARTED_FRAMES..];
    let seconds = steady.len() as f64 * FRAME_SECS + arrivals::behind(steady);
    let rate = steady.len() as f64 / seconds;
    ensure!((rate - 50.0).abs() <= 1.0, "{rate:.2} frames a second");
    let cleaned =
        "['echoCancellation', 'noiseSuppression', 'autoGainControl'].every((k) => __asked[k])";
    stage.until(cleaned, SOON).await.map(drop)
}

#[holds(
    "1.snippet",
    "2.start",
    "2.end",
    "2.one-end",
    "4.tokens-request",
    "4.credentials-omit",
    "4.release-once",
    "5.client-stop",
    "5b.without-field"
)]
async fn a_call_is_one_start_one_end_of_the_gateways_length_and_one_release(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    let start = stage.start_call("#call").await?;
    ensure!(start.detail.is_null(), "detail of start: {}", start.detail);
    stage.heard_at_gateway(0, 25).await?;
    let clicked = "addEventListener('click', () => { window.clicked = performance.now(); }, true)";
    stage.run(clicked).await?;
    let end = stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(
        call.ended_by == Some(EndedBy::Stop),
        "ended by {:?}",
        call.ended_by
    );
    let page_ms = end.detail["durationMs"].as_u64();
    let page_ms = page_ms.ok_or(format!("detail of end: {}", end.detail))? as f64;
    // `started` left the gateway before it reached the page, and `stop` came there after it was sent: so much for the
    // most. For the least: the click was after the call's start was told.
    let most_ms = call.duration().unwrap_or_default().as_secs_f64() * 1e3;
    let clicked = stage.run("return clicked").await?;
    let least_ms = clicked.as_f64().ok_or("no click")? - start.at;
    ensure!(
        least_ms - CLOCKS_MS <= page_ms && page_ms <= most_ms + CLOCKS_MS,
        "{page_ms} ms for the page; {least_ms:.1} ms from its start to the click, {most_ms:.1} ms for the gateway"
    );
    stage.released(1).await?;
    // Another call, so that whatever the first still had to say has been said.
    stage.good_call("#call").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END, START, END], "{kinds:?}");
    let record = stage.gateway.record();
    ensure!(
        record.tokens.len() == 2 && record.releases.len() == 2,
        "{} tokens, {} releases",
        record.tokens.len(),
        record.releases.len()
    );
    Ok(())
}

#[holds("1.option-embed-id", "4.release-request", "4.browser-id")]
async fn calls_follow_one_another_on_one_button_and_on_others(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let buttons =
        button("call", "emb_demo") + &button("same", "emb_demo") + &button("other", "emb_echo");
    stage.open(&Page::default().body(buttons)).await?;
    for button in ["#call", "#call", "#other", "#same", "#call"] {
        stage.good_call(button).await?;
    }
    let record = stage.gateway.record();
    let embeds: Vec<_> = record.calls.iter().map(|c| c.embed.as_str()).collect();
    ensure!(
        embeds == ["emb_demo", "emb_demo", "emb_echo", "emb_demo", "emb_demo"],
        "{embeds:?}"
    );
    let visitors: BTreeSet<_> = record.calls.iter().map(|c| &c.browser).collect();
    ensure!(
        visitors.len() == 1,
        "one browser with {} ids",
        visitors.len()
    );
    Ok(())
}
