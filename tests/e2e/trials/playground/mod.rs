//! The demo's second page: what is chosen there is what its preview is, who is chosen answers, and what is copied works elsewhere.

mod axe;
mod calls;
mod choices;
mod code;
mod keyboard;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::trial::Trial;
use gateway::Config;
use gateway::config::Feature;
use support::failure::Failure;
use support::stage::{Setting, Stage};
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    [
        choices::trials(),
        calls::trials(),
        code::trials(),
        keyboard::trials(),
        axe::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// As `scripts/demo` starts its gateway.
fn setting() -> Setting {
    Setting {
        deadline: Duration::from_secs(300),
        config: Config {
            site: Some(support::project().join("tests/gateway/demo")),
            ..Config::default().features(&Feature::ALL)
        },
        ..Setting::default()
    }
}

fn folder() -> PathBuf {
    support::project().join("tests/gateway/demo/playground")
}

/// The harness in front of all else; a policy that names a nonce lets it in by that.
const TAP: &str = r#"<head><script src="/harness/tap.js" nonce="new-in-each-answer"></script>"#;

/// Opens the playground with these choices, and waits until its preview is bound.
async fn open(stage: &Stage, query: &str) -> Result<(), Failure> {
    for file in ["index.html", "preview.html"] {
        let html = std::fs::read_to_string(folder().join(file))?;
        let path = format!("/playground/{}", file.replace("index.html", ""));
        let html = html.replacen("<head>", TAP, 1);
        stage.gateway.site_page(&path, &html, &[]);
    }
    let url = format!("{}/playground/?{query}", stage.gateway.site_url());
    stage.browser()?.goto(&url).await?;
    previewed(stage, "host.dataset.vocadeskState === 'idle'").await
}

/// Waits until this holds of the preview's `page`, and its `host`.
async fn previewed(stage: &Stage, what: &str) -> Result<(), Failure> {
    let holds = format!(
        "((page) => {{ const host = page?.querySelector('.talk'); return host && ({what}); }})(preview.contentDocument)"
    );
    stage.until(&holds, SOON).await.map(drop)
}

async fn choose(stage: &Stage, name: &str, value: &str) -> Result<(), Failure> {
    let choose = "const [name, value] = arguments, form = document.querySelector('#choices');
        form.elements.namedItem(name).value = value;
        form.dispatchEvent(new Event('input'))";
    let arguments = vec![json!(name), json!(value)];
    stage.browser()?.run(choose, arguments).await.map(drop)
}

async fn enter(stage: &Stage) -> Result<(), Failure> {
    stage.browser()?.enter_frame("#preview").await
}

async fn leave(stage: &Stage) -> Result<(), Failure> {
    Ok(stage.browser()?.client().enter_parent_frame().await?)
}
