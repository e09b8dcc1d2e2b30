//! Calls that are handed on to an agent at a URL: what goes through, and in which order it ends.

use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::caller::{Caller, Heard, binary, read_binary};
use crate::far_agent::{EMBED, FarAgent, started};
use crate::visitor::{Got, SOON, Visitor};
use gateway::config::Feature;
use gateway::{Call, Config, EndedBy, Gateway, Record};

async fn ended(gateway: &Gateway) -> Call {
    let over = |record: &Record| {
        let call = record.calls.last()?;
        call.ended.is_some().then(|| call.clone())
    };
    let call = gateway.wait_for("the call's end", SOON, over).await;
    call.expect("it ends")
}

#[tokio::test]
async fn a_call_is_handed_on_both_ways() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let mut visitor = Visitor::call(&gateway, EMBED).await;
    let mut call = far.accept().await;
    let start = call.until("start").await;
    assert_eq!(start["agentId"], "");
    assert!(start["promptOverride"].is_null());
    assert_eq!(start["callId"], gateway.record().calls[0].id.as_str());
    call.send(started()).await;
    // The call has the gateway's id, and no features that were not offered.
    let said = visitor.until("started").await;
    assert_eq!(said["callId"], gateway.record().calls[0].id.as_str());
    assert!(said.get("features").is_none());

    visitor.speak(&[7; 480]).await;
    assert_eq!(Got::Frame(call.until("audio").await).samples(), [7; 480]);
    let words = json!({ "type": "transcript", "role": "user", "text": "When", "seq": 3 });
    let grown = json!({ "type": "transcript", "role": "user", "text": "When are you", "seq": 3 });
    let later = json!({ "type": "of_a_later_wire", "member": [1] });
    for frame in [
        &words,
        &grown,
        &later,
        &json!({ "type": "clear", "n": 9 }),
        &json!({ "type": "agent_ending" }),
    ] {
        call.send(frame.clone()).await;
    }
    call.say(&[5; 333]).await;
    call.send(json!({ "type": "end_call" })).await;
    assert_eq!(visitor.next().await, Got::Frame(words));
    assert_eq!(visitor.next().await, Got::Frame(grown));
    assert_eq!(visitor.next().await, Got::Frame(later));
    assert_eq!(visitor.next().await, Got::Frame(json!({ "type": "clear" })));
    assert_eq!(visitor.until("audio").await["n"], json!(null));
    visitor.until("end_call").await;
    visitor.send(json!({ "type": "stop" })).await;
    call.until("stop").await;
    call.close(1000).await;
    assert_eq!(visitor.end().await, Got::Closed(1000));
    let call = ended(&gateway).await;
    assert_eq!(call.ended_by, Some(EndedBy::Agent));
    assert_eq!(call.sent_samples(), [5; 333]);
    assert_eq!(call.transcripts[1].text, "When are you");
    assert_eq!(call.agent_faults, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_said_before_the_visitor_has_heard_started_waits_for_that() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let mut visitor = Visitor::call(&gateway, EMBED).await;
    let mut call = far.accept().await;
    call.send(started()).await;
    call.say(&[4; 480]).await;
    let kinds = [visitor.next().await, visitor.next().await];
    assert_eq!(
        kinds.each_ref().map(|got| got.kind().to_owned()),
        ["started", "audio"]
    );
}

#[tokio::test]
async fn an_agent_of_wire_1_gets_text_whatever_the_visitor_sends() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default().features(&Feature::ALL)).await;
    let calls = Caller::call(&gateway, EMBED, &["resume", "binary"]);
    let answers = async {
        let mut call = far.accept().await;
        call.until("start").await;
        call.send(started()).await;
        call
    };
    let (mut caller, mut call) = tokio::join!(calls, answers);
    caller.speak(&[9; 480]).await;
    let heard = call.until("audio").await;
    assert!(heard.get("n").is_none());
    assert_eq!(Got::Frame(heard).samples(), [9; 480]);
    call.say(&[8; 480]).await;
    assert_eq!(caller.next().await, Heard::Audio(vec![8; 480]));
}

