//! Tokens, places and wire version 1: what every server does.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::call::Visitor;
use crate::http::post;
use crate::socket::Socket;
use crate::{Held, Target, hold};

/// An origin that nobody owns.
const ELSEWHERE: &str = "https://elsewhere.invalid";

pub(crate) async fn a_token_is_granted_to_a_page_that_can_read_the_answer(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let reply = visitor.ask().await?;
    hold(!reply.text("token").is_empty(), || {
        format!("{} {}", reply.status, reply.body)
    })?;
    let cors = reply.header("access-control-allow-origin");
    hold(cors == target.origin || cors == "*", || {
        format!("Access-Control-Allow-Origin is {cors:?}")
    })?;
    let cache = reply.header("cache-control").to_owned();
    visitor.release().await?;
    hold(cache.contains("no-store"), || {
        format!("a token must lie in no cache; Cache-Control is {cache:?}")
    })
}

pub(crate) async fn a_refusal_can_be_read_and_says_why(target: &Target) -> Held {
    let nobody = post(
        target,
        &target.origin,
        "/v1/tokens",
        "no-such-embed",
        "nobody",
    )
    .await?;
    let reply = nobody;
    hold((400..500).contains(&reply.status), || {
        format!("a token for no embed: {}", reply.status)
    })?;
    hold(
        !reply.text("code").is_empty() && !reply.text("message").is_empty(),
        || format!("no code and message in {}", reply.body),
    )?;
    hold(
        !reply.header("access-control-allow-origin").is_empty(),
        || "without Access-Control-Allow-Origin no page can read it".to_owned(),
    )
}

pub(crate) async fn start_is_answered_by_started_and_stop_by_1000(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.call(&[]).await?;
    call.speak(100).await;
    call.stop().await?;
    visitor.release().await?;
    let mut next = visitor.call(&[]).await?;
    next.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn a_bad_token_gets_its_upgrade_and_is_closed_with_4401(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let (token, url) = visitor.token().await?;
    visitor.release().await?;
    // Forged, and released.
    for bad in ["nonsense", &token] {
        let mut socket =
            Socket::open(target, &url, &target.origin, &format!("token={bad}")).await?;
        socket.closes_with(4401).await?;
    }
    Ok(())
}

pub(crate) async fn a_token_opens_one_socket(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let (token, url) = visitor.token().await?;
    let query = format!("token={token}");
    let mut first = Socket::open(target, &url, &target.origin, &query).await?;
    first.say(json!({ "type": "start" })).await;
    first.until("started").await?;
    let mut second = Socket::open(target, &url, &target.origin, &query).await?;
    second.closes_with(4401).await?;
    first.say(json!({ "type": "stop" })).await;
    first.closes_with(1000).await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn another_origin_is_closed_with_4403_and_does_not_use_the_token_up(
    target: &Target,
) -> Held {
    let visitor = Visitor::new(target);
    let (token, url) = visitor.token().await?;
    let query = format!("token={token}");
    let mut evil = Socket::open(target, &url, ELSEWHERE, &query).await?;
    evil.closes_with(4403).await?;
    let mut own = Socket::open(target, &url, &target.origin, &query).await?;
    own.say(json!({ "type": "start" })).await;
    own.until("started").await?;
    own.say(json!({ "type": "stop" })).await;
    own.closes_with(1000).await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn a_visitor_has_one_call_at_a_time(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.call(&[]).await?;
    let second = visitor.ask().await?;
    hold(second.status == 409, || {
        format!("a second token during a call: {}", second.status)
    })?;
    call.stop().await?;
    visitor.release().await.map(drop)
}

pub(crate) async fn a_release_gives_a_granted_place_back(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    visitor.token().await?;
    let taken = visitor.ask().await?;
    hold(taken.status == 409, || {
        format!("a second token before a release: {}", taken.status)
    })?;
    let had = visitor.release().await?;
    visitor.token().await?;
    visitor.release().await?;
    let had_not = visitor.release().await?;
    hold(had.status == had_not.status, || {
        "a release is answered otherwise where there was no place".to_owned()
    })
}

pub(crate) async fn malformed_frames_end_nothing(target: &Target) -> Held {
    let visitor = Visitor::new(target);
    let mut call = visitor.call(&[]).await?;
    for text in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"from_the_future"}"#,
    ] {
        call.socket.send(Message::text(text)).await;
    }
    for data in ["", "!", "AAAA"] {
        call.socket
            .say(json!({ "type": "audio", "data": data }))
            .await;
    }
    call.socket.send(Message::binary(vec![1, 2, 3])).await;
    call.speak(100).await;
    call.stop().await?;
    visitor.release().await.map(drop)
}
