//! Who may resume a call, until when, and who has its place meanwhile.

use serde_json::json;

use crate::caller::{Caller, Heard, knock};
use crate::resume::{ended_by, frame, heard, lost, resumable};
use crate::visitor::{BROWSER, Got, SOON, Visitor, ask, ids, refusal, release, start, token};
use gateway::{Act, EndedBy, Gateway, Loss, Record};

/// A call whose line is lost.
async fn kept(gateway: &Gateway) -> Caller {
    let mut caller = Caller::resumable(gateway, "emb_silent").await;
    gateway.act(Act::Lose(Loss::Fin));
    assert_eq!(caller.rest().await, (vec![], Heard::Lost));
    lost(gateway, 1).await;
    caller
}

#[tokio::test]
async fn a_token_that_resumes_nothing_is_closed_with_4404() {
    let gateway = start(resumable(|_| {})).await;
    let site = gateway.site_url();
    let caller = kept(&gateway).await;
    for bad in ["", "nonsense", &caller.token[1..]] {
        assert_eq!(knock(&gateway, &site, bad, "0").await.1, Got::Closed(4404));
    }
    // A call token is none, and is not used up by it; nor is this one a call token.
    let second = ask(&gateway, &site, &ids("emb_silent", "another")).await;
    let second = second.json()["token"].as_str().unwrap().to_owned();
    let got = knock(&gateway, &site, &second, "0").await.1;
    assert_eq!(got, Got::Closed(4404));
    assert_eq!(
        refusal(&gateway, &site, &caller.token).await,
        Got::Closed(4401)
    );
    let mut other = Visitor::connect(&gateway, &site, &second).await.unwrap();
    other.send(json!({ "type": "start" })).await;
    other.until("started").await;
    // And all the time the call was there.
    let mut caller = caller;
    caller.resume(&gateway).await;
}

#[tokio::test]
async fn where_nothing_can_be_resumed_any_token_is_unknown() {
    let gateway = start(crate::visitor::with_silent()).await;
    let site = gateway.site_url();
    let token = token(&gateway, "emb_silent").await;
    let got = knock(&gateway, &site, &token, "0").await.1;
    assert_eq!(got, Got::Closed(4404));
}

#[tokio::test]
async fn from_another_origin_it_is_closed_with_4403_and_the_call_waits_on() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = kept(&gateway).await;
    let evil = knock(&gateway, "https://evil.example", &caller.token, "0").await;
    assert_eq!(evil.1, Got::Closed(4403));
    caller.resume(&gateway).await;
}

#[tokio::test]
async fn who_has_received_what_was_never_sent_or_has_told_of_more_is_closed_with_4404() {
    let gateway = start(resumable(|_| {})).await;
    let site = gateway.site_url();
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    for n in 1..=50 {
        caller.speak(&frame(n)).await;
    }
    for n in 1..=50 {
        assert_eq!(caller.next().await, Heard::Audio(frame(n)));
    }
    let told = |c: &gateway::Call| (c.line.acked == 50).then_some(());
    crate::resume::until_call(&gateway, "the ack", told).await;
    for bad in [
        "51",
        "4294967295",
        "4294967296",
        "-1",
        "",
        "fifty",
        "5.0",
        "49",
    ] {
        let got = knock(&gateway, &site, &caller.token, bad).await.1;
        assert_eq!(got, Got::Closed(4404), "{bad}");
    }
    let missing = format!("resume={}", caller.token);
    let missing = Visitor::connect_with(&gateway, &site, &missing).await;
    assert_eq!(missing.unwrap().next().await, Got::Closed(4404));
    // The line that it has was not touched.
    caller.speak(&frame(51)).await;
    assert_eq!(caller.next().await, Heard::Audio(frame(51)));
}

#[tokio::test]
async fn the_newest_socket_wins_and_the_old_one_is_closed_with_4409() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    caller.speak(&frame(1)).await;
    assert_eq!(caller.next().await, Heard::Audio(frame(1)));
    let mut old = Vec::new();
    for _ in 0..3 {
        let (line, first) = caller.knock(&gateway).await;
        assert_eq!(first.kind(), "resumed");
        old.push(std::mem::replace(&mut caller.line, line));
    }
    for mut old in old {
        assert_eq!(old.end().await, Got::Closed(4409));
    }
    caller.speak(&frame(2)).await;
    assert_eq!(caller.next().await, Heard::Audio(frame(2)));
    let line = gateway.record().calls[0].line.clone();
    assert!(line.lost.is_empty() && line.resumed.iter().all(|r| r.took_over));
    assert_eq!(line.resumed.len(), 3);
}

