//! The gallery's page in a frame of its own, and pictures of it.

use serde_json::json;

use crate::image::Image;
use gateway::Answer;
use support::bar::OPEN_ROOTS;
use support::failure::Failure;
use support::prompt::PROMPT;
use support::stage::Stage;
use support::visitor::SOON;

const PAGE: &str = include_str!("index.html");
const STYLE: &str = include_str!("gallery.css");
const SCRIPT: &str = include_str!("gallery.js");

/// Nothing but the frame, at the window's corner: a window cannot be as narrow as a phone in every engine.
const AROUND: &str = r#"<!doctype html><html lang="en"><title>Frame</title><style>
  body { margin: 0; background: #888 } iframe { display: block; border: 0 }
  </style><iframe id="frame" title="The gallery" src="/gallery" allow="microphone"></iframe>"#;

/// Two frames of the screen: what was changed has been drawn.
const DRAWN: &str = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))";

/// Opens the gallery's page, whose microphone prompt waits for `allow`.
pub async fn open_gallery(stage: &Stage) -> Result<(), Failure> {
    let first = format!(r#"<script src="/harness/tap.js"></script>{OPEN_ROOTS}{PROMPT}"#);
    let page = PAGE.replace("<!-- first -->", &first);
    stage.gateway.site_page("/gallery", &page, &[]);
    for (path, kind, text) in [
        ("/gallery.css", "text/css", STYLE),
        ("/gallery.js", "text/javascript", SCRIPT),
    ] {
        let answer = Answer::new(200, kind, text.as_bytes().to_vec());
        stage.gateway.site_answer(path, answer);
    }
    let url = stage.gateway.site_page("/", AROUND, &[]);
    stage.browser()?.client().set_window_size(1100, 800).await?;
    stage.browser()?.goto(&url).await?;
    // By its number: WebKit's driver (2.50) does not find the element after the window was given a size.
    stage.browser()?.client().enter_frame(0).await?;
    stage.state("#call", "idle").await
}

/// Gives host and page their looks, and takes a picture of the whole frame, which is at least `tall`.
pub async fn picture(
    stage: &Stage,
    theme: &str,
    size: &str,
    dir: &str,
    tall: u32,
) -> Result<Image, Failure> {
    let dress = "return dress(...arguments)";
    let args = [json!(theme), json!(size), json!(dir), json!(tall)];
    let frame = stage.browser()?.run(dress, args.to_vec()).await?;
    let [width, height]: [usize; 2] = serde_json::from_value(frame)?;
    // The bar takes over colours and direction with its next second.
    let dressed = format!(
        "!theBar() || (theBar().dir === '{dir}' && !theBar().shadowRoot.getAnimations().length &&
          window.dressed === (window.dressed = inBar('.bar').getAttribute('style')))"
    );
    stage.until(&dressed, SOON).await?;
    let browser = stage.browser()?;
    browser.run_async(DRAWN, Vec::new()).await?;
    // From within a frame WebKit's driver (2.50) takes none.
    browser.client().enter_parent_frame().await?;
    let image = Image::from_png(&browser.screenshot().await?)?;
    browser.client().enter_frame(0).await?;
    Ok(image.within([0, 0, width, height.max(tall as usize)]))
}

/// A picture of what lies within left, top, right, bottom.
pub async fn take(stage: &Stage, sides: [usize; 4]) -> Result<Image, Failure> {
    let browser = stage.browser()?;
    browser.run_async(DRAWN, Vec::new()).await?;
    Ok(Image::from_png(&browser.screenshot().await?)?.within(sides))
}
