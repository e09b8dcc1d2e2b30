//! Markup that somebody else wrote: sanitisers keep `data-*`, and a visitor's voice goes nowhere by that.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::ListenerName;
use support::failure::{Failure, ensure};
use support::page::{Page, Placement};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(an_endpoint_that_markup_names_counts_only_where_it_is_the_sites),
        trial!(the_tag_may_say_which_embeds_markup_may_call),
    ]
}

/// A page whose script tag says more, before all else in the body.
async fn open(stage: &Stage, tag: &str, hosts: &str) -> Result<(), Failure> {
    let tag = Page::script_tag(&stage.release, tag);
    let page = Page::default().script(Placement::Absent);
    stage.open(&page.body(format!("{hosts}{tag}"))).await
}

async fn warnings(stage: &Stage) -> Result<usize, Failure> {
    let said = "return __harness.said.filter(({ level, message }) => level === 'WARNING' && message.includes('stranger')).length";
    let said = stage.run(said).await?;
    said.as_u64()
        .map(|n| n as usize)
        .ok_or_else(|| "no number".into())
}

async fn strangers_are_asked_nothing(stage: &Stage, what: &str) -> Result<(), Failure> {
    let asked = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('stranger')).length";
    let asked = stage.run(asked).await?;
    ensure!(asked == json!(0), "{what}: a stranger was asked");
    Ok(())
}

/// What markup says beside the tag, and how many warnings that is worth.
const MARKS: [(&str, &str, usize); 7] = [
    ("none", "", 0),
    ("the tag's", r#"data-vocadesk-api-url="{{API_URL}}/""#, 0),
    (
        "a stranger",
        r#"data-vocadesk-api-url="https://stranger.invalid" data-vocadesk-ui="none""#,
        1,
    ),
    (
        "a stranger by another name",
        r#"data-vocadesk-api-url="//stranger.invalid/api" data-vocadesk-wss-url="wss://stranger.invalid/""#,
        2,
    ),
    (
        "one that looks like loopback",
        r#"data-vocadesk-api-url="https://127.0.0.1.stranger.invalid""#,
        1,
    ),
    (
        "one that has our name in it",
        r#"data-vocadesk-api-url="https://embed.vocadesk.com.stranger.invalid""#,
        1,
    ),
    (
        "one with our name as a user",
        r#"data-vocadesk-api-url="https://embed.vocadesk.com@stranger.invalid""#,
        1,
    ),
];

#[holds("1.endpoint-attributes", "1.endpoint-ignored")]
async fn an_endpoint_that_markup_names_counts_only_where_it_is_the_sites(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let tag = r#"data-vocadesk-api-url="{{API_URL}}" data-vocadesk-wss-url="{{WSS_URL}}""#;
    // A sanitiser that keeps `name` lets these through as well.
    let named = r#"<form name="baseURI"></form><img name="URL"><img name="documentURI"><img name="location">"#;
    // Each mark on one host of a page: on a link where it is odd in the page without these names, on a button in the page
    // with them, and the other way round. So any two of mark, host and names meet.
    for (nth, names) in ["", named].into_iter().enumerate() {
        let hosts = MARKS.iter().enumerate().map(|(number, (_, marks, _))| {
            let id = format!("host{number}");
            match (number + nth) % 2 {
                1 => format!(r#"<a id="{id}" href="/followed" data-vocadesk-embed="emb_echo" {marks}>Talk</a>"#),
                _ => format!(r#"<button id="{id}" data-vocadesk-embed="emb_demo" {marks}>Talk</button>"#),
            }
        });
        open(stage, tag, &format!("{names}{}", hosts.collect::<String>())).await?;
        let mut due = 0;
        for (number, (what, _, warned)) in MARKS.iter().enumerate() {
            let what = format!("{what} {names}");
            let host = format!("#host{number}");
            stage.state(&host, "idle").await?;
            let call = stage.good_call(&host).await;
            call.map_err(|Failure(why)| Failure(format!("{what}: {why}")))?;
            due += warned;
            let said = warnings(stage).await?;
            ensure!(said == due, "{what}: {said} warnings so far, not {due}");
            strangers_are_asked_nothing(stage, &what).await?;
        }
        // Drivers ask the document where it is before they go elsewhere.
        stage
            .run("for (const named of Document.prototype.querySelectorAll.call(document, '[name]')) named.remove()")
            .await?;
    }
    // The page's own code may name whom it likes.
    open(stage, tag, r#"<button id="call">Talk</button>"#).await?;
    stage.until("window.Vocadesk", SOON).await?;
    stage
        .run("Vocadesk.mount('#call', { embedId: 'emb_echo', apiUrl: 'https://stranger.invalid' })")
        .await?;
    let tokens = stage.token_requests();
    stage.fail_call("#call", "network").await?;
    ensure!(
        stage.token_requests() == tokens,
        "mount's option was ignored"
    );
    Ok(())
}

#[holds("1.embeds-allowlist", "1.embeds-endpoints")]
async fn the_tag_may_say_which_embeds_markup_may_call(stage: &mut Stage) -> Result<(), Failure> {
    let tag =
        r#"data-vocadesk-embeds=" emb_echo  emb_unused " data-vocadesk-api-url="{{API_URL}}""#;
    let hosts = r#"<button id="listed" data-vocadesk-embed=" emb_echo" data-vocadesk-ui="none"
          data-vocadesk-api-url="{{API_URL}}/elsewhere">Talk</button>
        <button id="unlisted" data-vocadesk-embed="emb_demo" data-vocadesk-api-url="{{API_URL}}">Talk</button>
        <button id="mounted">Talk</button>"#;
    open(stage, tag, hosts).await?;
    stage.state("#listed", "idle").await?;
    stage.start_call("#listed").await?;
    // The markup's `ui` does not count either.
    stage.bar().await?;
    stage.hang_up("#listed").await?;
    stage.all_released().await?;
    let strangely = stage.gateway.record();
    let strangely = strangely
        .requests_to(ListenerName::Api, "/elsewhere/v1/tokens")
        .count();
    ensure!(strangely == 0, "the markup's endpoint was asked");
    stage.click("#unlisted").await?;
    let bound = stage
        .run("return unlisted.hasAttribute('data-vocadesk-state')")
        .await?;
    ensure!(
        bound == json!(false),
        "an embed that is not on the list is bound"
    );
    // The page's own code may call any.
    stage
        .run("Vocadesk.mount(mounted, { embedId: 'emb_demo', ui: 'none' })")
        .await?;
    stage.good_call("#mounted").await?;
    // A listed host that comes to name another embed calls nobody.
    stage
        .run("listed.dataset.vocadeskEmbed = 'emb_demo'")
        .await?;
    let tokens = stage.token_requests();
    stage.click("#listed").await?;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    ensure!(
        stage.token_requests() == tokens,
        "an embed that is not on the list was called"
    );
    Ok(())
}
