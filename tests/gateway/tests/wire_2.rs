//! Wire version 2 without a loss: what is offered and taken, numbers, acknowledgements, binary frames, and what a client
//! may do wrong.

use holds::holds;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::caller::{Caller, Heard, binary, read_binary, text};
use crate::resume::{ended_by, frame, heard, resumable, until_call};
use crate::visitor::{Got, Visitor, start, token, with_silent};
use gateway::agent::AgentKind;
use gateway::config::{Embed, Feature};
use gateway::{Config, EndedBy, Gateway};

async fn started(gateway: &Gateway, offered: Value) -> Value {
    let token = token(gateway, "emb_silent").await;
    let line = Visitor::connect(gateway, &gateway.site_url(), &token).await;
    let mut line = line.unwrap();
    line.send(
        json!({ "type": "start", "agentId": "", "promptOverride": null, "features": offered }),
    )
    .await;
    let started = line.until("started").await;
    line.send(json!({ "type": "stop" })).await;
    line.end().await;
    started
}

#[tokio::test]
async fn what_is_taken_is_what_is_offered_and_configured() {
    let all = start(resumable(|_| {})).await;
    for (offered, taken) in [
        (json!(["resume", "binary"]), json!(["resume", "binary"])),
        (json!(["opus", "binary", "x", 7]), json!(["binary", "opus"])),
        (json!(["opus"]), json!(["opus"])),
        (json!(["resume", "resume"]), json!(["resume"])),
        (json!([]), Value::Null),
        (json!("resume"), Value::Null),
        (json!({ "resume": true }), Value::Null),
        (Value::Null, Value::Null),
    ] {
        let started = started(&all, offered).await;
        assert_eq!(started["features"], taken);
        let resume = &started["resume"];
        assert_eq!(resume.is_object(), taken[0] == "resume");
        if resume.is_object() {
            assert_eq!(resume["graceMs"], 30_000);
            assert!(resume["token"].as_str().unwrap().len() >= 32);
        }
    }
    let binary = start(with_silent().features(&[Feature::Binary])).await;
    let started = started(&binary, json!(["resume", "binary"])).await;
    assert_eq!(started["features"], json!(["binary"]));
    assert!(started.get("resume").is_none());
}

/// All that a client sees of a call with a burst, byte for byte, apart from the call's id.
async fn version_1(config: Config, start_frame: &Value) -> Vec<String> {
    let mut config = config.embed(Embed::new("emb_burst", AgentKind::Burst));
    config.agent.burst = (0..2_400).collect();
    let gateway = start(config).await;
    let token = token(&gateway, "emb_burst").await;
    let line = Visitor::connect(&gateway, &gateway.site_url(), &token).await;
    let mut line = line.unwrap();
    line.send(start_frame.clone()).await;
    let mut texts = Vec::new();
    for _ in 0..7 {
        let message = line.next_message().await;
        texts.push(message.into_text().unwrap().to_string());
    }
    line.close(1000).await;
    let id = gateway.record().calls[0].id.clone();
    texts[0] = texts[0].replace(&id, "ID");
    texts
}

