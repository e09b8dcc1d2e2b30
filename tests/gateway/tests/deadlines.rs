//! Nobody is waited for without end. The deadlines are short here, and each test waits for what follows from one.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http::parse;
use crate::visitor::{Got, SOON, Visitor, start, token, with_silent};
use gateway::agent::AgentKind;
use gateway::config::{Deadlines, Embed};
use gateway::{Config, EndedBy, Gateway, Record};

fn impatient(shorten: impl FnOnce(&mut Deadlines)) -> Config {
    let mut config = with_silent();
    shorten(&mut config.deadlines);
    config
}

/// Two minutes in one burst, 8 MB on the wire: more than the sockets of both sides hold.
fn with_burst(mut config: Config) -> Config {
    config.agent.burst = vec![1; 24_000 * 120];
    config.embed(Embed::new("emb_burst", AgentKind::Burst))
}

async fn ended_by(gateway: &Gateway) -> EndedBy {
    let by = |r: &Record| r.calls.first()?.ended_by;
    gateway.wait_for("the call's end", SOON, by).await.unwrap()
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let gateway = start(impatient(|d| d.headers_secs = 0.3)).await;
    let api = gateway.api_url().replace("http://", "");
    let cdn = gateway.cdn_url().replace("http://", "");
    let site = gateway.site_url().replace("http://", "");
    for address in [api, cdn, site] {
        let (mut read, mut write) = TcpStream::connect(&address).await.unwrap().into_split();
        let drip = async {
            let _ = write
                .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ")
                .await;
            while write.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            std::future::pending::<()>().await;
        };
        let mut rest = Vec::new();
        let end = async {
            tokio::select! {
                () = drip => {}
                _ = read.read_to_end(&mut rest) => {}
            }
        };
        let ended = tokio::time::timeout(SOON, end).await;
        ended.expect("the gateway breaks off");
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_in_its_place() {
    let gateway = start(impatient(|d| d.body_secs = 0.2)).await;
    let address = gateway.api_url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let head =
        "POST /v1/tokens HTTP/1.1\r\nhost: x\r\norigin: http://x\r\ncontent-length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(SOON, stream.read_to_end(&mut answer)).await;
    read.expect("the gateway answers and closes").unwrap();
    let reply = parse(&answer).expect("a whole answer");
    assert_eq!(reply.error(), (408, "too_slow".to_owned()));
    assert_eq!(reply.header("access-control-allow-origin"), "http://x");
}

#[tokio::test]
async fn a_socket_on_which_nobody_says_start_is_closed() {
    let gateway = start(impatient(|d| d.start_secs = 0.2)).await;
    let token = token(&gateway, "emb_silent").await;
    let visitor = Visitor::connect(&gateway, &gateway.site_url(), &token).await;
    assert_eq!(visitor.unwrap().end().await, Got::Closed(1002));
    assert_eq!(ended_by(&gateway).await, EndedBy::Gateway);
}

#[tokio::test]
async fn a_client_that_says_nothing_is_closed_though_it_answers_pings() {
    let config = impatient(|d| {
        d.ping_secs = 0.05;
        d.silence_secs = 0.5;
    });
    let gateway = start(config).await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    assert_eq!(visitor.end().await, Got::Closed(1008));
    assert_eq!(ended_by(&gateway).await, EndedBy::Gateway);
}

#[tokio::test]
async fn after_agent_ending_nobody_need_say_anything() {
    let mut config = impatient(|d| d.silence_secs = 3.0).no_greeting();
    config.agent.parrot.silence_secs = 0.05;
    let gateway = start(config).await;
    let mut visitor = Visitor::call(&gateway, "emb_demo").await;
    visitor.until("agent_ending").await;
    visitor.until("end_call").await;
    // Goodbye's own length and five seconds after it, which is longer than the silence that is borne.
    assert_eq!(visitor.end().await, Got::Closed(1000));
}

#[tokio::test]
async fn a_line_without_a_sign_of_life_is_lost() {
    let config = impatient(|d| {
        d.ping_secs = 0.1;
        d.life_secs = 0.5;
    });
    let gateway = start(config).await;
    // It does not read, so it answers no ping.
    let _visitor = Visitor::call(&gateway, "emb_silent").await;
    assert_eq!(ended_by(&gateway).await, EndedBy::Lost);
}

#[tokio::test]
async fn a_pong_is_a_sign_of_life() {
    let config = impatient(|d| {
        d.ping_secs = 0.2;
        d.life_secs = 3.0;
    });
    let gateway = start(config).await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    // Longer than a life without any.
    for _ in 0..20 {
        assert_eq!(visitor.next().await, Got::Ping);
    }
    assert_eq!(gateway.record().calls[0].ended_by, None);
}

#[tokio::test]
async fn a_client_that_never_reads_is_given_up() {
    let gateway = start(with_burst(impatient(|d| d.write_secs = 0.3))).await;
    let _visitor = Visitor::call(&gateway, "emb_burst").await;
    assert_eq!(ended_by(&gateway).await, EndedBy::Gateway);
    // Its place is free, and its queue gone.
    token(&gateway, "emb_burst").await;
}

#[tokio::test]
async fn what_waits_for_a_slow_reader_is_bounded() {
    let mut config = with_burst(with_silent());
    config.limits.queued_frames = 100;
    let gateway = start(config).await;
    let _visitor = Visitor::call(&gateway, "emb_burst").await;
    assert_eq!(ended_by(&gateway).await, EndedBy::Gateway);
    assert!(gateway.record().calls[0].sent.len() < 6_000);
}

#[tokio::test]
async fn a_call_that_lasts_too_long_is_ended_as_an_agent_ends_it() {
    let gateway = start(impatient(|d| d.call_secs = 0.3)).await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("end_call").await;
    visitor.close(1000).await;
    assert_eq!(ended_by(&gateway).await, EndedBy::Agent);
}
