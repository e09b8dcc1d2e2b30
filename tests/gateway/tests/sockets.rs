//! The call socket: contract, part 5, and the close codes.

use holds::holds;
use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::visitor::{BROWSER, Got, SOON, Visitor, ask, ids, refusal, start, token, with_silent};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use gateway::token::Claims;
use gateway::{Config, EndedBy, Record};

#[tokio::test]
async fn a_gateway_that_forgets_carries_calls_and_keeps_nothing_of_them() {
    let config = Config {
        forgets: true,
        ..Config::default()
    };
    let gateway = start(config).await;
    let mut visitor = Visitor::call(&gateway, "emb_echo").await;
    assert_eq!(visitor.next().await.kind(), "started");
    visitor.speak(&[1_000; 480]).await;
    assert_eq!(visitor.next().await.samples(), [1_000; 480]);
    visitor.send(json!({ "type": "stop" })).await;
    let ended = |r: &Record| r.calls.first().filter(|call| call.ended.is_some()).cloned();
    let call = gateway.wait_for("the end", SOON, ended).await.unwrap();
    assert_eq!(
        (call.mic.len(), call.sent.len(), call.control.len()),
        (0, 0, 0)
    );
    assert!(call.started.is_some());
    let record = gateway.record();
    assert!(record.tokens.is_empty() && record.requests.is_empty());
}

#[tokio::test]
#[holds("5.server-started", "5.unknown-ignored")]
async fn a_call_starts_is_heard_and_stops() {
    let gateway = start(with_silent()).await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    let started = visitor.until("started").await;
    let frame: Vec<i16> = (0..480).map(|n| n * 60).collect();
    visitor.speak(&frame).await;
    visitor.send(json!({ "type": "from_the_future" })).await;
    visitor.send(json!({ "type": "stop" })).await;
    assert_eq!(visitor.end().await, Got::Closed(1000));

    let ended = |r: &Record| r.calls.first().filter(|c| c.ended.is_some()).cloned();
    let call = gateway
        .wait_for("the call's end", SOON, ended)
        .await
        .unwrap();
    assert_eq!(call.id, started["callId"]);
    assert_eq!(call.ended_by, Some(EndedBy::Stop));
    assert_eq!(call.browser, BROWSER);
    assert_eq!(
        (call.mic.len(), call.mic[0].bytes, call.malformed),
        (1, 960, 0)
    );
    assert_eq!(call.mic[0].samples, frame);
    let kinds: Vec<_> = call.control.iter().map(|c| c.kind.as_str()).collect();
    assert_eq!(kinds, ["start", "from_the_future", "stop"]);
    assert!(call.duration().unwrap() < SOON);
    // The place is free again.
    token(&gateway, "emb_silent").await;
}

#[tokio::test]
#[holds("5.client-start", "5.client-barge-in")]
async fn nothing_is_answered_before_start() {
    let gateway = start(with_silent()).await;
    let token = token(&gateway, "emb_silent").await;
    let mut visitor = Visitor::connect(&gateway, &gateway.site_url(), &token)
        .await
        .unwrap();
    visitor.send(json!({ "type": "barge_in" })).await;
    let heard = |r: &Record| (r.calls.first()?.control.len() == 1).then_some(());
    gateway.wait_for("the frame", SOON, heard).await.unwrap();
    assert!(gateway.record().calls[0].started.is_none());
    visitor.send(json!({ "type": "start" })).await;
    assert_eq!(visitor.next().await.kind(), "started");
}

#[tokio::test]
async fn a_token_opens_one_socket() {
    let gateway = start(with_silent()).await;
    let site = gateway.site_url();
    let token = token(&gateway, "emb_silent").await;
    let _first = Visitor::connect(&gateway, &site, &token).await.unwrap();
    assert_eq!(refusal(&gateway, &site, &token).await, Got::Closed(4401));
}

#[tokio::test]
#[holds("3.token-failed-socket")]
async fn forged_expired_and_missing_tokens_are_closed_with_4401() {
    let gateway = start(with_silent()).await;
    let site = gateway.site_url();
    let elsewhere = start(with_silent()).await;
    let forged = token(&elsewhere, "emb_silent").await;
    let mut claims = Claims::new("emb_silent", BROWSER, &site, "silent", Duration::ZERO);
    claims.exp -= 1;
    let expired = gateway.sign(&claims);
    for bad in ["", "nonsense", &forged, &expired] {
        assert_eq!(refusal(&gateway, &site, bad).await, Got::Closed(4401));
    }
    assert_eq!(gateway.record().calls.len(), 0);
    assert_eq!(gateway.record().refusals.len(), 4);
}

#[tokio::test]
#[holds("3.token-failed-socket")]
async fn a_token_of_another_origins_page_is_closed_with_4403() {
    let gateway = start(with_silent()).await;
    let token = token(&gateway, "emb_silent").await;
    let got = refusal(&gateway, "https://evil.example", &token).await;
    assert_eq!(got, Got::Closed(4403));
}

#[tokio::test]
#[holds("3.concurrent-4409")]
async fn a_second_call_of_the_same_visitor_is_closed_with_4409() {
    let gateway = start(with_silent()).await;
    let site = gateway.site_url();
    let mut open = Visitor::call(&gateway, "emb_silent").await;
    open.until("started").await;
    let life = Duration::from_secs(60);
    let claims = Claims::new("emb_silent", BROWSER, &site, "silent", life);
    let second = gateway.sign(&claims);
    assert_eq!(refusal(&gateway, &site, &second).await, Got::Closed(4409));
    // And while it is open, no token either.
    let reply = ask(&gateway, &site, &ids("emb_silent", BROWSER)).await;
    assert_eq!(reply.error(), (409, "concurrent_call_active".to_owned()));
}