#[tokio::test]
async fn after_the_grace_the_call_is_over_and_its_place_free() {
    let gateway = start(resumable(|d| d.grace_secs = 0.3)).await;
    let caller = kept(&gateway).await;
    assert_eq!(ended_by(&gateway).await, EndedBy::Lost);
    assert_eq!(caller.knock(&gateway).await.1, Got::Closed(4404));
    token(&gateway, "emb_silent").await;
}

#[tokio::test]
async fn each_loss_has_a_grace_of_its_own() {
    let gateway = start(resumable(|d| d.grace_secs = 3.0)).await;
    let mut caller = kept(&gateway).await;
    caller.resume(&gateway).await;
    // Longer than the first loss's grace.
    let later = tokio::time::Instant::now() + std::time::Duration::from_secs(4);
    tokio::time::sleep_until(later).await;
    caller.speak(&frame(1)).await;
    heard(&gateway, 1).await;
    assert_eq!(gateway.record().calls[0].ended_by, None);
}

#[tokio::test]
async fn the_place_is_taken_while_the_line_is_lost() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = kept(&gateway).await;
    let second = ask(&gateway, &gateway.site_url(), &ids("emb_silent", BROWSER)).await;
    assert_eq!(second.error(), (409, "concurrent_call_active".to_owned()));
    caller.resume(&gateway).await;
    caller.stop().await;
    assert_eq!(caller.next().await, Heard::Closed(1000));
    token(&gateway, "emb_silent").await;
}

#[tokio::test]
async fn a_release_ends_a_call_whose_line_is_lost() {
    let gateway = start(resumable(|_| {})).await;
    let caller = kept(&gateway).await;
    release(&gateway, "emb_silent").await;
    // Nobody need wait for it, as for a call that may yet say `stop`.
    token(&gateway, "emb_silent").await;
    let call = gateway.record().calls[0].clone();
    assert_eq!(call.ended_by, Some(EndedBy::Released));
    assert_eq!(caller.knock(&gateway).await.1, Got::Closed(4404));
    // It was the first call's, and the second's is still to come.
    let second = ask(&gateway, &gateway.site_url(), &ids("emb_silent", BROWSER)).await;
    assert_eq!(second.status, 409);
    release(&gateway, "emb_silent").await;
    token(&gateway, "emb_silent").await;
}

#[tokio::test]
async fn a_call_that_was_released_ends_with_its_line() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    release(&gateway, "emb_silent").await;
    // Its `stop` did not come, and will not.
    caller.line.close(1001).await;
    assert_eq!(ended_by(&gateway).await, EndedBy::Released);
}

/// A call whose line is lost, after one that is still owed its release, which has now come.
async fn kept_in_doubt(gateway: &Gateway) -> Caller {
    let mut first = Visitor::call(gateway, "emb_silent").await;
    first.until("started").await;
    first.send(json!({ "type": "stop" })).await;
    first.end().await;
    let mut caller = Caller::resumable(gateway, "emb_silent").await;
    caller.line.close(1001).await;
    let lost = |r: &Record| (r.calls.get(1)?.line.lost.len() == 1).then_some(());
    gateway.wait_for("the loss", SOON, lost).await.unwrap();
    release(gateway, "emb_silent").await;
    caller
}

#[tokio::test]
async fn a_release_that_may_be_an_earlier_calls_ends_nothing_where_the_line_comes_back() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = kept_in_doubt(&gateway).await;
    caller.resume(&gateway).await;
    caller.line.close(1001).await;
    let lost = |r: &Record| (r.calls[1].line.lost.len() == 2).then_some(r.calls[1].ended_by);
    let ended_by = gateway.wait_for("the loss", SOON, lost).await;
    assert_eq!(ended_by, Ok(None));
    caller.resume(&gateway).await;
}

#[tokio::test]
async fn a_release_that_may_be_an_earlier_calls_ends_the_lost_one_when_its_visitor_asks_anew() {
    let gateway = start(resumable(|d| d.release_secs = 1.0)).await;
    let _caller = kept_in_doubt(&gateway).await;
    token(&gateway, "emb_silent").await;
    let call = gateway.record().calls[1].clone();
    assert_eq!(call.ended_by, Some(EndedBy::Released));
}

#[tokio::test]
async fn a_shutdown_ends_also_a_call_without_a_line() {
    let gateway = start(resumable(|_| {})).await;
    let _caller = kept(&gateway).await;
    gateway.shutdown().await;
    let call = gateway.record().calls[0].clone();
    assert_eq!(call.ended_by, Some(EndedBy::Gateway));
}