#[tokio::test]
#[holds("5b.without-field")]
async fn who_offers_nothing_or_is_given_nothing_speaks_version_1_byte_for_byte() {
    let plain = json!({ "type": "start", "agentId": "", "promptOverride": null });
    let mut offers = plain.clone();
    offers["features"] = json!(["resume", "binary"]);
    let before = version_1(Config::default(), &plain).await;
    assert_eq!(before[0], r#"{"callId":"ID","type":"started"}"#);
    assert!(
        before[1].starts_with(r#"{"data":"AAABAAIA"#)
            && before[1].ends_with(r#"","type":"audio"}"#)
    );
    assert_eq!(before[6], r#"{"type":"end_call"}"#);
    let all = Config::default().features(&Feature::ALL);
    assert_eq!(version_1(all, &plain).await, before);
    assert_eq!(version_1(Config::default(), &offers).await, before);
}

#[tokio::test]
async fn frames_of_version_2_mean_nothing_in_version_1() {
    let gateway = start(resumable(|_| {})).await;
    let mut visitor = Visitor::call(&gateway, "emb_echo").await;
    visitor.until("started").await;
    visitor.send(json!({ "type": "ping" })).await;
    visitor.send(json!({ "type": "ack", "n": 9 })).await;
    let mut frame = Visitor::audio(&[5; 480]);
    for number in [7, 7, 0] {
        frame["n"] = number.into();
        visitor.send(frame.clone()).await;
        assert_eq!(visitor.next().await.samples(), [5; 480]);
    }
    let kinds = |c: &gateway::Call| (c.mic.len() == 3).then(|| c.control.clone());
    let control = until_call(&gateway, "the frames", kinds).await;
    let kinds: Vec<_> = control.iter().map(|c| c.kind.as_str()).collect();
    assert_eq!(kinds, ["start", "ping", "ack"]);
    assert_eq!(gateway.record().calls[0].malformed, 0);
}

#[tokio::test]
async fn binary_frames_without_numbers_go_both_ways_beside_text() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::call(&gateway, "emb_echo", &["binary"]).await;
    let odd: Vec<i16> = (-7..6).collect();
    for samples in [frame(-2), odd, vec![i16::MIN, i16::MAX]] {
        for message in [
            Message::binary(binary(1, 0, &samples)),
            text(&Visitor::audio(&samples)),
        ] {
            caller.line.send_raw(message).await;
            let Got::Binary(bytes) = caller.line.next().await else {
                panic!("no binary frame");
            };
            assert_eq!(read_binary(&bytes), (0, samples.clone()));
        }
    }
    caller.line.send(json!({ "type": "stop" })).await;
    assert_eq!(caller.line.next().await, Got::Closed(1000));
    let call = gateway.record().calls[0].clone();
    assert_eq!((call.mic.len(), call.malformed), (6, 0));
    assert_eq!(call.line.features, ["binary"]);
}

#[tokio::test]
async fn numbers_run_through_text_and_binary_frames_alike() {
    for features in [&["resume"][..], &["resume", "binary"]] {
        let gateway = start(resumable(|_| {})).await;
        let mut caller = Caller::call(&gateway, "emb_echo", features).await;
        caller.speak(&frame(1)).await;
        caller.binary = false;
        caller.speak(&frame(2)).await;
        caller.sent += 1;
        caller
            .line
            .send(json!({ "type": "barge_in", "n": caller.sent }))
            .await;
        caller.binary = features.len() == 2;
        caller.speak(&frame(3)).await;
        // The caller holds the numbers of what it hears to be 1, 2, 3.
        for n in 1..=3 {
            assert_eq!(caller.next().await, Heard::Audio(frame(n)));
        }
        caller.stop().await;
        assert_eq!(caller.next().await, Heard::Closed(1000));
        let line = gateway.record().calls[0].line.clone();
        assert_eq!((line.received, line.sent, line.gaps), (5, 3, 0));
    }
}

#[tokio::test]
async fn what_arrives_is_acknowledged_at_once_after_fifty_and_else_within_a_second() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    for n in 1..=50 {
        caller.speak(&frame(n)).await;
    }
    assert_eq!(caller.line.until("ack").await["n"], 50);
    caller.speak(&frame(51)).await;
    assert_eq!(caller.line.until("ack").await["n"], 51);
}

#[tokio::test]
async fn a_gateway_that_has_nothing_to_say_pings_and_answers_pings() {
    let gateway = start(resumable(|d| d.quiet_secs = 0.2)).await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    assert_eq!(
        caller.line.next().await,
        Got::Frame(json!({ "type": "ping" }))
    );
    caller.line.send(json!({ "type": "pong" })).await;
    caller.line.send(json!({ "type": "ping" })).await;
    caller.line.until("pong").await;
    let both = |c: &gateway::Call| (c.line.pings == 1 && c.line.pongs == 1).then_some(());
    until_call(&gateway, "both", both).await;
    // Neither is a frame of the call's.
    assert_eq!(gateway.record().calls[0].control.len(), 1);
}

#[tokio::test]
async fn pongs_keep_a_line_and_no_call_in_which_nothing_is_said() {
    let gateway = start(resumable(|d| {
        d.quiet_secs = 0.1;
        d.line_secs = 5.0;
        d.silence_secs = 0.8;
    }))
    .await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    assert_eq!(caller.next().await, Heard::Closed(1008));
    assert_eq!(ended_by(&gateway).await, EndedBy::Gateway);
}

#[tokio::test]
async fn numbers_that_cannot_be_are_counted_and_end_nothing() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    let good = Visitor::audio(&frame(1));
    // Dropped, each of them.
    for number in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!("1"),
        json!(null),
        json!([1]),
        json!(4_294_967_296_u64),
    ] {
        let mut bad = good.clone();
        bad["n"] = number;
        caller.line.send(bad).await;
    }
    for bytes in [
        vec![],
        vec![1],
        vec![1, 0, 0, 0],
        binary(1, 0, &frame(1)),
        binary(2, 1, &frame(1)),
        binary(0, 1, &frame(1)),
        binary(255, 1, &frame(1)),
    ] {
        caller.line.send_raw(Message::binary(bytes)).await;
    }
    // Acknowledged: what was never sent, and no number.
    for ack in [json!(1), json!("0"), json!(null), json!(4_294_967_295_u64)] {
        caller.line.send(json!({ "type": "ack", "n": ack })).await;
    }
    caller.line.send(json!({ "type": "ack" })).await;
    caller.line.send(json!({ "type": "late" })).await;
    let counted = |c: &gateway::Call| (c.malformed == 20).then_some(c.mic.len());
    assert_eq!(until_call(&gateway, "all of it", counted).await, 0);
    // They have a number, and have arrived, but say nothing.
    caller
        .line
        .send_raw(Message::binary(binary(1, 1, &[])))
        .await;
    let mut odd = binary(1, 2, &frame(1));
    odd.push(0);
    caller.line.send_raw(Message::binary(odd)).await;
    caller.line.send(json!({ "type": "audio", "n": 3 })).await;
    let counted = |c: &gateway::Call| (c.malformed == 23).then(|| c.line.clone());
    let line = until_call(&gateway, "those too", counted).await;
    assert_eq!((line.received, line.gaps, line.duplicates), (3, 0, 0));
    caller.sent = 3;
    caller.speak(&frame(2)).await;
    heard(&gateway, 1).await;
}