#[tokio::test]
#[holds("5.text-json", "5.malformed-dropped")]
async fn hostile_frames_are_counted_and_end_nothing() {
    let gateway = start(with_silent()).await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    let hostile = [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"audio"}"#,
        r#"{"type":"audio","data":""}"#,
        r#"{"type":"audio","data":"!"}"#,
        r#"{"type":"audio","data":"AAAA"}"#,
    ];
    for text in hostile {
        visitor.send_raw(Message::text(text)).await;
    }
    visitor.send_raw(Message::binary(vec![1, 2, 3])).await;
    visitor.speak(&[1, 2]).await;
    let counted = |r: &Record| {
        let call = r.calls.first()?;
        (call.mic.len() == 1).then_some(call.malformed)
    };
    let malformed = gateway
        .wait_for("the good frame", SOON, counted)
        .await
        .unwrap();
    assert_eq!(malformed, hostile.len() + 1);
    visitor.send(json!({ "type": "stop" })).await;
    assert_eq!(visitor.end().await, Got::Closed(1000));
}

#[tokio::test]
async fn how_a_client_leaves_is_written_down() {
    let gateway = start(with_silent()).await;
    let ended = async |calls: usize| {
        let all = |r: &Record| {
            let last = r.calls.get(calls - 1)?;
            Some((last.ended_by?, last.close_code))
        };
        gateway.wait_for("the call's end", SOON, all).await.unwrap()
    };
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    visitor.close(1001).await;
    assert_eq!(ended(1).await, (EndedBy::Closed, Some(1001)));
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    drop(visitor);
    assert_eq!(ended(2).await, (EndedBy::Lost, None));
}

#[tokio::test]
async fn an_oversized_frame_loses_the_connection_and_nothing_else() {
    let gateway = start(with_silent()).await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    visitor.send_raw(Message::text("x".repeat(200_000))).await;
    visitor.end().await;
    let lost = |r: &Record| r.calls.first()?.ended_by;
    assert_eq!(
        gateway.wait_for("the end", SOON, lost).await,
        Ok(EndedBy::Lost)
    );
    let mut next = Visitor::call(&gateway, "emb_silent").await;
    next.until("started").await;
}

#[tokio::test]
async fn the_echo_sends_each_frame_straight_back() {
    let gateway = start(Config::default()).await;
    let mut visitor = Visitor::call(&gateway, "emb_echo").await;
    visitor.until("started").await;
    for n in 0..20 {
        let frame = vec![n; 480];
        visitor.speak(&frame).await;
        assert_eq!(visitor.next().await.samples(), frame);
    }
}

#[tokio::test]
async fn a_burst_comes_whole_and_ends_the_call() {
    let samples: Vec<i16> = (0..24_000 * 30).map(|n| (n % 3000) as i16).collect();
    let mut config = Config::default().embed(Embed::new("emb_burst", AgentKind::Burst));
    config.agent.burst = samples.clone();
    let gateway = start(config).await;
    let mut visitor = Visitor::call(&gateway, "emb_burst").await;
    visitor.until("started").await;
    let mut heard = Vec::new();
    loop {
        let got = visitor.next().await;
        match got.kind() {
            "audio" => heard.extend(got.samples()),
            "end_call" => break,
            other => panic!("unexpected {other:?}"),
        }
    }
    // No assert_eq: it would print a million samples.
    assert!(heard == samples);
    visitor.close(1000).await;
    let by = |r: &Record| r.calls.first()?.ended_by;
    assert_eq!(
        gateway.wait_for("the end", SOON, by).await,
        Ok(EndedBy::Agent)
    );
}

#[tokio::test]
async fn a_client_that_does_not_read_is_heard_all_the_same() {
    let mut config = Config::default().embed(Embed::new("emb_burst", AgentKind::Burst));
    // Two minutes, 8 MB on the wire: more than the sockets of both sides hold.
    config.agent.burst = vec![1; 24_000 * 120];
    let gateway = start(config).await;
    let mut visitor = Visitor::call(&gateway, "emb_burst").await;
    visitor.speak(&[5; 480]).await;
    visitor.send(json!({ "type": "stop" })).await;
    let ended = |r: &Record| {
        let call = r.calls.first().filter(|c| c.ended.is_some())?;
        Some((call.mic.len(), call.sent.len()))
    };
    let (heard, sent) = gateway.wait_for("the end", SOON, ended).await.unwrap();
    assert_eq!(heard, 1);
    assert!(
        sent < 6_000,
        "{sent} frames went into a socket that nobody reads"
    );
}

#[tokio::test]
async fn shutdown_closes_calls_with_1001_and_kill_just_drops_them() {
    let gateway = start(with_silent()).await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    let (_, end) = tokio::join!(gateway.shutdown(), visitor.end());
    assert_eq!(end, Got::Closed(1001));

    let gateway = start(with_silent()).await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    gateway.kill();
    assert_eq!(visitor.end().await, Got::Lost);
    let address = gateway.api_url().replace("http://", "");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    // What it had recorded outlives it.
    assert_eq!(gateway.record().calls.len(), 1);
}
