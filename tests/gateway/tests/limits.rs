//! What one address, one visitor and one embed may take.

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

use crate::http::{Reply, request};
use crate::visitor::{BROWSER, SOON, Visitor, ask, ids, release, start, token, with_silent};
use gateway::config::Limits;
use gateway::{Config, Gateway};

fn limited(limit: impl FnOnce(&mut Limits)) -> Config {
    let mut config = with_silent();
    limit(&mut config.limits);
    config
}

async fn ask_as(gateway: &Gateway, embed: &str, browser: &str) -> Reply {
    ask(gateway, &gateway.site_url(), &ids(embed, browser)).await
}

/// The page can read why, and the message says what to do.
fn assert_too_many(reply: &Reply, code: &str) {
    assert_eq!(reply.error(), (429, code.to_owned()));
    assert!(reply.text().contains("try again"), "{}", reply.text());
    assert!(!reply.header("access-control-allow-origin").is_empty());
}

#[tokio::test]
async fn an_address_asks_for_so_many_tokens_a_minute_whatever_for() {
    let gateway = start(limited(|l| l.tokens_per_address = 2)).await;
    ask_as(&gateway, "emb_silent", "a").await;
    ask_as(&gateway, "emb_nobody", "b").await;
    let third = ask_as(&gateway, "emb_echo", "c").await;
    assert_too_many(&third, "too_many_requests");
    // A release is always taken.
    release(&gateway, "emb_silent").await;
}

#[tokio::test]
async fn a_visitor_asks_an_embed_for_so_many_tokens_a_minute() {
    let gateway = start(limited(|l| l.tokens_per_visitor = 2)).await;
    for _ in 0..2 {
        token(&gateway, "emb_silent").await;
        release(&gateway, "emb_silent").await;
    }
    let third = ask_as(&gateway, "emb_silent", BROWSER).await;
    assert_too_many(&third, "too_many_requests");
    // Others are not in the way.
    assert_eq!(ask_as(&gateway, "emb_silent", "another").await.status, 200);
    token(&gateway, "emb_echo").await;
}

#[tokio::test]
async fn an_embed_is_asked_for_so_many_tokens_a_minute_by_pages_that_may() {
    let gateway = start(limited(|l| l.tokens_per_embed = 1)).await;
    let elsewhere = ask(&gateway, "https://evil.example", &ids("emb_silent", "a")).await;
    assert_eq!(elsewhere.status, 403);
    assert_eq!(ask_as(&gateway, "emb_silent", "a").await.status, 200);
    let second = ask_as(&gateway, "emb_silent", "b").await;
    assert_too_many(&second, "too_many_requests");
    token(&gateway, "emb_echo").await;
}

#[tokio::test]
async fn an_address_holds_so_many_places() {
    let gateway = start(limited(|l| l.calls_per_address = 2)).await;
    token(&gateway, "emb_silent").await;
    assert_eq!(ask_as(&gateway, "emb_echo", "another").await.status, 200);
    let third = ask_as(&gateway, "emb_silent", "a-third").await;
    assert_too_many(&third, "too_many_calls");
    release(&gateway, "emb_silent").await;
    assert_eq!(ask_as(&gateway, "emb_silent", "a-third").await.status, 200);
}

#[tokio::test]
async fn an_embed_has_so_many_lines() {
    let gateway = start(limited(|l| l.calls_per_embed = 1)).await;
    token(&gateway, "emb_silent").await;
    let second = ask_as(&gateway, "emb_silent", "another").await;
    assert_too_many(&second, "too_many_calls");
    token(&gateway, "emb_echo").await;
}

#[tokio::test]
async fn an_address_opens_so_many_sockets_with_whatever_token() {
    let gateway = start(limited(|l| l.calls_per_address = 1)).await;
    let mut first = Visitor::call(&gateway, "emb_silent").await;
    first.until("started").await;
    let second = Visitor::connect(&gateway, &gateway.site_url(), "nonsense").await;
    let Err(Error::Http(answer)) = second else {
        panic!("it was opened");
    };
    assert_eq!(answer.status(), 429);
    let told = String::from_utf8_lossy(answer.body().as_deref().unwrap_or_default()).into_owned();
    assert!(told.contains("too_many_calls"), "{told}");
    drop(first);
    let again = async {
        while Visitor::connect(&gateway, &gateway.site_url(), "nonsense")
            .await
            .is_err()
        {}
    };
    let again = tokio::time::timeout(SOON, again).await;
    again.expect("there is room again");
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let gateway = start(limited(|l| l.connections_per_address = 2)).await;
    let address = gateway.api_url().replace("http://", "");
    let first = TcpStream::connect(&address).await.unwrap();
    let _second = TcpStream::connect(&address).await.unwrap();
    let mut third = TcpStream::connect(&address).await.unwrap();
    let dropped = tokio::time::timeout(SOON, third.read(&mut [0])).await;
    assert!(matches!(
        dropped.expect("it is dropped at once"),
        Ok(0) | Err(_)
    ));
    drop(first);
    let url = format!("{}/nothing", gateway.api_url());
    let again = async { while request("GET", &url, &[], b"").await.is_err() {} };
    let again = tokio::time::timeout(SOON, again).await;
    again.expect("there is room again");
}