#[tokio::test]
async fn a_duplicate_is_dropped_a_jump_is_taken_and_no_number_is_let_through() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    for number in [1, 2, 2, 1, 7, 3, 8, 4_294_967_295, 9] {
        let samples = frame(i16::try_from(number % 1_000).unwrap());
        let message = Message::binary(binary(1, number, &samples));
        caller.line.send_raw(message).await;
    }
    caller.line.send(Visitor::audio(&frame(99))).await;
    heard(&gateway, 6).await;
    let call = gateway.record().calls[0].clone();
    let mic: Vec<_> = call.mic.iter().map(|f| f.samples[0]).collect();
    assert_eq!(mic, [1, 2, 7, 8, 295, 99]);
    let line = call.line;
    assert_eq!((line.duplicates, line.gaps, call.malformed), (4, 2, 2));
    assert_eq!(line.received, u32::MAX);
}

#[tokio::test]
async fn a_client_that_never_acknowledges_is_given_up_when_no_more_can_be_kept() {
    let mut config = resumable(|_| {});
    config.limits.queued_frames = 100;
    let gateway = start(config).await;
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    caller.acks = false;
    for n in 1..=101 {
        caller.speak(&frame(n)).await;
    }
    assert_eq!(ended_by(&gateway).await, EndedBy::Gateway);
    assert_eq!(caller.knock(&gateway).await.1, Got::Closed(4404));
}
