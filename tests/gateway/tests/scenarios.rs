//! What an embed's scenario does to its own calls, and to nobody else's.

use crate::caller::{Caller, Heard};
use crate::http::{get, request};
use crate::visitor::{BROWSER, Got, SOON, Visitor, ask, ids, start};
use gateway::agent::AgentKind;
use gateway::config::{Embed, Feature};
use gateway::scenario::Scenario;
use gateway::{Config, Gateway};

/// One that does well, and one that does not.
async fn beside_a_good_one(scenario: Scenario) -> Gateway {
    let bad = Embed::new("emb_bad", AgentKind::Talker).scenario(scenario);
    start(
        Config::default()
            .embed(bad)
            .embed(Embed::new("emb_silent", AgentKind::Silent)),
    )
    .await
}

#[tokio::test]
async fn a_scenario_refuses_its_own_embed_a_token_and_no_other() {
    for (scenario, refusal) in [
        (Scenario::TokenRefused, (403, "origin_not_allowed")),
        (Scenario::Concurrent, (409, "concurrent_call_active")),
    ] {
        let gateway = beside_a_good_one(scenario).await;
        let site = gateway.site_url();
        let refused = ask(&gateway, &site, &ids("emb_bad", BROWSER)).await;
        assert_eq!(refused.error(), (refusal.0, refusal.1.to_owned()));
        let granted = ask(&gateway, &site, &ids("emb_silent", BROWSER)).await;
        assert_eq!(granted.status, 200);
    }
    let gateway = beside_a_good_one(Scenario::NoAnswer).await;
    let url = format!("{}/v1/tokens", gateway.api_url());
    let own = ids("emb_bad", BROWSER).to_string();
    let nothing = request("POST", &url, &[], own.as_bytes()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}

#[tokio::test]
async fn a_scenario_ends_its_own_calls_and_no_other() {
    for (scenario, end) in [
        (Scenario::SocketClosed, Got::Closed(1011)),
        (Scenario::LineLost, Got::Lost),
    ] {
        let gateway = beside_a_good_one(scenario).await;
        let mut good = Visitor::call(&gateway, "emb_silent").await;
        let mut bad = Visitor::call(&gateway, "emb_bad").await;
        assert_eq!(bad.end().await, end, "{scenario:?}");
        assert_eq!(good.next().await.kind(), "started");
    }
    let gateway = beside_a_good_one(Scenario::AgentFails).await;
    let mut bad = Visitor::call(&gateway, "emb_bad").await;
    bad.until("error").await;
}

#[tokio::test]
async fn a_line_that_a_scenario_breaks_is_turned_away_for_a_while_and_then_taken_up() {
    let bad = Embed::new("emb_bad", AgentKind::Silent).scenario(Scenario::LineBreaks);
    let gateway = start(Config::default().features(&Feature::ALL).embed(bad)).await;
    let mut caller = Caller::resumable(&gateway, "emb_bad").await;
    assert_eq!(caller.rest().await.1, Heard::Lost);
    let mut refused = 0;
    let comes_back = async {
        while caller.knock(&gateway).await.1 == Got::Closed(1013) {
            refused += 1;
        }
    };
    tokio::time::timeout(SOON, comes_back).await.unwrap();
    assert!(refused > 0);
    let ended = gateway.record().calls.first().map(|call| call.ended);
    assert_eq!(ended, Some(None));
}

#[tokio::test]
async fn a_slow_far_end_answers_in_the_end() {
    let gateway = beside_a_good_one(Scenario::Slow).await;
    let mut slow = Visitor::call(&gateway, "emb_bad").await;
    slow.until("started").await;
    let record = gateway.record();
    // The good one's would come at once: what is between them was waited for.
    let (asked, call) = (
        record.tokens.first().unwrap(),
        record.calls.first().unwrap(),
    );
    assert!(call.started.unwrap() - asked.at > std::time::Duration::from_secs(2));
}

#[tokio::test]
async fn a_talker_says_its_sentence_again_and_again() {
    let talker = Embed::new("emb_talks", AgentKind::Talker);
    let gateway = start(Config::default().embed(talker)).await;
    let mut visitor = Visitor::call(&gateway, "emb_talks").await;
    let first = visitor.until("transcript").await;
    let second = visitor.until("transcript").await;
    assert_eq!(first["text"], second["text"]);
    assert_ne!(first["seq"], second["seq"]);
}

#[tokio::test]
async fn a_page_is_served_with_the_policy_that_it_is_asked_for_with() {
    let gateway = start(Config::default()).await;
    let page = gateway.site_page("/page", "<p>", &[]);
    let header = "content-security-policy";
    assert_eq!(get(&page, &[]).await.header(header), "");
    let asked = get(&format!("{page}?a=b&csp=script-src%20'self'"), &[]).await;
    assert_eq!(asked.header(header), "script-src 'self'");
    // What would be another header is none at all.
    let two = get(&format!("{page}?csp=x%0D%0Aset-cookie:%20a=b"), &[]).await;
    assert_eq!((two.header(header), two.header("set-cookie")), ("", ""));
}
