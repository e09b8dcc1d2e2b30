//! The README's pictures: three of a call, and a short film of one.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::film;
use crate::image::Image;
use crate::scene;
use crate::states::conversation;
use gateway::misbehave::Misbehave;
use support::bar::{BarButton, OPEN_ROOTS};
use support::extension::Extension;
use support::failure::Failure;
use support::prompt::PROMPT;
use support::stage::{Setting, Stage, speaks_after};
use support::visitor::{END, SOON, START};

/// A window's, width and height.
const SIZE: [usize; 2] = [500, 340];

/// A phone's, for the third picture: high enough for all sound settings.
const NARROW: [usize; 2] = [380, 420];

/// Frames of the film a second: the level has five steps, and the clock one a second.
const FRAME_MS: u16 = 200;

/// A corner of a shop's page.
const PAGE: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,">
<script src="/harness/tap.js"></script><!-- first -->
<style>
  body { margin: 0; padding: 26px 30px; background: #fbfaf7; color: #1f2a26; font: 15px/1.5 sans-serif; overflow: hidden }
  h1 { margin: 0 0 2px; font-size: 21px } p { margin: 0 0 14px; color: #56625d }
  #call {
    --vocadesk-bg: #14493c; --vocadesk-accent: #f2b544; --vocadesk-danger: #ff8d78; --vocadesk-muted: #b9d2c8;
    width: 300px; height: 52px; border: 0; border-radius: 26px; background: var(--vocadesk-bg); color: #fff;
    font: 600 16px sans-serif;
  }
</style>
<script src="{{SCRIPT_SRC}}" integrity="{{INTEGRITY}}" crossorigin="anonymous" defer></script></head>
<body><h1>Larkfield Cycle Workshop</h1><p>Most repairs are done the same day. Ask us.</p>
<button id="call" data-vocadesk-embed="emb_demo" data-vocadesk-api-url="{{API_URL}}">Talk to us</button></body></html>"#;

/// The greeting lasts four seconds, then the visitor speaks.
pub fn setting() -> Setting {
    Setting::microphone(speaks_after(5.0))
}

/// Writes `docs/pictures`.
pub async fn pictures(stage: &mut Stage) -> Result<(), Failure> {
    let folder = support::project().join("docs/pictures");
    std::fs::create_dir_all(&folder)?;
    let stage = &*stage;
    let still = async |name: &str| film::write(&folder.join(name), &[(look(stage, 2).await?, 0)]);
    stage.gateway.misbehave(conversation());
    open(stage, SIZE, 2, "").await?;
    still("idle.png").await?;
    call(stage).await?;
    stage.press_in_bar(BarButton::Captions).await?;
    stage
        .until("inBar('.captions').textContent.includes('four')", SOON)
        .await?;
    still("call.png").await?;
    hang_up(stage).await?;

    let dark = "body { background: #10151c; color: #e8edf2 } p { color: #9aa7b5 } #call { --vocadesk-bg: #2a3442; \
      --vocadesk-accent: #6db3ff; --vocadesk-muted: #a9b8c9; width: 100%; border-radius: 12px }";
    open(stage, NARROW, 2, dark).await?;
    call(stage).await?;
    stage.press_in_bar(BarButton::Options).await?;
    stage.press_in_bar(BarButton::Mute).await?;
    still("settings.png").await?;
    hang_up(stage).await?;

    stage.gateway.misbehave(Misbehave::default());
    open(stage, SIZE, 1, "").await?;
    let frames = film_of_a_call(stage).await?;
    film::write(&folder.join("call.apng.png"), &frames)?;
    for file in std::fs::read_dir(&folder)? {
        let file = file?;
        eprintln!(
            "{}: {} bytes",
            file.path().display(),
            file.metadata()?.len()
        );
    }
    Ok(())
}

async fn open(
    stage: &Stage,
    [width, height]: [usize; 2],
    scale: u32,
    more: &str,
) -> Result<(), Failure> {
    let size =
        json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
    let command = Extension::devtools_with("Emulation.setDeviceMetricsOverride", size);
    stage.browser()?.client().issue_cmd(command).await?;
    let page = PAGE.replace("<!-- first -->", &format!("{OPEN_ROOTS}{PROMPT}"));
    let page = page.replace("</style>", &format!("{more}</style>"));
    let url = stage.gateway.site_page("/", &page, &[]);
    stage.browser()?.goto(&url).await?;
    stage.state("#call", "idle").await
}

async fn call(stage: &Stage) -> Result<(), Failure> {
    stage.click("#call").await?;
    stage.allow().await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    // It appears in a sixth of a second.
    let there = "!theBar().shadowRoot.getAnimations().length";
    stage.until(there, SOON).await.map(drop)
}

async fn hang_up(stage: &Stage) -> Result<(), Failure> {
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await.map(drop)
}

/// All that there is of the window.
async fn look(stage: &Stage, scale: usize) -> Result<Image, Failure> {
    scene::take(stage, [0, 0, SIZE[0] * scale, NARROW[1] * scale]).await
}

/// From the click to the end: each state for as long as it is interesting.
async fn film_of_a_call(stage: &Stage) -> Result<Vec<(Image, u16)>, Failure> {
    let mut frames = vec![(look(stage, 1).await?, 1_200)];
    stage.click("#call").await?;
    stage.state("#call", "asking").await?;
    frames.push((look(stage, 1).await?, 1_000));
    stage.allow().await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    stage.press_in_bar(BarButton::Captions).await?;
    let late = Instant::now() + Duration::from_secs(11);
    while Instant::now() < late {
        let next = Instant::now() + Duration::from_millis(u64::from(FRAME_MS));
        frames.push((look(stage, 1).await?, FRAME_MS));
        tokio::time::sleep_until(next.into()).await;
    }
    hang_up(stage).await?;
    stage.no_bar().await?;
    frames.push((look(stage, 1).await?, 2_000));
    Ok(frames)
}