#[tokio::test]
async fn an_agent_that_takes_binary_frames_gets_them() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let takes = json!({ "type": "started", "features": ["binary"] });
    let (mut visitor, mut call) = far.call(&gateway, takes).await;
    visitor.speak(&[9; 480]).await;
    let Got::Binary(bytes) = call.next().await else {
        panic!("not binary");
    };
    assert_eq!(read_binary(&bytes), (0, vec![9; 480]));
    call.send_raw(Message::binary(binary(1, 0, &[6; 480])))
        .await;
    let heard = Got::Frame(visitor.until("audio").await);
    assert_eq!(heard.samples(), [6; 480]);
}

#[tokio::test]
async fn what_the_agent_says_while_the_line_is_lost_is_heard_once_it_is_back() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default().features(&Feature::ALL)).await;
    let calls = Caller::resumable(&gateway, EMBED);
    let answers = async {
        let mut call = far.accept().await;
        call.send(started()).await;
        call
    };
    let (mut caller, mut call) = tokio::join!(calls, answers);
    gateway.act(gateway::Act::Lose(gateway::Loss::Reset));
    let lost = |record: &Record| (!record.calls[0].line.lost.is_empty()).then_some(());
    gateway.wait_for("the loss", SOON, lost).await.unwrap();
    caller.keep(&[3; 480]);
    for n in 1..=20 {
        call.say(&[n; 480]).await;
    }
    call.send(json!({ "type": "clear" })).await;
    call.say(&[30; 480]).await;
    // Nothing of it ends or loses the call meanwhile.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(gateway.record().calls[0].ended.is_none());
    caller.resume(&gateway).await;
    for n in 1..=20 {
        assert_eq!(caller.next().await, Heard::Audio(vec![n; 480]));
    }
    let clear = caller.next().await;
    assert!(matches!(&clear, Heard::Frame(frame) if frame["type"] == "clear"));
    assert_eq!(caller.next().await, Heard::Audio(vec![30; 480]));
    // And what the visitor said meanwhile is heard there.
    let heard = Got::Frame(call.until("audio").await);
    assert_eq!(heard.samples(), [3; 480]);
}

#[tokio::test]
async fn an_agent_that_closes_with_1000_has_said_goodbye() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, mut call) = far.call(&gateway, started()).await;
    call.say(&[4; 480]).await;
    call.close(1000).await;
    visitor.until("audio").await;
    visitor.until("end_call").await;
    visitor.send(json!({ "type": "stop" })).await;
    assert_eq!(visitor.end().await, Got::Closed(1000));
    assert_eq!(ended(&gateway).await.ended_by, Some(EndedBy::Agent));
}

#[tokio::test]
async fn a_visitor_who_hangs_up_is_told_to_the_agent() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut visitor, mut call) = far.call(&gateway, started()).await;
    visitor.send(json!({ "type": "stop" })).await;
    assert_eq!(visitor.end().await, Got::Closed(1000));
    call.until("stop").await;
    call.close(1000).await;
    assert_eq!(ended(&gateway).await.agent_faults, Vec::<String>::new());
}

#[tokio::test]
async fn so_is_one_who_is_lost() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (visitor, mut call) = far.call(&gateway, started()).await;
    drop(visitor);
    call.until("stop").await;
    assert_eq!(ended(&gateway).await.ended_by, Some(EndedBy::Lost));
}

#[tokio::test]
async fn two_calls_at_once_are_two_connections() {
    let far = FarAgent::listen().await;
    let gateway = far.gateway(Config::default()).await;
    let (mut one, mut its) = far.call(&gateway, started()).await;
    let reply = crate::visitor::ask(
        &gateway,
        &gateway.site_url(),
        &crate::visitor::ids(EMBED, "another-browser"),
    )
    .await;
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    let connected = Visitor::connect(&gateway, &gateway.site_url(), &token).await;
    let mut other = connected.unwrap();
    other.send(json!({ "type": "start" })).await;
    let mut others = far.accept().await;
    others.send(started()).await;
    other.until("started").await;
    its.say(&[1; 480]).await;
    others.say(&[2; 480]).await;
    assert_eq!(Got::Frame(one.until("audio").await).samples(), [1; 480]);
    assert_eq!(Got::Frame(other.until("audio").await).samples(), [2; 480]);
}
