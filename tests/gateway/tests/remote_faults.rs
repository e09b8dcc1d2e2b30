//! Agents at a URL that are not there, get lost, or speak what cannot be heard: the visitor is told in words, and the
//! gateway's log says what is wrong.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::far_agent::{EMBED, FarAgent, sound, started};
use crate::visitor::{Got, SOON, Visitor, start};
use gateway::agent::remote::from_agent::{read, read_binary};
use gateway::agent::remote::pace::{Finding, Pace};
use gateway::config::{AgentChoice, Embed};
use gateway::{Config, EndedBy, Gateway, Record};

/// What the visitor is told, when the call is over for the agent's sake.
async fn told(visitor: &mut Visitor) -> String {
    let error = visitor.until("error").await;
    assert_eq!(visitor.end().await, Got::Closed(1011));
    error["message"].as_str().expect("words").to_owned()
}

/// Waits for a line of the log about the agent with this in it.
async fn noted(gateway: &Gateway, words: &str) {
    let has = |record: &Record| {
        let faults = &record.calls.last()?.agent_faults;
        faults.iter().find(|f| f.contains(words)).map(|_| ())
    };
    let noted = gateway.wait_for(words, SOON, has).await;
    noted.unwrap_or_else(|why| panic!("{why}: {:?}", gateway.record().calls[0].agent_faults));
}

fn impatient() -> Config {
    let mut config = Config::default();
    config.deadlines.answer_secs = 0.3;
    config
}

#[tokio::test]
async fn an_agent_that_is_not_there_is_told_in_words() {
    let far = FarAgent::listen().await;
    let url = far.url.clone();
    drop(far);
    let embed = Embed::new(EMBED, AgentChoice::At(url));
    let gateway = start(Config::default().embed(embed)).await;
    let mut visitor = Visitor::call(&gateway, EMBED).await;
    assert_eq!(told(&mut visitor).await, "the agent cannot be reached");
    noted(&gateway, "no connection").await;
    let call = gateway.record().calls[0].clone();
    assert_eq!(call.ended_by, Some(EndedBy::AgentLost));
    assert_eq!(call.started, None);
    // The place is free again.
    let mut again = Visitor::call(&gateway, EMBED).await;
    told(&mut again).await;
}

#[tokio::test]
async fn so_is_one_that_does_not_answer() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(impatient()).await;
    let mut visitor = Visitor::call(&gateway, EMBED).await;
    let mut call = far.accept().await;
    call.until("start").await;
    assert_eq!(told(&mut visitor).await, "the agent did not take the call");
    noted(&gateway, "no `started` within 300ms").await;
}

#[tokio::test]
async fn so_is_one_that_refuses_the_call() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let mut visitor = Visitor::call(&gateway, EMBED).await;
    let mut call = far.accept().await;
    call.send(json!({ "type": "error", "message": "full house" }))
        .await;
    assert_eq!(told(&mut visitor).await, "the agent did not take the call");
    noted(&gateway, "full house").await;
}

#[tokio::test]
async fn so_is_one_that_closes_before_started() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let mut visitor = Visitor::call(&gateway, EMBED).await;
    far.accept().await.close(1000).await;
    assert_eq!(told(&mut visitor).await, "the agent did not take the call");
    noted(&gateway, "1000, \"so it is\" before `started`").await;
}

#[tokio::test]
async fn an_agent_that_is_lost_in_mid_call_is_told_in_words() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, call) = far.call(&gateway, started()).await;
    drop(call);
    let words = told(&mut visitor).await;
    assert_eq!(words, "the agent's connection was lost");
    noted(&gateway, "lost").await;
    let call = gateway.record().calls[0].clone();
    assert_eq!(call.ended_by, Some(EndedBy::AgentLost));
}

#[tokio::test]
async fn so_is_one_that_closes_with_another_code_than_1000() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, mut call) = far.call(&gateway, started()).await;
    call.close(1013).await;
    let words = told(&mut visitor).await;
    assert_eq!(words, "the agent's connection was lost");
    noted(&gateway, "1013").await;
}

#[tokio::test]
async fn an_agents_own_error_is_passed_on() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, mut call) = far.call(&gateway, started()).await;
    call.send(json!({ "type": "error", "message": "no quota left" }))
        .await;
    assert_eq!(told(&mut visitor).await, "no quota left");
}

#[tokio::test]
async fn an_agent_that_does_not_answer_stop_is_left_and_noted() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, mut call) = far.call(&gateway, started()).await;
    visitor.send(json!({ "type": "stop" })).await;
    // The visitor need not wait for it.
    assert_eq!(visitor.end().await, Got::Closed(1000));
    call.until("stop").await;
    noted(&gateway, "did not close its socket").await;
    assert_eq!(call.next().await, Got::Lost);
}

#[tokio::test]
async fn an_agent_that_reads_nothing_is_told_in_words() {
    let far = FarAgent::listen().await;
    let mut config = Config::default();
    config.deadlines.write_secs = 0.3;
    let gateway = far.gateway(config).await;
    let (mut visitor, call) = far.call(&gateway, started()).await;
    // More than the system keeps for a socket.
    let long = Message::text(Visitor::audio(&[7; 20_000]).to_string());
    for _ in 0..400 {
        if visitor.try_send(long.clone()).await.is_err() {
            break;
        }
    }
    let words = told(&mut visitor).await;
    assert_eq!(words, "the agent does not hear what is said");
    noted(&gateway, "it took nothing for 300ms").await;
    drop(call);
}

