//! Wire version 2, `resume`: a call outlives its socket, and nothing in it is lost or comes twice.

use std::time::Duration;

use serde_json::json;

use crate::caller::{Caller, Heard};
use crate::visitor::{SOON, Visitor, start, token, with_silent};
use gateway::agent::AgentKind;
use gateway::config::{Deadlines, Embed, Feature};
use gateway::{Act, Call, Config, EndedBy, Gateway, Loss, Record};

pub fn resumable(shorten: impl FnOnce(&mut Deadlines)) -> Config {
    let mut config = with_silent().features(&Feature::ALL);
    shorten(&mut config.deadlines);
    config
}

pub async fn until_call<T>(gateway: &Gateway, what: &str, find: impl Fn(&Call) -> Option<T>) -> T {
    let of_first = |r: &Record| find(r.calls.first()?);
    gateway.wait_for(what, SOON, of_first).await.unwrap()
}

pub async fn heard(gateway: &Gateway, frames: usize) {
    until_call(gateway, "the frames", |c| {
        (c.mic.len() == frames).then_some(())
    })
    .await;
}

pub async fn lost(gateway: &Gateway, times: usize) {
    until_call(gateway, "the loss", |c| {
        (c.line.lost.len() == times).then_some(())
    })
    .await;
}

pub async fn ended_by(gateway: &Gateway) -> EndedBy {
    until_call(gateway, "the end", |c| c.ended_by).await
}

/// A frame that no other is like.
pub fn frame(number: i16) -> Vec<i16> {
    vec![number; 480]
}

#[tokio::test]
async fn a_call_goes_on_after_each_way_to_lose_a_line() {
    for loss in [Loss::Fin, Loss::Reset, Loss::Close(1012)] {
        let gateway = start(resumable(|_| {})).await;
        let mut caller = Caller::resumable(&gateway, "emb_echo").await;
        caller.speak(&frame(1)).await;
        assert_eq!(caller.next().await, Heard::Audio(frame(1)));
        gateway.act(Act::Lose(loss));
        let end = caller.rest().await;
        let seen = match loss {
            Loss::Fin | Loss::Reset => Heard::Lost,
            Loss::Close(code) => Heard::Closed(code),
        };
        assert_eq!(end, (vec![], seen), "{loss:?}");
        lost(&gateway, 1).await;
        // Said while there is no line.
        caller.keep(&frame(2));
        assert_eq!(caller.resume(&gateway).await, 1);
        caller.speak(&frame(3)).await;
        assert_eq!(caller.next().await, Heard::Audio(frame(2)));
        assert_eq!(caller.next().await, Heard::Audio(frame(3)));
        caller.stop().await;
        assert_eq!(caller.next().await, Heard::Closed(1000));
        assert_eq!(ended_by(&gateway).await, EndedBy::Stop);
        let calls = gateway.record().calls;
        assert_eq!(calls.len(), 1);
        let mic: Vec<_> = calls[0].mic.iter().map(|f| f.samples[0]).collect();
        assert_eq!(mic, [1, 2, 3]);
        assert_eq!((calls[0].malformed, calls[0].line.duplicates), (0, 0));
        // The place is free again.
        token(&gateway, "emb_echo").await;
    }
}

#[tokio::test]
async fn a_client_that_closes_or_goes_comes_back() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    for (nth, code) in [1001, 3000].into_iter().enumerate() {
        caller.line.close(code).await;
        lost(&gateway, nth + 1).await;
        caller.resume(&gateway).await;
    }
    let gone = std::mem::replace(
        &mut caller.line,
        Visitor::connect(&gateway, "", "x").await.unwrap(),
    );
    drop(gone);
    lost(&gateway, 3).await;
    caller.resume(&gateway).await;
    // 1000 says that the call is over.
    caller.line.close(1000).await;
    assert_eq!(ended_by(&gateway).await, EndedBy::Closed);
}

#[tokio::test]
async fn what_was_on_its_way_when_the_line_went_comes_once() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    for n in 1..=10 {
        caller.speak(&frame(n)).await;
    }
    heard(&gateway, 10).await;
    // Not one of its answers was read, and they are gone with the socket.
    caller.line = caller.knock(&gateway).await.0;
    caller.received = 0;
    for n in 1..=10 {
        assert_eq!(caller.next().await, Heard::Audio(frame(n)));
    }
    let sent = gateway.record().calls[0].sent.clone();
    assert_eq!(sent.len(), 10);
}

#[tokio::test]
async fn the_agent_waits_while_the_line_is_lost() {
    let config = resumable(|_| {}).embed(Embed::new("emb_metronome", AgentKind::Metronome));
    let gateway = start(config).await;
    let mut caller = Caller::resumable(&gateway, "emb_metronome").await;
    caller.next().await;
    gateway.act(Act::Lose(Loss::Reset));
    lost(&gateway, 1).await;
    let outage = Duration::from_secs(2);
    tokio::time::sleep(outage).await;
    caller.resume(&gateway).await;
    caller.next().await;
    gateway.shutdown().await;
    let call = gateway.record().calls[0].clone();
    let away = call.line.resumed[0].at - call.line.lost[0];
    assert!(away >= outage);
    // It says a frame for each 20 ms that have passed for it, and its first at once.
    let most = (call.duration().unwrap() - away).as_millis() / 20 + 1;
    let said = call.sent.len() as u128;
    assert!(said <= most, "{said} frames, of {most} at most");
}

#[tokio::test]
async fn what_ends_a_call_is_sent_again_too() {
    let mut config = resumable(|_| {}).embed(Embed::new("emb_burst", AgentKind::Burst));
    config.agent.burst = vec![7; 4_800];
    let gateway = start(config).await;
    let mut caller = Caller::resumable(&gateway, "emb_burst").await;
    until_call(&gateway, "the end", |c| c.end_call).await;
    caller.resume(&gateway).await;
    for _ in 0..10 {
        assert_eq!(caller.next().await, Heard::Audio(frame(7)));
    }
    let end = json!({ "type": "end_call", "n": 11 });
    assert_eq!(caller.next().await, Heard::Frame(end));
    // Who has it may lose the line and say goodbye on the next.
    caller.line.close(1001).await;
    lost(&gateway, 1).await;
    caller.resume(&gateway).await;
    caller.stop().await;
    assert_eq!(ended_by(&gateway).await, EndedBy::Agent);
}

#[tokio::test]
async fn how_late_the_voice_is_stands_in_the_record() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    gateway.act(Act::Lose(Loss::Fin));
    caller.rest().await;
    caller.resume_silently(&gateway).await;
    caller
        .line
        .send(json!({ "type": "late", "ms": 1_234 }))
        .await;
    let late = |c: &Call| c.line.resumed.first()?.late_ms;
    assert_eq!(until_call(&gateway, "late", late).await, 1_234);
}
