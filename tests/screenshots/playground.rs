//! The picture of the demo's playground, with a call in its preview.

use serde_json::json;

use crate::film;
use crate::scene;
use gateway::Config;
use support::bar::OPEN_ROOTS;
use support::extension::Extension;
use support::failure::Failure;
use support::stage::{Setting, Stage};
use support::visitor::{SOON, START};

const WIDTH: usize = 1200;
const HEIGHT: usize = 830;
const SCALE: usize = 2;

/// The README's theme, and an agent that talks at once.
const CHOICES: &str = "far=talks&label=Call+the+workshop&bg=%2314493c&accent=%23f2b544&danger=%23ff8d78&muted=%23b9d2c8";

fn folder() -> std::path::PathBuf {
    support::project().join("tests/gateway/demo")
}

pub fn setting() -> Setting {
    Setting::default().config(|config| Config {
        site: Some(folder()),
        ..config
    })
}

/// Writes `docs/pictures/playground.png`.
pub async fn picture(stage: &mut Stage) -> Result<(), Failure> {
    let stage = &*stage;
    let size =
        json!({ "width": WIDTH, "height": HEIGHT, "deviceScaleFactor": SCALE, "mobile": false });
    let command = Extension::devtools_with("Emulation.setDeviceMetricsOverride", size);
    stage.browser()?.client().issue_cmd(command).await?;
    // Scroll bars are each system's own.
    let style = "<style>* { scrollbar-width: none !important }</style>";
    let first = format!(r#"<head><script src="/harness/tap.js"></script>{OPEN_ROOTS}{style}"#);
    for (file, path) in [("index.html", ""), ("preview.html", "preview.html")] {
        let html = std::fs::read_to_string(folder().join("playground").join(file))?;
        let html = html.replacen("<head>", &first, 1);
        stage
            .gateway
            .site_page(&format!("/playground/{path}"), &html, &[]);
    }
    let url = format!("{}/playground/?{CHOICES}", stage.gateway.site_url());
    stage.browser()?.goto(&url).await?;
    let loaded = "preview.contentDocument.querySelector('.talk')?.dataset.vocadeskState === 'idle'";
    stage.until(loaded, SOON).await?;
    stage.browser()?.enter_frame("#preview").await?;
    stage.click(".talk").await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    // It appears in a sixth of a second.
    let there = "!theBar().shadowRoot.getAnimations().length";
    stage.until(there, SOON).await?;
    stage.browser()?.client().enter_parent_frame().await?;
    let told = "document.querySelector('#log [data-type=transcript]') && diagnostics.textContent";
    stage.until(told, SOON).await?;
    let look = scene::take(stage, [0, 0, WIDTH * SCALE, HEIGHT * SCALE]).await?;
    film::write(
        &support::project().join("docs/pictures/playground.png"),
        &[(look, 0)],
    )
}
