//! Pages whose `Object.prototype` has more than the language gave it, by a library's fault or an attacker's doing (prototype
//! pollution): of an object of ours and of a server's answer what it says itself counts.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::misbehave::{Misbehave, TokenFault};
use support::failure::{Failure, ensure};
use support::page::{Page, Placement};
use support::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(what_every_object_of_the_page_has_names_no_endpoint)
            .in_one_engine("which members count is decided by us, by the same calls everywhere"),
    ]
}

/// What every object has, and what else the page's script does.
const POLLUTED: [(&str, &str); 4] = [
    (
        "{ vocadeskApiUrl: 'https://stranger.invalid', vocadeskWssUrl: 'wss://stranger.invalid/', vocadeskUi: 'none',
           vocadeskEmbeds: 'emb_of_nobody' }",
        "",
    ),
    (
        "{ known: { policies: [], missing: [], marks: { vocadeskApiUrl: 'https://stranger.invalid' } }, unfetched: true,
           types: { createScriptURL: () => 'https://stranger.invalid/' } }",
        "",
    ),
    (
        "{ wssUrl: 'wss://stranger.invalid/', dispatchUrl: 'wss://stranger.invalid/', code: 'polluted' }",
        "",
    ),
    // Where the call shares the page's thread.
    (
        "{ wssUrl: 'wss://stranger.invalid/', dispatchUrl: 'wss://stranger.invalid/', code: 'polluted',
           features: ['resume', 'binary'], resume: { token: 'x', graceMs: 30000 }, graceMs: 1, seq: 1, role: 'user', text: 'x' }",
        "delete window.Worker;",
    ),
];

#[holds("1.endpoint-ignored")]
async fn what_every_object_of_the_page_has_names_no_endpoint(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.gateway.misbehave(Misbehave {
        token: Some(TokenFault::NoWssUrl),
        ..Misbehave::default()
    });
    let tag = r#" defer data-vocadesk-api-url="{{API_URL}}" data-vocadesk-wss-url="{{WSS_URL}}""#;
    let tag = Page::script_tag(&stage.release, tag);
    for (members, more) in POLLUTED {
        // Not to be seen by who looks through an object: drivers do.
        let head = format!(
            "<script>for (const [name, value] of Object.entries({members}))
               Object.defineProperty(Object.prototype, name, {{ value, writable: true, configurable: true }});
             {more}</script>{tag}"
        );
        let page = Page::default().script(Placement::Absent).head(head);
        let host = r#"<button id="call" data-vocadesk-embed="emb_echo">Talk</button>"#;
        stage.open(&page.body(host)).await?;
        let told = |Failure(why)| Failure(format!("{members}: {why}"));
        stage.state("#call", "idle").await.map_err(told)?;
        stage.start_call("#call").await.map_err(told)?;
        stage.bar().await.map_err(told)?;
        stage.hang_up("#call").await.map_err(told)?;
        stage.all_released().await?;
        stage.microphone_is_off().await?;
        let asked = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('stranger')).length";
        let asked = stage.run(asked).await?;
        ensure!(asked == json!(0), "{members}: a stranger was asked");
    }
    Ok(())
}