fn wav_head(hz: u32) -> Vec<u8> {
    let mut bytes = b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00".to_vec();
    bytes.extend(hz.to_le_bytes());
    bytes.extend((hz * 2).to_le_bytes());
    bytes.extend(b"\x02\x00\x10\x00data\x00\x08\x00\x00");
    bytes.extend([0; 2_048]);
    bytes
}

#[tokio::test]
async fn wav_files_are_not_played_and_are_told_in_words() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, mut call) = far.call(&gateway, started()).await;
    call.send(sound(&wav_head(22_050))).await;
    let words = told(&mut visitor).await;
    assert_eq!(
        words,
        "the agent's sound is not of the kind that can be played"
    );
    noted(&gateway, "a WAV file (22050 Hz, 1 channels)").await;
    assert_eq!(gateway.record().calls[0].sent.len(), 0);
}

#[tokio::test]
async fn an_agent_that_says_it_speaks_another_rate_is_told_in_words() {
    for frame in [
        json!({ "type": "started", "sampleRate": 16_000 }),
        json!({ "type": "started", "sample_rate": 16_000 }),
    ] {
        let far = FarAgent::listen().await;
        let gateway = far.gateway(Config::default()).await;
        let mut visitor = Visitor::call(&gateway, EMBED).await;
        far.accept().await.send(frame).await;
        told(&mut visitor).await;
        noted(&gateway, "16000 samples a second").await;
    }
}

#[tokio::test]
async fn frames_that_are_none_are_dropped_and_each_kind_is_noted_once() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, mut call) = far.call(&gateway, started()).await;
    for _ in 0..3 {
        for text in [
            "hello",
            "[]",
            r#"{"type":"audio","data":"A"}"#,
            r#"{"type":"audio"}"#,
            r#"{"type":"transcript","role":"parrot","text":"","seq":1}"#,
            r#"{"type":"pong"}"#,
        ] {
            call.send_raw(Message::text(text)).await;
        }
        call.send_raw(Message::binary(vec![1, 0, 0])).await;
    }
    call.say(&[2; 480]).await;
    let first = Got::Frame(match visitor.next().await {
        Got::Frame(frame) => frame,
        got => panic!("{got:?}"),
    });
    assert_eq!(first.samples(), [2; 480]);
    assert_eq!(gateway.record().calls[0].agent_faults.len(), 3);
}

#[test]
fn no_frame_of_an_agents_makes_the_gateway_panic() {
    proptest!(|(text in ".*", bytes in prop::collection::vec(any::<u8>(), 0..64))| {
        let _ = (read(&text), read_binary(&bytes));
        let members = format!(r#"{{"type":{text:?},"data":{text:?},"seq":-1,"n":0}}"#);
        let _ = read(&members);
    });
}

/// What is said of an agent that sends so many samples every 20 ms, for so long.
fn pace_of(samples: usize, secs: u64) -> Option<Finding> {
    let mut pace = Pace::default();
    let frames = 0..secs * 50;
    frames
        .filter_map(|n| pace.came(samples, Duration::from_millis(20 * n)))
        .last()
}

#[test]
fn a_steady_pace_tells_another_rate() {
    assert_eq!(pace_of(480, 60), None);
    assert_eq!(pace_of(320, 60), Some(Finding::OtherRate(16_000)));
    assert_eq!(pace_of(160, 60), Some(Finding::OtherRate(8_000)));
    assert_eq!(pace_of(441, 60), Some(Finding::OtherRate(22_050)));
    assert_eq!(pace_of(960, 60), Some(Finding::PerhapsOtherRate(48_000)));
    // An answer that is shorter than four seconds tells nothing.
    assert_eq!(pace_of(320, 4), None);
}

#[test]
fn a_pace_that_is_no_rate_is_only_noted_where_it_is_too_slow() {
    assert_eq!(pace_of(400, 60), Some(Finding::TooSlow(20_000)));
    // Twenty seconds in one; four times as fast; and a pause that ends what is looked at.
    assert_eq!(pace_of(480_000, 1), None);
    assert_eq!(pace_of(1_920, 60), None);
    let mut pace = Pace::default();
    let spurts = (0..500u64).map(|n| n * 20 + n / 100 * 1_000);
    let found = spurts.filter_map(|at| pace.came(480, Duration::from_millis(at)));
    assert_eq!(found.last(), None);
}

#[test]
fn an_agent_who_pauses_between_sentences_is_of_no_other_rate() {
    // Two pauses of 0.16 s: at four seconds the mean is 22,080 samples a second.
    let mut pace = Pace::default();
    let spoken = (0..1_000u64).map(|n| n * 20 + [0, 160, 320][(n / 60).min(2) as usize]);
    let found = spoken.filter_map(|at| pace.came(480, Duration::from_millis(at)));
    assert_eq!(found.last(), None);
}

#[tokio::test]
async fn an_agent_in_the_pace_of_another_rate_is_told_in_words() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, mut call) = far.call(&gateway, started()).await;
    // By the clock, so that a busy machine does not make it slower still.
    let talks = async {
        let from = tokio::time::Instant::now();
        for n in 0..400 {
            tokio::time::sleep_until(from + Duration::from_millis(20 * n)).await;
            call.say(&[2; 320]).await;
        }
    };
    let hears = told(&mut visitor);
    let words = tokio::select! {
        words = hears => words,
        () = talks => panic!("nobody minded"),
    };
    assert_eq!(
        words,
        "the agent's sound is not of the kind that can be played"
    );
    noted(&gateway, "16000 samples a second").await;
}
