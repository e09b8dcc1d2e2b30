//! A conversation with the parrot, in real time over a real socket.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::visitor::{Got, Visitor, start};
use gateway::agent::speech;
use gateway::{Call, Config, EndedBy, Gateway, Record};

/// Longer than any conversation here.
const LONG: Duration = Duration::from_secs(60);

/// Speaks a frame each 20 ms, as a microphone does, and listens meanwhile; stops when `done` says so.
async fn converse(
    visitor: &mut Visitor,
    speech: &[i16],
    mut done: impl FnMut(&Got) -> bool,
) -> Vec<(Instant, Got)> {
    let mut beat = interval(Duration::from_millis(20));
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut frames = speech.chunks_exact(480);
    let mut heard = Vec::new();
    let talk = async {
        loop {
            tokio::select! {
                _ = beat.tick() => visitor.speak(frames.next().unwrap_or(&[0; 480])).await,
                got = visitor.next() => {
                    let enough = done(&got);
                    heard.push((Instant::now(), got));
                    if enough {
                        return;
                    }
                }
            }
        }
    };
    let finished = timeout(LONG, talk).await;
    let kinds: Vec<_> = heard.iter().map(|(_, got)| got.kind().to_owned()).collect();
    finished.unwrap_or_else(|_| panic!("the conversation hung after {kinds:?}"));
    heard
}

fn samples(heard: &[(Instant, Got)]) -> Vec<i16> {
    let audio = heard.iter().filter(|(_, got)| got.kind() == "audio");
    audio.flat_map(|(_, got)| got.samples()).collect()
}

/// The best normalised correlation of `words` within `heard`, at frame alignment: the parrot says back
/// whole frames.
fn correlation(words: &[i16], heard: &[i16]) -> f64 {
    let product = |a: &[i16], b: &[i16]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(&x, &y)| f64::from(x) * f64::from(y))
            .sum()
    };
    let power = product(words, words);
    (0..heard.len())
        .step_by(480)
        .map(|shift| {
            let part = &heard[shift..(shift + words.len()).min(heard.len())];
            product(words, part) / (power * product(part, part)).sqrt().max(1.0)
        })
        .fold(0.0, f64::max)
}

async fn ended(gateway: &Gateway) -> Call {
    let ended = |r: &Record| r.calls.first().filter(|c| c.ended.is_some()).cloned();
    gateway
        .wait_for("the call's end", LONG, ended)
        .await
        .unwrap()
}

#[tokio::test]
async fn it_says_back_what_it_heard_with_transcripts_of_both_sides() {
    let gateway = start(Config::default().no_greeting()).await;
    let mut visitor = Visitor::call(&gateway, "emb_demo").await;
    visitor.until("started").await;
    let words = speech::visitor();
    let spoken = [&[0; 24_000][..], &words].concat();
    let mut frames = 0;
    let heard = converse(&mut visitor, &spoken, |got| {
        frames += usize::from(got.kind() == "audio");
        // The pre-roll of 10 frames comes first.
        frames * 480 >= words.len() + 12 * 480
    })
    .await;
    // Frame by frame the very same samples; less only where the sentence fills no whole frame.
    let likeness = correlation(&words, &samples(&heard));
    assert!(likeness >= 0.99, "correlation {likeness}");

    let transcripts: Vec<_> = heard
        .iter()
        .filter(|(_, got)| got.kind() == "transcript")
        .collect();
    let Got::Frame(user) = &transcripts[0].1 else {
        panic!()
    };
    let Got::Frame(parrot) = &transcripts[1].1 else {
        panic!()
    };
    assert_eq!(
        (&user["role"], &parrot["role"]),
        (&json!("user"), &json!("assistant"))
    );
    assert!(user["seq"].as_u64() < parrot["seq"].as_u64());
    assert_eq!(user["text"], parrot["text"]);
    let text = user["text"].as_str().unwrap();
    assert!(text.starts_with("… (3.") && text.ends_with(" s)"), "{text}");
    assert_eq!(gateway.record().calls[0].clears.len(), 0);
}

