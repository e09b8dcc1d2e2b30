//! A whole call by keyboard alone.

use fantoccini::key::Key;

use crate::trial::{Trial, trial};
use gateway::misbehave::Act;
use support::failure::{Failure, ensure};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_whole_call_is_made_by_keyboard_alone),
        trial!(the_focus_goes_to_the_host_when_the_bar_closes),
    ]
}

const TAB: char = '\u{e004}';
const SHIFT: char = '\u{e008}';

/// What has the focus, by its name in the bar or its id in the page.
const FOCUSED: &str = "(document.activeElement === theBar() && theBar()
    ? (({ ariaLabel, title, type, className, localName }) => title || type || className || localName)(theBar().shadowRoot.activeElement)
    : document.activeElement.id)";

async fn has_focus(stage: &Stage, what: &str) -> Result<(), Failure> {
    let found = stage.until(&format!("{FOCUSED} === '{what}'"), SOON).await;
    let focused = stage.run(&format!("return {FOCUSED}")).await?;
    ensure!(found.is_ok(), "the focus is on {focused}, not {what}");
    Ok(())
}

async fn a_whole_call_is_made_by_keyboard_alone(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&super::page("")).await?;
    stage.state("#call", "idle").await?;
    let stage = &*stage;
    let browser = stage.browser()?;
    let press = async |key: char, then: &str| {
        browser.press(key).await?;
        has_focus(stage, then).await
    };
    let enter = char::from(Key::Enter);
    press(TAB, "call").await?;
    press(enter, "call").await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    has_focus(stage, "call").await?;

    press(TAB, "Mute microphone").await?;
    press(' ', "Unmute microphone").await?;
    let track = "__harness.streams.at(-1).getAudioTracks()[0].enabled";
    stage.until(&format!("!{track}"), SOON).await?;
    press(TAB, "Show captions").await?;
    // From anywhere in the bar, and said aloud where the button that says so is not focused.
    press('m', "Show captions").await?;
    stage.until(track, SOON).await?;
    stage
        .until("inBar('[role=status]').textContent.length > 3", SOON)
        .await?;
    press(enter, "Hide captions").await?;
    press(TAB, "Sound settings").await?;
    press(enter, "Sound settings").await?;
    let expanded = "theBar().shadowRoot.activeElement.ariaExpanded ?? theBar().shadowRoot.activeElement.getAttribute('aria-expanded')";
    stage
        .until(&format!("({expanded}) === 'true'"), SOON)
        .await?;
    press(TAB, "End call").await?;
    press(TAB, "range").await?;
    press(char::from(Key::Left), "range").await?;
    let volume = stage.of_bar("input", "Number(it.value)").await?;
    ensure!(
        volume.as_f64().is_some_and(|volume| volume < 1.0),
        "the volume is {volume}"
    );
    press(TAB, "select-one").await?;
    // A list is gone through by first letters.
    press('m', "select-one").await?;
    stage.until(track, SOON).await?;
    // Of speakers, too, where the browser lets a page choose.
    let speakers = stage.of_bar("label:last-child", "!it.hidden").await?;
    if speakers == true {
        press(TAB, "select-one").await?;
    }
    press(TAB, "captions").await?;
    press(TAB, "next").await?;

    // Back: from the host's other side, and into the bar again.
    browser.press_with(SHIFT, TAB).await?;
    has_focus(stage, "call").await?;
    press(TAB, "Mute microphone").await?;
    browser.press_with(SHIFT, TAB).await?;
    has_focus(stage, "call").await?;
    press(TAB, "Mute microphone").await?;
    for name in ["Hide captions", "Sound settings", "End call"] {
        press(TAB, name).await?;
    }
    press(enter, "call").await?;
    stage.event(END, 1, SOON).await?;
    stage.no_bar().await?;
    // The next call can begin at once, and remembers what was chosen.
    press(enter, "call").await?;
    stage.event(START, 2, SOON).await?;
    stage.bar().await?;
    stage
        .until("inBar('.captions') && !inBar('.captions').hidden", SOON)
        .await?;
    let volume_now = stage.of_bar("input", "Number(it.value)").await?;
    ensure!(
        volume_now == volume,
        "the volume was {volume}, and is {volume_now}"
    );
    Ok(())
}

async fn the_focus_goes_to_the_host_when_the_bar_closes(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&super::page("")).await?;
    stage.state("#call", "idle").await?;
    stage.run("call.focus()").await?;
    stage.browser()?.press(char::from(Key::Enter)).await?;
    stage.event(START, 1, SOON).await?;
    stage.bar().await?;
    stage.browser()?.press(TAB).await?;
    has_focus(stage, "Mute microphone").await?;
    // The far end hangs up while the focus is in the bar.
    let goodbye = Act::Text(r#"{"type":"end_call"}"#.to_owned());
    stage.gateway.act(goodbye);
    stage.event(END, 1, SOON).await?;
    stage.no_bar().await?;
    has_focus(stage, "call").await?;

    // Where the focus is elsewhere, it stays there.
    stage.start_call("#call").await?;
    stage.bar().await?;
    stage.run("next.focus()").await?;
    stage.browser()?.hand().await;
    stage.run("call.click()").await?;
    stage.event(END, 2, SOON).await?;
    stage.no_bar().await?;
    has_focus(stage, "next").await
}
