//! Hosts of every shape: the bar is inside what the visitor sees, not over the host, and can be used.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use support::bar::{BarButton, OPEN_ROOTS};
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(the_bar_is_in_sight_and_beside_a_host_of_any_shape),
        trial!(the_bar_can_be_used_in_a_modal_dialog_and_outlives_it),
        trial!(the_bar_is_there_while_a_part_of_the_page_fills_the_screen),
        trial!(the_bar_is_there_for_a_host_in_a_shadow_root),
        trial!(on_a_narrow_screen_the_bar_is_a_sheet_that_leaves_the_host_free),
    ]
}

/// Each with the style of the host and of the box that it is in.
const SHAPES: [(&str, &str, &str); 9] = [
    (
        "as small as a target may be",
        "width: 24px; height: 24px; padding: 0; overflow: hidden",
        "",
    ),
    ("large", "width: 860px; height: 400px", ""),
    ("clipped", "", "overflow: hidden; width: 90px; height: 40px"),
    (
        "transformed",
        "",
        "transform: rotate(20deg) scale(1.4); width: 200px; margin: 90px",
    ),
    (
        "fixed in a corner",
        "position: fixed; right: 16px; bottom: 16px",
        "",
    ),
    (
        "fixed at the top",
        "position: fixed; inset: 0 0 auto; width: 100%",
        "",
    ),
    (
        "in a box with a filter of its own",
        "",
        "filter: blur(0.2px); contain: paint; z-index: -1; position: relative",
    ),
    ("in a line that is full", "float: right", "width: 100%"),
    (
        "in a transparent box that reads from right to left",
        "",
        "direction: rtl; opacity: 0.3",
    ),
];

const BODY: &str = r#"<div id="box"><button id="call" data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}">Talk</button></div>
  <div style="height: 2000px"></div>"#;

#[holds("6.page-css")]
async fn the_bar_is_in_sight_and_beside_a_host_of_any_shape(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().head(OPEN_ROOTS).body(BODY))
        .await?;
    stage.state("#call", "idle").await?;
    stage.run("call.click()").await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    for (name, host, around) in SHAPES {
        let dress = format!(
            "call.style.cssText = {}; box.style.cssText = {}",
            json!(host),
            json!(around)
        );
        stage.run(&dress).await?;
        lies_well(stage, "call")
            .await
            .map_err(|Failure(why)| Failure(format!("{name}: {why}")))?;
    }
    // Gone in mid-call: the call goes on, and so does the bar.
    stage.run("call.style.display = 'none'").await?;
    stage.until("!call.offsetWidth", SOON).await?;
    // A host that rests is looked at once a second: only then the bar moves, under the hand perhaps.
    stage.until(RESTS, SOON).await?;
    is_in_sight(stage).await?;
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await?;
    stage.no_bar().await
}

/// Asked often: whether the bar has been in one place for longer than it takes until the next look.
const RESTS: &str = "((box, now) => {
    if (box !== window.lastBox) [window.lastBox, window.restsSince] = [box, now];
    return now - restsSince > 1_500;
  })(JSON.stringify(theBar().getBoundingClientRect()), performance.now())";

/// Looks until it is so: what moves the host is noticed with the next frames.
async fn lies_well(stage: &Stage, host: &str) -> Result<(), Failure> {
    let well = format!(
        "(() => {{
          const bar = theBar().getBoundingClientRect(), host = {host}.getBoundingClientRect();
          const {{ clientWidth, clientHeight }} = document.documentElement;
          const inside = bar.left >= 0 && bar.top >= 0 && bar.right <= clientWidth + 0.5 && bar.bottom <= clientHeight + 0.5;
          const apart = bar.right <= host.left || bar.left >= host.right || bar.bottom <= host.top || bar.top >= host.bottom;
          return inside && apart && bar.width > 200 && bar.height >= 44;
        }})()"
    );
    if stage.until(&well, SOON).await.is_err() {
        let (bar, at) = (stage.box_of("theBar()").await?, stage.box_of(host).await?);
        return Err(Failure(format!(
            "the bar is at {bar:?}, its host at {at:?}"
        )));
    }
    is_in_sight(stage).await
}

/// Nothing of the page lies over its buttons.
async fn is_in_sight(stage: &Stage) -> Result<(), Failure> {
    let on_top = "[...theBar().shadowRoot.querySelectorAll('button')].every((button) => {
        const { left, right, top, bottom } = button.getBoundingClientRect();
        return document.elementFromPoint((left + right) / 2, (top + bottom) / 2) === theBar();
      })";
    stage.until(on_top, SOON).await.map(drop)
}

const DIALOG: &str = r#"<dialog id="dialog"><button id="call" data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}">Talk</button></dialog>"#;

