//! One place for each visitor of an embed, in whatever order the requests come.

use serde_json::json;

use crate::visitor::with_silent;
use crate::visitor::{BROWSER, Got, SOON, Visitor, ask, ids, refusal, release, start, token};
use gateway::{Config, EndedBy, Gateway, Record};

/// A released call has so long to end by itself.
fn patient(release_secs: f64) -> Config {
    let mut config = with_silent();
    config.deadlines.release_secs = release_secs;
    config
}

async fn in_call(gateway: &Gateway) -> Visitor {
    let mut visitor = Visitor::call(gateway, "emb_silent").await;
    visitor.until("started").await;
    visitor
}

#[tokio::test]
async fn an_early_release_opens_no_second_line() {
    let gateway = start(patient(0.2)).await;
    let mut first = in_call(&gateway).await;
    release(&gateway, "emb_silent").await;
    // Granted once the first call is over, which is told to end.
    token(&gateway, "emb_silent").await;
    let record = gateway.record();
    let ended = record.calls[0].ended.expect("the first call is over");
    assert!(record.tokens[1].at >= ended);
    assert_eq!(record.calls[0].ended_by, Some(EndedBy::Gateway));
    assert_eq!(first.end().await, Got::Closed(4409));
}

#[tokio::test]
async fn a_released_call_goes_on_while_nobody_asks_for_the_next() {
    let gateway = start(patient(0.05)).await;
    let mut visitor = in_call(&gateway).await;
    release(&gateway, "emb_silent").await;
    release(&gateway, "emb_silent").await;
    visitor.speak(&[1; 480]).await;
    let heard = |r: &Record| (r.calls[0].mic.len() == 1).then_some(());
    gateway.wait_for("the frame", SOON, heard).await.unwrap();
    visitor.send(json!({ "type": "stop" })).await;
    assert_eq!(visitor.end().await, Got::Closed(1000));
}

#[tokio::test]
async fn who_releases_before_the_stop_arrives_is_not_refused_the_next_call() {
    let gateway = start(patient(SOON.as_secs_f64())).await;
    let mut visitor = in_call(&gateway).await;
    release(&gateway, "emb_silent").await;
    let late_stop = async {
        let asked = |r: &Record| {
            let asked = r.requests.iter().filter(|r| r.path == "/v1/tokens");
            (asked.count() == 2).then_some(())
        };
        gateway.wait_for("the request", SOON, asked).await.unwrap();
        visitor.send(json!({ "type": "stop" })).await;
        visitor.end().await
    };
    let (end, _) = tokio::join!(late_stop, token(&gateway, "emb_silent"));
    assert_eq!(end, Got::Closed(1000));
}

#[tokio::test]
async fn a_released_token_is_void() {
    let gateway = start(with_silent()).await;
    let site = gateway.site_url();
    let first = token(&gateway, "emb_silent").await;
    release(&gateway, "emb_silent").await;
    assert_eq!(refusal(&gateway, &site, &first).await, Got::Closed(4401));
    // Also once the visitor has another.
    let second = token(&gateway, "emb_silent").await;
    assert_eq!(refusal(&gateway, &site, &first).await, Got::Closed(4401));
    let mut visitor = Visitor::connect(&gateway, &site, &second).await.unwrap();
    visitor.send(json!({ "type": "start" })).await;
    visitor.until("started").await;
    let reasons = gateway.record().refusals;
    assert!(reasons.iter().all(|r| r.reason == "token_void"));
}

#[tokio::test]
async fn a_token_is_void_when_its_call_is_over() {
    let gateway = start(with_silent()).await;
    let site = gateway.site_url();
    let token = token(&gateway, "emb_silent").await;
    let mut visitor = Visitor::connect(&gateway, &site, &token).await.unwrap();
    visitor.send(json!({ "type": "stop" })).await;
    assert_eq!(visitor.end().await, Got::Closed(1000));
    assert_eq!(refusal(&gateway, &site, &token).await, Got::Closed(4401));
}

#[tokio::test]
async fn a_stranger_with_the_token_does_not_use_it_up() {
    let gateway = start(with_silent()).await;
    let token = token(&gateway, "emb_silent").await;
    let evil = refusal(&gateway, "https://evil.example", &token).await;
    assert_eq!(evil, Got::Closed(4403));
    let own = Visitor::connect(&gateway, &gateway.site_url(), &token).await;
    let mut own = own.unwrap();
    own.send(json!({ "type": "start" })).await;
    own.until("started").await;
}

#[tokio::test]
async fn a_late_release_takes_nothing_from_the_next_call() {
    let gateway = start(with_silent()).await;
    let site = gateway.site_url();
    let mut visitor = in_call(&gateway).await;
    visitor.send(json!({ "type": "stop" })).await;
    visitor.end().await;
    let next = token(&gateway, "emb_silent").await;
    // It was on its way all the time, and is the first call's.
    release(&gateway, "emb_silent").await;
    let mut visitor = Visitor::connect(&gateway, &site, &next).await.unwrap();
    visitor.send(json!({ "type": "start" })).await;
    visitor.until("started").await;
    let third = ask(&gateway, &site, &ids("emb_silent", BROWSER)).await;
    assert_eq!(third.error(), (409, "concurrent_call_active".to_owned()));
}

#[tokio::test]
async fn a_release_that_was_lost_costs_the_next_call_nothing() {
    let gateway = start(with_silent()).await;
    let mut visitor = in_call(&gateway).await;
    visitor.send(json!({ "type": "stop" })).await;
    visitor.end().await;
    let given_up = token(&gateway, "emb_silent").await;
    release(&gateway, "emb_silent").await;
    // Granted: the release was this token's after all.
    token(&gateway, "emb_silent").await;
    let refused = refusal(&gateway, &gateway.site_url(), &given_up).await;
    assert_eq!(refused, Got::Closed(4401));
}

#[tokio::test]
async fn however_requests_are_mixed_a_visitor_has_one_call_at_a_time() {
    let gateway = start(patient(0.02)).await;
    let one = async |nth: usize, rounds: usize| {
        for round in 0..rounds {
            let reply = ask(&gateway, &gateway.site_url(), &ids("emb_silent", BROWSER)).await;
            if (nth + round).is_multiple_of(3) {
                release(&gateway, "emb_silent").await;
            }
            let Some(token) = reply.json()["token"].as_str().map(str::to_owned) else {
                continue;
            };
            let socket = Visitor::connect(&gateway, &gateway.site_url(), &token).await;
            let mut socket = socket.unwrap();
            release(&gateway, "emb_silent").await;
            if (nth + round).is_multiple_of(2) {
                socket.end().await;
            }
        }
    };
    // Alone each of its tokens is a call, so that there is something to look at whatever becomes of the mixture.
    one(1, 2).await;
    // Who waits for the end of a call that nobody ends by asking gives up with the others.
    let others = async {
        tokio::join!(one(0, 6), one(1, 6), one(2, 6), one(3, 6));
    };
    let _ = tokio::time::timeout(SOON / 4, others).await;
    let calls = gateway.record().calls;
    assert!(calls.len() > 1, "{} calls", calls.len());
    for pair in calls.windows(2) {
        let ended = pair[0]
            .ended
            .expect("no call begins before the last one's end");
        assert!(ended <= pair[1].opened);
    }
}