#[tokio::test]
async fn it_greets_no_faster_than_its_lead_allows() {
    let gateway = start(Config::default()).await;
    // Before the agent's clock began. `started` is noted after that, on a busy machine much later.
    let called = Instant::now();
    let mut visitor = Visitor::call(&gateway, "emb_demo").await;
    visitor.until("started").await;
    let greeting = speech::greeting();
    let mut frames = 0;
    let heard = converse(&mut visitor, &[], |got| {
        frames += usize::from(got.kind() == "audio");
        frames * 480 >= greeting.len()
    })
    .await;
    assert!(samples(&heard).starts_with(&greeting));
    let length = Duration::from_secs_f64(greeting.len() as f64 / 24_000.0);
    // By the gateway's own clock: when it comes to us is the machine's doing.
    let call = gateway.record().calls[0].clone();
    let last = call.sent[greeting.len().div_ceil(480) - 1].at - called;
    // Ahead by the lead of 200 ms, and two frames for rounding.
    let lead = Duration::from_millis(240);
    assert!(last + lead >= length, "{last:?}");
    // At once: within a second of what this visitor says.
    let before = call.mic.iter().filter(|frame| frame.at < call.sent[0].at);
    let before = before.count();
    assert!(before < 50, "{before} frames before it");
}

#[tokio::test]
async fn talked_over_it_stops_at_once_and_then_answers() {
    let gateway = start(Config::default()).await;
    let mut visitor = Visitor::call(&gateway, "emb_demo").await;
    visitor.until("started").await;
    let words = speech::visitor();
    let spoken = [&[0; 24_000][..], &words].concat();
    let heard = converse(&mut visitor, &spoken, |got| got.kind() == "clear").await;
    // By what it had heard by then: one second of silence, 200 ms of voice, 60 ms of onset, and what this visitor
    // says before it gets to read.
    let call = gateway.record().calls[0].clone();
    let before = call.mic.iter().filter(|frame| frame.at <= call.clears[0]);
    let before = before.count();
    assert!(before < 50 + 75, "clear came after {before} frames");
    assert!(samples(&heard).len() < speech::greeting().len());
    // It hears the sentence out, silent, and then says it back.
    let said = gateway.record().calls[0].mic.len() * 480;
    let rest = &spoken[said.min(spoken.len())..];
    let mut silent_until_transcript = true;
    let mut seen = false;
    converse(&mut visitor, rest, |got| {
        seen |= got.kind() == "transcript";
        silent_until_transcript &= seen || got.kind() != "audio";
        seen && got.kind() == "audio"
    })
    .await;
    assert!(silent_until_transcript);
    assert_eq!(gateway.record().calls[0].clears.len(), 1);
}

#[tokio::test]
async fn after_silence_it_says_goodbye_and_ends_the_call() {
    let gateway = start(Config::default().no_greeting().silence_secs(1.0)).await;
    let called = Instant::now();
    let mut visitor = Visitor::call(&gateway, "emb_demo").await;
    visitor.until("started").await;
    let heard = converse(&mut visitor, &[], |got| got.kind() == "end_call").await;
    let kinds: Vec<_> = heard.iter().map(|(_, got)| got.kind()).collect();
    let at = |kind: &str| kinds.iter().position(|k| *k == kind).unwrap();
    assert!(at("agent_ending") < at("audio") && at("audio") < at("end_call"));
    assert!(samples(&heard).starts_with(&speech::goodbye()));
    visitor.send(json!({ "type": "stop" })).await;
    assert_eq!(visitor.end().await, Got::Closed(1000));
    let call = ended(&gateway).await;
    assert_eq!(call.ended_by, Some(EndedBy::Agent));
    let quiet = call.agent_ending.unwrap() - called;
    assert!(quiet >= Duration::from_secs(1), "{quiet:?}");
    assert_eq!(
        call.transcripts.last().unwrap().text,
        "It has become quiet. Goodbye!"
    );
}

#[tokio::test]
async fn silence_counts_from_the_end_of_the_greeting_also_when_no_microphone_frame_comes() {
    let gateway = start(Config::default().silence_secs(0.5)).await;
    let called = Instant::now();
    let mut visitor = Visitor::call(&gateway, "emb_demo").await;
    visitor.until("agent_ending").await;
    let greeting = Duration::from_secs_f64(speech::greeting().len() as f64 / 24_000.0);
    let call = gateway.record().calls[0].clone();
    let quiet = call.agent_ending.unwrap() - called;
    assert!(quiet >= greeting + Duration::from_millis(500));
}