#[holds("6.modal-host-inside")]
async fn the_bar_can_be_used_in_a_modal_dialog_and_outlives_it(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().head(OPEN_ROOTS).body(DIALOG))
        .await?;
    stage.state("#call", "idle").await?;
    stage.run("dialog.showModal()").await?;
    stage.click("#call").await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    lies_well(stage, "call").await?;
    stage.press_in_bar(BarButton::Mute).await?;
    stage
        .until(
            "theBar().shadowRoot.querySelector('button').title.startsWith('Unmute')",
            SOON,
        )
        .await?;
    // Closed in mid-call.
    stage.run("dialog.close()").await?;
    stage
        .until("theBar().parentNode === document.body", SOON)
        .await?;
    is_in_sight(stage).await?;
    // And open again.
    stage.run("dialog.showModal()").await?;
    stage.until("theBar().parentNode === dialog", SOON).await?;
    is_in_sight(stage).await?;
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await?;
    stage.no_bar().await?;
    let focused = "document.activeElement.id === 'call'";
    stage.until(focused, SOON).await.map(drop)
}

const FULL_SCREEN: &str = r#"<section id="part" style="background: #fff"><button id="fill">Fill the screen</button>
  <button id="call" data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}">Talk</button></section>
  <script>fill.onclick = () => part.requestFullscreen()</script>"#;

#[holds("6.modal-host-inside")]
async fn the_bar_is_there_while_a_part_of_the_page_fills_the_screen(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().head(OPEN_ROOTS).body(FULL_SCREEN))
        .await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    stage.click("#fill").await?;
    stage
        .until("document.fullscreenElement === part", SOON)
        .await?;
    stage.until("theBar().parentNode === part", SOON).await?;
    lies_well(stage, "call").await?;
    stage.press_in_bar(BarButton::Captions).await?;
    stage.until("!inBar('.captions').hidden", SOON).await?;
    stage.run("document.exitFullscreen()").await?;
    stage
        .until("theBar().parentNode === document.body", SOON)
        .await?;
    lies_well(stage, "call").await?;
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await.map(drop)
}

const SHADOW: &str = r#"<x-card id="card"></x-card><script>
  const root = document.getElementById("card").attachShadow({ mode: "open" });
  root.innerHTML = '<button lang="de">Talk</button>';
  window.inner = root.querySelector("button");
</script>"#;

async fn the_bar_is_there_for_a_host_in_a_shadow_root(stage: &mut Stage) -> Result<(), Failure> {
    stage
        .open(&Page::default().head(OPEN_ROOTS).body(SHADOW))
        .await?;
    let api = json!(stage.gateway.api_url());
    let mount = format!("Vocadesk.mount(inner, {{ embedId: 'emb_echo', apiUrl: {api} }})");
    stage.run(&mount).await?;
    stage
        .until("inner.dataset.vocadeskState === 'idle'", SOON)
        .await?;
    stage.click_at_middle("inner").await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    lies_well(stage, "inner").await?;
    let language = stage.run("return theBar().lang").await?;
    ensure!(language == "de", "the bar's language is {language}");
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await.map(drop)
}

async fn on_a_narrow_screen_the_bar_is_a_sheet_that_leaves_the_host_free(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let inside = Page::default().head(OPEN_ROOTS).body(BODY);
    let url = stage
        .gateway
        .site_page("/narrow", &inside.html(&stage.release), &[]);
    let frame = format!(
        r#"<iframe id="frame" src="{url}" allow="microphone" style="width: 360px; height: 480px"></iframe>"#
    );
    stage
        .open(
            &Page::default()
                .script(support::page::Placement::Absent)
                .body(frame),
        )
        .await?;
    stage.browser()?.enter_frame("#frame").await?;
    stage.state("#call", "idle").await?;
    stage.run("call.click()").await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    let sheet = "(() => { const { left, right, bottom } = theBar().getBoundingClientRect();
        return left === 0 && Math.abs(right - document.documentElement.clientWidth) < 1 && Math.abs(bottom - innerHeight) < 1 })()";
    stage.until(sheet, SOON).await?;
    lies_well(stage, "call").await?;
    // A host where the sheet would be.
    stage
        .run("call.style.cssText = 'position: fixed; right: 16px; bottom: 16px'")
        .await?;
    lies_well(stage, "call").await?;
    // As small as 1280 × 1024 at 400 %, with everything open.
    stage.run("call.style.cssText = ''; Object.assign(frameElement.style, { width: '320px', height: '256px' })").await?;
    lies_well(stage, "call").await?;
    for button in [BarButton::Captions, BarButton::Options] {
        stage.run(&format!("{}.click()", button.element())).await?;
        lies_well(stage, "call").await?;
    }
    let wide = stage
        .run("return inBar('.bar').scrollWidth - inBar('.bar').clientWidth")
        .await?;
    ensure!(wide == 0, "{wide} pixels to scroll sideways");
    Ok(())
}
