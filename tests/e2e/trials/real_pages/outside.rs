//! The bar is nobody's outside: pages that close, blur or trap something, and what opens over all else in mid-call.

use fantoccini::key::Key;
use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use support::bar::{BarButton, OPEN_ROOTS};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{Setting, Stage};
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(nothing_that_happens_in_the_bar_is_told_to_the_page),
        trial!(what_opens_over_all_else_leaves_mute_and_end_in_reach),
        trial!(
            what_closes_by_a_click_outside_stays_open_when_the_bar_is_used,
            Setting::default().impossible("webkit", LIGHT_DISMISS)
        ),
        trial!(a_page_that_puts_all_else_out_of_reach_leaves_the_bar),
        trial!(a_frame_without_room_for_the_bar_traps_no_key),
        trial!(the_pages_own_values_move_no_bar_out_of_sight),
    ]
}

/// For WebKitGTK 2.50 a click in a shadow root is outside of every popover, also of the one that the root is in.
const LIGHT_DISMISS: &str = "what is in a shadow root is in no popover";

const TAB: char = '\u{e004}';
const ESCAPE: char = '\u{e00c}';

/// Closes at whatever begins or goes on outside of the box, as libraries do by any of these, and before the script is
/// there. (A listener that is there before ours and captures at the window itself is the one that is told first.)
const BOX: &str = "<script>
  window.told = [];
  const types = ['pointerdown', 'pointerup', 'pointercancel', 'mousedown', 'mouseup', 'touchstart', 'touchend', 'click', 'dblclick',
    'auxclick', 'contextmenu', 'focus', 'focusin', 'keydown', 'keypress', 'keyup', 'input', 'beforeinput'];
  const outside = ({ type, target }) =>
    target instanceof Element && target !== document.body && !box.contains(target) && told.push([type, target.outerHTML]);
  for (const type of types) {
    document.addEventListener(type, outside, true);
    document.addEventListener(type, outside);
    window.addEventListener(type, outside);
  }
  for (const type of ['blur', 'focusout', 'pointerout', 'mouseout']) {
    document.addEventListener(type, ({ type, relatedTarget }) => relatedTarget?.matches('[data-vocadesk-bar]') && told.push(type), true);
  }
</script>";

async fn nothing_is_told(stage: &Stage, after: &str) -> Result<(), Failure> {
    let told = stage.run("return told").await?;
    ensure!(told == json!([]), "{after}: {told}");
    Ok(())
}

