//! The token endpoint, release, and CORS: contract, part 4.

use holds::holds;
use std::time::Duration;

use serde_json::json;

use crate::http::request;
use crate::visitor::{BROWSER, SOON, ask, ids, post, start, token};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use gateway::{Config, ListenerName};

#[tokio::test]
#[holds("4.token-answer", "4.token-60s")]
async fn a_token_is_granted_with_the_sockets_url_and_its_expiry() {
    let gateway = start(Config::default()).await;
    let reply = ask(&gateway, &gateway.site_url(), &ids("emb_demo", BROWSER)).await;
    assert_eq!(reply.status, 200);
    let answer = reply.json();
    assert_eq!(answer["wssUrl"], gateway.wss_url());
    assert_eq!(
        answer["token"].as_str().unwrap().split('.').count(),
        3,
        "a JWT"
    );
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis();
    let expires = u128::from(answer["expiresAt"].as_u64().unwrap());
    // 60 s of life, less whatever this machine took to answer.
    assert!((now + 50_000..=now + 60_000).contains(&expires));
    let record = gateway.record();
    assert_eq!(record.tokens.len(), 1);
    assert_eq!(record.tokens[0].browser, BROWSER);
    let asked: Vec<_> = record
        .requests_to(ListenerName::Api, "/v1/tokens")
        .collect();
    assert_eq!(asked[0].status, Some(200));
    assert_eq!(asked[0].origin.as_deref(), Some(&*gateway.site_url()));
}

#[tokio::test]
#[holds("4.error-answer")]
async fn each_refusal_has_the_contracts_status_and_code() {
    let guarded = Embed::new("emb_guarded", AgentKind::Silent).turnstile("right");
    let gateway = start(Config::default().embed(guarded)).await;
    let site = gateway.site_url();
    let error =
        async |origin: &str, body: serde_json::Value| ask(&gateway, origin, &body).await.error();

    let unknown = error(&site, ids("emb_nobody", BROWSER)).await;
    assert_eq!(unknown, (404, "embed_not_found".to_owned()));
    for stranger in [
        "https://evil.example",
        "null",
        &format!("{site}.evil.example"),
    ] {
        let refused = error(stranger, ids("emb_demo", BROWSER)).await;
        assert_eq!(refused, (403, "origin_not_allowed".to_owned()));
    }
    let unguarded = error(&site, ids("emb_guarded", BROWSER)).await;
    assert_eq!(unguarded, (403, "turnstile_required".to_owned()));
    let mut body = ids("emb_guarded", BROWSER);
    body["turnstileToken"] = json!("wrong");
    assert_eq!(
        error(&site, body.clone()).await,
        (403, "turnstile_failed".to_owned())
    );
    body["turnstileToken"] = json!("right");
    assert_eq!(ask(&gateway, &site, &body).await.status, 200);

    for nonsense in [
        &b""[..],
        b"[]",
        b"{\"embedId\":1,\"browserId\":2}",
        b"{\"embedId\":\"emb_demo\"}",
        b"{\"embedId\":\"emb_demo\",\"browserId\":\"\"}",
        b"\xff\xfe",
    ] {
        let reply = post(&gateway, "/v1/tokens", &site, nonsense).await;
        assert_eq!(reply.error(), (400, "bad_request".to_owned()));
    }
    let huge = vec![b' '; 100_000];
    let reply = post(&gateway, "/v1/tokens", &site, &huge).await;
    assert_eq!(reply.status, 413);
}

#[tokio::test]
#[holds("4.credentials-omit")]
async fn a_page_can_read_the_refusal_even_when_its_origin_is_not_allowed() {
    let gateway = start(Config::default()).await;
    let reply = ask(&gateway, "https://evil.example", &ids("emb_demo", BROWSER)).await;
    assert_eq!(reply.status, 403);
    assert_eq!(
        reply.header("access-control-allow-origin"),
        "https://evil.example"
    );
    assert!(reply.header("vary").contains("origin"));
    assert_eq!(reply.header("access-control-allow-credentials"), "");
}

#[tokio::test]
async fn a_preflight_allows_a_json_post_and_may_be_kept() {
    let gateway = start(Config::default()).await;
    for path in ["/v1/tokens", "/v1/release"] {
        let url = format!("{}{path}", gateway.api_url());
        let headers = [
            ("origin", "https://shop.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        let reply = request("OPTIONS", &url, &headers, b"").await.unwrap();
        assert_eq!(reply.status, 204);
        assert_eq!(
            reply.header("access-control-allow-origin"),
            "https://shop.example"
        );
        assert!(
            reply
                .header("access-control-allow-methods")
                .contains("POST")
        );
        assert_eq!(reply.header("access-control-allow-headers"), "content-type");
        assert!(
            reply
                .header("access-control-max-age")
                .parse::<u32>()
                .unwrap()
                > 0
        );
    }
}

#[tokio::test]
#[holds("4.error-answer", "4.release-request")]
async fn a_visitor_holds_one_place_per_embed_and_release_frees_it() {
    let gateway = start(Config::default()).await;
    let site = gateway.site_url();
    token(&gateway, "emb_demo").await;
    let again = ask(&gateway, &site, &ids("emb_demo", BROWSER)).await;
    assert_eq!(again.error(), (409, "concurrent_call_active".to_owned()));
    // Another embed and another visitor are not in the way.
    token(&gateway, "emb_echo").await;
    assert_eq!(
        ask(&gateway, &site, &ids("emb_demo", "another"))
            .await
            .status,
        200
    );

    // Another visitor's release frees nothing.
    let other = ids("emb_demo", "a-third").to_string();
    assert_eq!(
        post(&gateway, "/v1/release", &site, other.as_bytes())
            .await
            .status,
        204
    );
    let still = ask(&gateway, &site, &ids("emb_demo", BROWSER)).await;
    assert_eq!(still.status, 409);

    let own = ids("emb_demo", BROWSER).to_string();
    for _ in 0..2 {
        let reply = post(&gateway, "/v1/release", &site, own.as_bytes()).await;
        assert_eq!((reply.status, reply.body.len()), (204, 0));
    }
    token(&gateway, "emb_demo").await;
    assert_eq!(gateway.record().releases.len(), 3);
}

#[tokio::test]
#[holds("4.token-60s")]
async fn an_unused_token_gives_its_place_back_when_it_expires() {
    let config = Config {
        token_secs: 1,
        ..Config::default()
    };
    let gateway = start(config).await;
    token(&gateway, "emb_demo").await;
    let granted = async {
        while ask(&gateway, &gateway.site_url(), &ids("emb_demo", BROWSER))
            .await
            .status
            != 200
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(SOON, granted)
        .await
        .expect("the place is free again");
}

#[tokio::test]
async fn an_embed_open_to_all_origins_takes_any() {
    let open = Embed::new("emb_open", AgentKind::Silent).origins(&["*"]);
    let gateway = start(Config::default().embed(open)).await;
    let reply = ask(
        &gateway,
        "https://anywhere.example",
        &ids("emb_open", BROWSER),
    )
    .await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn waiting_in_vain_says_for_what_and_what_there_was() {
    let gateway = start(Config::default()).await;
    token(&gateway, "emb_demo").await;
    let never = gateway.wait_for("a miracle", Duration::from_millis(20), |_| None::<()>);
    let why = never.await.unwrap_err();
    assert!(
        why.contains("a miracle") && why.contains("1 tokens"),
        "{why}"
    );
}
