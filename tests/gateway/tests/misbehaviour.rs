//! The gateway does wrong what it is told to do wrong, and nothing else.

use std::time::{Duration, Instant};

use crate::http::{Reply, request};
use crate::visitor::{BROWSER, Got, SOON, Visitor, ask, ids, post, start, token};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use gateway::{Act, Answer, Config, EndedBy, Gateway, ListenerName, Misbehave, TokenFault};

async fn silent() -> Gateway {
    start(Config::default().embed(Embed::new("emb_silent", AgentKind::Silent))).await
}

async fn ask_for(gateway: &Gateway, fault: TokenFault) -> Reply {
    gateway.misbehave(Misbehave {
        token: Some(fault),
        ..Misbehave::default()
    });
    let site = gateway.site_url();
    let own = ids("emb_silent", BROWSER);
    let reply = ask(gateway, &site, &own).await;
    post(gateway, "/v1/release", &site, own.to_string().as_bytes()).await;
    reply
}

#[tokio::test]
async fn the_token_answer_can_be_wrong_in_each_way() {
    let gateway = silent().await;
    gateway.misbehave(Misbehave::token_status(503, "overloaded"));
    let own = ids("emb_silent", BROWSER);
    let reply = ask(&gateway, &gateway.site_url(), &own).await;
    assert_eq!(reply.error(), (503, "overloaded".to_owned()));
    assert_eq!(
        reply.header("access-control-allow-origin"),
        gateway.site_url()
    );

    let reply = ask_for(&gateway, TokenFault::NotJson).await;
    assert!(
        reply.status == 200 && serde_json::from_slice::<serde_json::Value>(&reply.body).is_err()
    );
    let reply = ask_for(&gateway, TokenFault::LacksFields).await;
    assert!(reply.status == 200 && reply.json().get("token").is_none());
    let reply = ask_for(&gateway, TokenFault::DispatchHttps).await.json();
    assert!(reply["dispatchUrl"].as_str().unwrap().starts_with("https:"));
    let reply = ask_for(&gateway, TokenFault::DispatchWss).await.json();
    assert_eq!(reply["dispatchUrl"], gateway.wss_url());
    assert!(reply.get("wssUrl").is_none());
    let reply = ask_for(&gateway, TokenFault::NoWssUrl).await.json();
    assert!(reply["token"].is_string() && reply.get("wssUrl").is_none());
    let reply = ask_for(&gateway, TokenFault::WssUrl("ws://nowhere".to_owned()))
        .await
        .json();
    assert_eq!(reply["wssUrl"], "ws://nowhere");

    gateway.misbehave(Misbehave {
        cors_missing: true,
        ..Misbehave::default()
    });
    let reply = ask(&gateway, &gateway.site_url(), &own).await;
    assert_eq!(reply.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn the_token_answer_can_be_never_or_half() {
    let gateway = silent().await;
    gateway.misbehave(Misbehave {
        token: Some(TokenFault::Hangs),
        release_hangs: true,
        ..Misbehave::default()
    });
    let site = gateway.site_url();
    let own = ids("emb_silent", BROWSER);
    for path in ["/v1/tokens", "/v1/release"] {
        let url = format!("{}{path}", gateway.api_url());
        let headers = [("origin", &*site)];
        let body = own.to_string();
        let hanging = request("POST", &url, &headers, body.as_bytes());
        let arrived = gateway.wait_for("the request", SOON, |r| {
            let last = r.requests_to(ListenerName::Api, path).last()?;
            last.status.is_none().then_some(())
        });
        tokio::select! {
            answer = hanging => panic!("it was answered: {answer:?}"),
            arrived = arrived => arrived.unwrap(),
        }
    }
    gateway.misbehave(Misbehave {
        token: Some(TokenFault::CutOff),
        ..Misbehave::default()
    });
    let half = ask(&gateway, &site, &own).await;
    assert!(half.status == 200 && half.text().starts_with("{"));
    assert!(serde_json::from_slice::<serde_json::Value>(&half.body).is_err());
    gateway.misbehave(Misbehave {
        token: Some(TokenFault::Disconnect),
        ..Misbehave::default()
    });
    let url = format!("{}/v1/tokens", gateway.api_url());
    let nothing = request("POST", &url, &[], own.to_string().as_bytes()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}

#[tokio::test]
async fn the_upgrade_can_be_refused() {
    let gateway = silent().await;
    let token = token(&gateway, "emb_silent").await;
    gateway.misbehave(Misbehave {
        upgrade_status: Some(503),
        ..Misbehave::default()
    });
    let refused = Visitor::connect(&gateway, &gateway.site_url(), &token).await;
    assert!(refused.is_err());
    // A refused upgrade has not used the token up.
    gateway.misbehave(Misbehave::default());
    Visitor::connect(&gateway, &gateway.site_url(), &token)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_call_can_fail_before_started() {
    let gateway = silent().await;
    for (act, end) in [
        (Act::Close(4409), Got::Closed(4409)),
        (Act::Drop, Got::Lost),
    ] {
        gateway.misbehave(Misbehave::before_started(act));
        let mut visitor = Visitor::call(&gateway, "emb_silent").await;
        assert_eq!(visitor.next().await, end);
    }
    let calls = gateway.record().calls;
    assert!(
        calls
            .iter()
            .all(|c| c.started.is_none() && c.ended_by == Some(EndedBy::Fault))
    );

    gateway.misbehave(Misbehave {
        started_never: true,
        ..Misbehave::default()
    });
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    let nothing = tokio::time::timeout(Duration::from_millis(300), visitor.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}

#[tokio::test]
async fn started_can_have_nonsense_before_and_after_it() {
    let gateway = silent().await;
    gateway.misbehave(Misbehave {
        before_started: vec![Act::Text("{".to_owned()), Act::Binary(vec![1, 2])],
        in_call: vec![
            (Duration::ZERO, Act::Text("nonsense".to_owned())),
            (Duration::ZERO, Act::error("it broke")),
        ],
        ..Misbehave::default()
    });
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    assert_eq!(visitor.next().await, Got::Nonsense("{".to_owned()));
    assert_eq!(visitor.next().await, Got::Binary(vec![1, 2]));
    assert_eq!(visitor.next().await.kind(), "started");
    assert_eq!(visitor.next().await, Got::Nonsense("nonsense".to_owned()));
    assert_eq!(visitor.next().await.kind(), "error");
}

#[tokio::test]
async fn a_running_call_can_be_closed_or_dropped() {
    let gateway = silent().await;
    for (act, end) in [
        (Act::Close(1011), Got::Closed(1011)),
        (Act::Drop, Got::Lost),
    ] {
        let after = Duration::from_millis(200);
        gateway.misbehave(Misbehave::in_call(after, act));
        let called = Instant::now();
        let mut visitor = Visitor::call(&gateway, "emb_silent").await;
        visitor.until("started").await;
        assert_eq!(visitor.next().await, end);
        assert!(called.elapsed() >= after);
    }
    for call in gateway.record().calls {
        assert_eq!(call.ended_by, Some(EndedBy::Fault));
        assert!(call.duration().is_some());
    }
    // Good behaviour again, and the place is free.
    gateway.misbehave(Misbehave::default());
    Visitor::call(&gateway, "emb_silent")
        .await
        .until("started")
        .await;
}

#[tokio::test]
async fn a_running_call_does_what_is_asked_of_it_meanwhile() {
    let gateway = silent().await;
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    visitor.until("started").await;
    gateway.act(Act::Text("now".to_owned()));
    assert_eq!(visitor.next().await, Got::Nonsense("now".to_owned()));
    gateway.act(Act::Close(1011));
    assert_eq!(visitor.next().await, Got::Closed(1011));
}

#[tokio::test]
async fn a_scripted_agent_does_what_the_test_wrote_down() {
    let mut config = Config::default().embed(Embed::new("emb_script", AgentKind::Script));
    config.agent.script = vec![
        (Duration::from_millis(100), Act::Close(1000)),
        (
            Duration::ZERO,
            Act::Text(r#"{"type":"transfer_call","number":"1"}"#.to_owned()),
        ),
    ];
    let gateway = start(config).await;
    let mut visitor = Visitor::call(&gateway, "emb_script").await;
    visitor.until("transfer_call").await;
    assert_eq!(visitor.next().await, Got::Closed(1000));
}

#[tokio::test]
async fn an_override_answers_in_a_files_place_until_it_is_taken_back() {
    let gateway = silent().await;
    let path = "/embed/v0.1.0/vocadesk.wasm";
    let url = format!("{}{path}", gateway.cdn_url());
    let evil = Answer::new(200, "application/wasm", *b"\0asm!").header("timing-allow-origin", "");
    gateway.cdn_override(path, Some(evil));
    let reply = request("GET", &url, &[("accept-encoding", "br")], b"")
        .await
        .unwrap();
    assert_eq!((reply.status, &*reply.body), (200, &b"\0asm!"[..]));
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("timing-allow-origin"), "");
    gateway.cdn_override(path, None);
    assert_eq!(request("GET", &url, &[], b"").await.unwrap().status, 404);
    let statuses: Vec<_> = gateway
        .record()
        .requests_to(ListenerName::Cdn, path)
        .map(|r| r.status)
        .collect();
    assert_eq!(statuses, [Some(200), Some(404)]);
}