#[holds("6.bar-press-closes-nothing")]
async fn nothing_that_happens_in_the_bar_is_told_to_the_page(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = format!(r#"<div id="box">{}</div>"#, button("call", "emb_echo"));
    let head = format!("{OPEN_ROOTS}{BOX}");
    stage.open(&Page::default().head(head).body(body)).await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    let stage = &*stage;
    let browser = stage.browser()?;
    let track = "__harness.streams.at(-1).getAudioTracks()[0].enabled";
    stage.press_in_bar(BarButton::Mute).await?;
    stage.until(&format!("!{track}"), SOON).await?;
    nothing_is_told(stage, "mute").await?;
    let focused = stage
        .run("return document.activeElement.id || document.activeElement.localName")
        .await?;
    ensure!(
        focused == "call" || focused == "body",
        "the focus went to {focused}"
    );
    stage.press_in_bar(BarButton::Captions).await?;
    stage.until("!inBar('.captions').hidden", SOON).await?;
    stage.press_in_bar(BarButton::Options).await?;
    stage.until("!inBar('.options').hidden", SOON).await?;
    nothing_is_told(stage, "captions and options").await?;
    stage.click_at_middle("inBar('input')").await?;
    stage.until("inBar('input').value < 0.9", SOON).await?;
    nothing_is_told(stage, "the slider").await?;
    // By keyboard: into the bar, and in it.
    stage.run("call.focus(); told.length = 0").await?;
    browser.press(TAB).await?;
    stage
        .until("inBar(':focus')?.matches('[aria-keyshortcuts]')", SOON)
        .await?;
    browser.press(' ').await?;
    stage.until(track, SOON).await?;
    browser.press(Key::Enter.into()).await?;
    stage.until(&format!("!{track}"), SOON).await?;
    browser.press('m').await?;
    stage.until(track, SOON).await?;
    browser.press(ESCAPE).await?;
    browser.press(TAB).await?;
    nothing_is_told(stage, "keys").await?;
    ensure!(stage.count(END).await? == 0, "the call is over");
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await?;
    nothing_is_told(stage, "the end").await
}

/// Each opens something elsewhere in mid-call, and closes it.
const OVER_ALL: [(&str, &str, &str); 4] = [
    ("a modal dialog", "dialog.showModal()", "dialog.close()"),
    (
        "a dialog in a dialog",
        "dialog.showModal(); inner.showModal()",
        "inner.close(); dialog.close()",
    ),
    ("a popover", "pop.showPopover()", "pop.hidePopover()"),
    (
        "a dialog with a popover",
        "dialog.showModal(); dialog.append(pop); pop.showPopover()",
        "pop.hidePopover(); dialog.close()",
    ),
];

const ELSEWHERE: &str = r#"<dialog id="dialog" style="width: 90vw; height: 90vh"><p>Terms</p><button id="ok">OK</button>
    <dialog id="inner"><p>Really?</p></dialog></dialog>
  <div id="pop" popover style="width: 95vw; height: 95vh"><button>More</button></div>"#;

#[holds("6.modal-elsewhere")]
async fn what_opens_over_all_else_leaves_mute_and_end_in_reach(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = button("call", "emb_echo") + ELSEWHERE;
    stage
        .open(&Page::default().head(OPEN_ROOTS).body(body))
        .await?;
    let track = "__harness.streams.at(-1).getAudioTracks()[0].enabled";
    for (nth, (what, opens, closes)) in OVER_ALL.into_iter().enumerate() {
        let reached = async || -> Result<(), Failure> {
            stage.start_call("#call").await?;
            stage.bar().await?;
            stage.run(opens).await?;
            stage.press_in_bar(BarButton::Mute).await?;
            stage.until(&format!("!{track}"), SOON).await?;
            let open = "return [...document.querySelectorAll(':modal,:popover-open')].map(({ id }) => id).filter(Boolean).length";
            let still = stage.run(open).await?;
            stage.run(closes).await?;
            // Back in the open.
            stage
                .until("theBar().parentNode === document.body", SOON)
                .await?;
            stage.press_in_bar(BarButton::Mute).await?;
            stage.until(track, SOON).await?;
            stage.run(opens).await?;
            stage.press_in_bar(BarButton::End).await?;
            stage.event(END, nth + 1, SOON).await?;
            let is_popover = what.contains("popover") && stage.engine.name == "webkit";
            ensure!(
                still.as_u64() > Some(0) || is_popover,
                "it was closed by the mute"
            );
            stage.run(closes).await?;
            stage.all_released().await
        };
        let done = reached().await;
        done.map_err(|Failure(why)| Failure(format!("{what}: {why}")))?;
    }
    Ok(())
}

#[holds("6.bar-press-closes-nothing")]
async fn what_closes_by_a_click_outside_stays_open_when_the_bar_is_used(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let host = button("call", "emb_echo");
    let body =
        format!(r#"<div id="menu" popover>{host}</div><div id="other" popover>Elsewhere</div>"#);
    stage
        .open(&Page::default().head(OPEN_ROOTS).body(body))
        .await?;
    stage.run("menu.showPopover()").await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    let track = "__harness.streams.at(-1).getAudioTracks()[0].enabled";
    stage.press_in_bar(BarButton::Mute).await?;
    stage.until(&format!("!{track}"), SOON).await?;
    let open = "return ['menu', 'other'].filter((id) => document.getElementById(id).matches(':popover-open'))";
    let still = stage.run(open).await?;
    ensure!(still == json!(["menu"]), "open is {still}");
    // Escape closes a popover by the browser itself: not one that is pressed in the bar.
    stage.run("inBar('button').focus()").await?;
    stage.browser()?.press(ESCAPE).await?;
    let still = stage.run(open).await?;
    ensure!(still == json!(["menu"]), "after Escape open is {still}");
    // In a page's own time it closes, and the call goes on.
    stage.run("menu.hidePopover(); other.showPopover()").await?;
    stage.press_in_bar(BarButton::Mute).await?;
    stage.until(track, SOON).await?;
    let still = stage.run(open).await?;
    ensure!(still == json!(["other"]), "open is {still}");
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await.map(drop)
}

async fn a_page_that_puts_all_else_out_of_reach_leaves_the_bar(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = button("call", "emb_echo") + r#"<div id="modal" role="dialog">Terms</div>"#;
    stage
        .open(&Page::default().head(OPEN_ROOTS).body(body))
        .await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    let track = "__harness.streams.at(-1).getAudioTracks()[0].enabled";
    for (nth, way) in ["inert = true", "ariaHidden = 'true'", "hidden = true"]
        .into_iter()
        .enumerate()
    {
        stage
            .run(&format!(
                "document.body.style.pointerEvents = 'none';
                 for (const element of document.body.children) if (element !== modal) element.{way};"
            ))
            .await?;
        stage.press_in_bar(BarButton::Mute).await?;
        let muted = if nth % 2 == 0 { "!" } else { "" };
        stage.until(&format!("{muted}{track}"), SOON).await?;
        let kept = "!theBar().inert && !theBar().hidden && !theBar().ariaHidden";
        stage.until(kept, SOON).await?;
    }
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await.map(drop)
}

async fn a_frame_without_room_for_the_bar_traps_no_key(stage: &mut Stage) -> Result<(), Failure> {
    let inner = button("call", "emb_echo") + r#"<a id="next" href="/next">Next</a>"#;
    let inner = Page::default().head(OPEN_ROOTS).body(inner);
    let url = stage
        .gateway
        .site_page("/frame", &inner.html(&stage.release), &[]);
    let body = format!(r#"<iframe id="frame" src="{url}" width="220" height="60"></iframe>"#);
    let page = Page::default()
        .script(support::page::Placement::Absent)
        .body(body);
    stage.open(&page).await?;
    stage.browser()?.enter_frame("#frame").await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    stage
        .until(
            "theBar().hasAttribute('data-out') || theBar().offsetHeight > 0",
            SOON,
        )
        .await?;
    // Where nothing of the bar is seen, the clock is on the host.
    let shows = "/0:0/.test(call.dataset.vocadeskDrawn) === theBar().hasAttribute('data-out')";
    stage.until(shows, SOON).await?;
    stage.run("call.focus()").await?;
    let mut met = Vec::new();
    // Its four buttons at most lie between.
    for _ in 0..6 {
        stage.browser()?.press(TAB).await?;
        let focused = stage
            .run("return document.activeElement.id || document.activeElement.localName")
            .await?;
        met.push(focused.clone());
        if focused == "next" {
            break;
        }
    }
    ensure!(
        met.last().is_some_and(|last| last == "next"),
        "the focus met {met:?}"
    );
    stage.hang_up("#call").await.map(drop)
}

/// What a page may set on everything, or on the bar's element by its name.
const HOSTILE: &str = "<style>
  [data-vocadesk-bar] { --vocadesk-x: -9999px !important; --vocadesk-y: -9999px !important; --vocadesk-w: 0 !important;
    --vocadesk-h: 0 !important; display: none !important; opacity: 0 !important; transform: scale(0) !important;
    clip-path: inset(50%) !important; visibility: hidden !important; pointer-events: none !important; zoom: 0.01 !important; }
  * { --vocadesk-x: 5000px !important; }
</style>";

#[holds("6.important-properties")]
async fn the_pages_own_values_move_no_bar_out_of_sight(stage: &mut Stage) -> Result<(), Failure> {
    let head = format!("{OPEN_ROOTS}{HOSTILE}");
    stage
        .open(&Page::default().head(head).body(button("call", "emb_echo")))
        .await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    let track = "__harness.streams.at(-1).getAudioTracks()[0].enabled";
    stage.press_in_bar(BarButton::Mute).await?;
    stage.until(&format!("!{track}"), SOON).await?;
    let [left, top, right, bottom] = stage.box_of("theBar()").await?;
    ensure!(
        left >= 0.0 && top >= 0.0 && right - left > 150.0 && bottom - top >= 44.0,
        "at {left} {top} {right} {bottom}"
    );
    stage.press_in_bar(BarButton::End).await?;
    stage.event(END, 1, SOON).await?;
    ensure!(stage.count(START).await? == 1, "it called again");
    Ok(())
}
