//! The code that the playground gives away.

use serde_json::Value;

use super::{TAP, open, setting};
use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![trial!(
        the_code_that_is_copied_from_the_playground_calls_from_an_empty_page,
        setting()
    )]
}

/// Presses each button that copies, and gives what was copied, by its name.
async fn copied(stage: &Stage) -> Result<Vec<(String, String)>, Failure> {
    // Browsers without a window let nobody read what a page has copied.
    let record = "const written = (text) => { window.copied = text; return Promise.resolve(); };
        Object.defineProperty(Clipboard.prototype, 'writeText', { value: written, configurable: true });
        return [...document.querySelectorAll('#files h3')].map((name) => name.textContent)";
    let names: Vec<String> = serde_json::from_value(stage.run(record).await?)?;
    let mut all = Vec::new();
    for (place, name) in names.into_iter().enumerate() {
        stage.run("delete window.copied").await?;
        let button = format!("#files .file:nth-of-type({}) button", place + 1);
        stage.click(&button).await?;
        let text = stage.until("window.copied", SOON).await?;
        all.push((name, text.as_str().unwrap_or_default().to_owned()));
    }
    Ok(all)
}

async fn the_code_that_is_copied_from_the_playground_calls_from_an_empty_page(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for choices in [
        "kind=button&label=%3Cb%3E%22Talk%22+%26+more",
        "kind=div&controls=none&lang=de",
        "kind=element&dir=rtl&policy=full",
        "kind=mount&label=%3C%2Fscript%3E",
        "kind=button&policy=least",
        "kind=button&policy=hashes",
        "kind=mount&policy=dynamic",
        "kind=button&policy=types",
    ] {
        let calls = async {
            open(stage, choices).await?;
            let shown = "return preview.contentDocument.querySelector('.talk').textContent";
            let shown = stage.run(shown).await?;
            let mut files = copied(stage).await?.into_iter();
            let (_, code) = files.next().ok_or("nothing to copy")?;
            let policy = files.next().map(|(_, policy)| policy);
            ensure!(
                policy.is_some() == choices.contains("policy="),
                "the policy is {policy:?}"
            );
            ensure!(
                code.contains(&stage.release.integrity),
                "not this release's hash: {code}"
            );
            call_from_an_empty_page(stage, &code, policy, &shown).await
        };
        let called = calls.await;
        called.map_err(|Failure(why)| Failure(format!("{choices}: {why}")))?;
    }
    Ok(())
}

async fn call_from_an_empty_page(
    stage: &Stage,
    code: &str,
    policy: Option<String>,
    shown: &Value,
) -> Result<(), Failure> {
    // The harness is a script of the site's own.
    let policy = policy.map(|policy| policy.replace("script-src", "script-src 'self'"));
    let headers: Vec<_> = policy
        .iter()
        .map(|p| ("content-security-policy", p.as_str()))
        .collect();
    let page = format!(
        "<!doctype html><html lang=\"en\">{TAP}<title>Empty</title></head><body>\n{code}</body></html>"
    );
    let url = stage.gateway.site_page("/empty", &page, &headers);
    stage.browser()?.goto(&url).await?;
    stage.state(".talk", "idle").await?;
    let text = stage
        .run("return document.querySelector('.talk').textContent")
        .await?;
    ensure!(text == *shown, "{text}, and in the preview {shown}");
    let calls = stage.gateway.record().calls.len();
    stage.start_call(".talk").await?;
    // A tenth of a second of sound: the line is open all the way.
    stage.heard_at_gateway(calls, 5).await?;
    stage.hang_up(".talk").await?;
    stage.all_released().await
}
