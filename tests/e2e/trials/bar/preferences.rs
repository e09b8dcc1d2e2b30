//! The bar as people have set up their browsers, and as sites have set their colours.

use holds::holds;
use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use support::bar::BarButton;
use support::extension::Extension;
use support::failure::{Failure, ensure};
use support::stage::{Setting, Stage};
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    let no_way =
        "WebKitGTK takes this from the desktop alone, and its driver has no command for it (2.50)";
    vec![
        trial!(every_colour_of_the_bar_can_be_told_apart_in_any_theme),
        trial!(every_target_in_the_bar_is_big_enough_and_mirrored_where_the_page_is),
        trial!(
            nothing_in_the_bar_moves_for_those_who_want_no_motion,
            Setting::default().impossible("webkit", no_way)
        )
        .own_browser("a pref of Firefox's, emulated media in Chromium"),
        trial!(
            the_bar_takes_forced_colours,
            Setting::default().impossible("webkit", "WebKit knows no forced colours")
        )
        .own_browser("a pref of Firefox's, emulated media in Chromium"),
        trial!(
            the_bar_holds_text_twice_as_big,
            Setting::default().impossible("webkit", no_way)
        )
        .own_browser("font size of the browser (pref, CDP)"),
    ]
}

async fn call(stage: &Stage) -> Result<(), Failure> {
    open(stage).await?;
    start(stage).await
}

async fn open(stage: &Stage) -> Result<(), Failure> {
    stage
        .open(&super::page("#call { width: 260px; height: 56px }"))
        .await?;
    stage.state("#call", "idle").await
}

async fn start(stage: &Stage) -> Result<(), Failure> {
    stage.start_call("#call").await?;
    stage.bar().await?;
    for button in [BarButton::Captions, BarButton::Options] {
        stage.press_in_bar(button).await?;
    }
    Ok(())
}

/// Values of the five properties: readable, unreadable, transparent, no colours at all, colours of other spaces.
const THEMES: [[&str; 5]; 7] = [
    ["#ffffff", "#16202e", "#1659d8", "#c4233b", "#5c6675"],
    ["#dfe6ee", "#b9c6d3", "#d0d8e0", "#f3d5d9", "#d0d8e0"],
    ["#777777", "#777777", "#777777", "#777777", "#777777"],
    [
        "transparent",
        "#222",
        "rgb(0 0 0 / 10%)",
        "transparent",
        "#0000",
    ],
    ["bluish", "12px", "url(x)", "{}", "var(--none)"],
    [
        "color(display-p3 1 0.9 0)",
        "oklch(0.9 0.1 100)",
        "hsl(60deg 100% 50%)",
        "yellow",
        "rebeccapurple",
    ],
    ["#000", "#000", "#000", "#000", "#000"],
];

/// The contrast of each thing with what it lies on, as WCAG 2.2 counts it.
const CONTRASTS: &str = "(() => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = (colour) => numbers(colour).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
    const ratio = (a, b) => Math.max(light(a) / light(b), light(b) / light(a));
    const style = (selector) => getComputedStyle(inBar(selector));
    const bg = style('.bar').backgroundColor;
    return {
      text: ratio(style('.bar').color, bg), time: ratio(style('.time').color, bg), hint: ratio(style('.hint').color, bg),
      select: ratio(style('select').color, style('select').backgroundColor), frame: ratio(style('select').borderTopColor, bg),
      on: ratio(style('[aria-expanded]').color, style('[aria-expanded]').backgroundColor),
      end: ratio(style('.end').color, style('.end').backgroundColor), endButton: ratio(style('.end').backgroundColor, bg),
      agent: ratio(style('i:nth-child(2)').backgroundColor, bg), visitor: ratio(style('i').backgroundColor, bg),
    };
  })()";

#[holds("6.properties", "6.run-time")]
async fn every_colour_of_the_bar_can_be_told_apart_in_any_theme(
    stage: &mut Stage,
) -> Result<(), Failure> {
    call(stage).await?;
    let names = ["bg", "fg", "accent", "danger", "muted"];
    let mut before = Value::Null;
    for theme in THEMES {
        for (name, value) in names.iter().zip(theme) {
            let set = format!(
                "call.style.setProperty('--vocadesk-{name}', {})",
                json!(value)
            );
            stage.run(&set).await?;
        }
        // Taken over within a second.
        let colours = "[...theBar().shadowRoot.querySelectorAll('.bar, .end, .time')].map((e) => getComputedStyle(e).backgroundColor + getComputedStyle(e).color).join()";
        stage
            .until(&format!("{colours} !== {before}"), SOON)
            .await?;
        before = stage.run(&format!("return {colours}")).await?;
        let contrasts = stage.run(&format!("return {CONTRASTS}")).await?;
        for (name, contrast) in contrasts.as_object().into_iter().flatten() {
            let least = match name.as_str() {
                "text" | "time" | "hint" | "select" => 4.5,
                _ => 3.0,
            };
            // Rounded to whole steps of a channel.
            let enough = contrast
                .as_f64()
                .is_some_and(|contrast| contrast >= least - 0.02);
            ensure!(enough, "{theme:?}: {name} has {contrast}: {contrasts}");
        }
    }
    Ok(())
}

async fn every_target_in_the_bar_is_big_enough_and_mirrored_where_the_page_is(
    stage: &mut Stage,
) -> Result<(), Failure> {
    call(stage).await?;
    let boxes = "[...theBar().shadowRoot.querySelectorAll(':is(button, select, input):not([hidden] *)')].map((e) => e.getBoundingClientRect().toJSON())";
    let mut lefts = Vec::new();
    for dir in ["ltr", "rtl"] {
        stage
            .run(&format!("document.documentElement.dir = '{dir}'"))
            .await?;
        stage
            .until(&format!("theBar().dir === '{dir}'"), SOON)
            .await?;
        let targets = stage.run(&format!("return {boxes}")).await?;
        for target in targets.as_array().into_iter().flatten() {
            let enough = ["width", "height"]
                .iter()
                .all(|side| target[side].as_f64() >= Some(44.0));
            ensure!(enough, "{dir}: a target of {target}");
        }
        let ends = |i: usize| targets[i]["left"].as_f64().unwrap_or_default();
        lefts.push(ends(0) < ends(3));
    }
    ensure!(lefts == [true, false], "mute is left of end: {lefts:?}");
    Ok(())
}

/// Sets a preference of the browser's own: of Chromium's by its DevTools, of Firefox's in its own realm.
async fn prefer(stage: &Stage, feature: &str, value: &str, firefox: &str) -> Result<(), Failure> {
    let client = stage.browser()?.client();
    if stage.engine.name == "firefox" {
        client.issue_cmd(Extension::context("chrome")).await?;
        let set = client.execute(firefox, Vec::new()).await;
        client.issue_cmd(Extension::context("content")).await?;
        set?;
    } else {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        client
            .issue_cmd(Extension::devtools_with(
                "Emulation.setEmulatedMedia",
                features,
            ))
            .await?;
    }
    stage
        .until(&format!("matchMedia('({feature}: {value})').matches"), SOON)
        .await
        .map(drop)
}

async fn nothing_in_the_bar_moves_for_those_who_want_no_motion(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let wish = "Services.prefs.setIntPref('ui.prefersReducedMotion', 1)";
    prefer_first(stage, "prefers-reduced-motion", "reduce", wish).await?;
    call(stage).await?;
    let moving = stage.run("return [theBar().getAnimations({ subtree: true }).length, theBar().shadowRoot.getAnimations().length]").await?;
    ensure!(moving == json!([0, 0]), "{moving} animations");
    // The fake microphone beeps each second, and the agent says the same back.
    let watch = "const [done] = arguments, seen = new Set(), end = performance.now() + 1400;
        const look = () => { seen.add([...theBar().shadowRoot.querySelectorAll('i')].map((bar) => getComputedStyle(bar).transform).join());
          performance.now() < end ? requestAnimationFrame(look) : done(seen.size) }; look()";
    let levels = stage.browser()?.run_async(watch, Vec::new()).await?;
    ensure!(levels == 1, "the meters took {levels} shapes");
    Ok(())
}

/// A preference that a page must find when it opens.
async fn prefer_first(
    stage: &Stage,
    feature: &str,
    value: &str,
    firefox: &str,
) -> Result<(), Failure> {
    stage.open(&super::page("")).await?;
    prefer(stage, feature, value, firefox).await
}

async fn the_bar_takes_forced_colours(stage: &mut Stage) -> Result<(), Failure> {
    let wish = "Services.prefs.setIntPref('browser.display.document_color_use', 2)";
    prefer_first(stage, "forced-colors", "active", wish).await?;
    call(stage).await?;
    stage.press_in_bar(BarButton::Mute).await?;
    let system = "(() => { const probe = document.createElement('i'); document.body.append(probe);
        const of = (name) => { probe.style.color = name; return getComputedStyle(probe).color };
        const colours = ['Canvas', 'CanvasText', 'ButtonText', 'ButtonFace', 'ButtonBorder', 'Highlight', 'HighlightText', 'Field', 'FieldText'].map(of);
        probe.remove(); return colours })()";
    let used = "[...theBar().shadowRoot.querySelectorAll('.bar, button, svg, select, i')].flatMap((e) => {
        const { color, backgroundColor, borderTopColor, borderTopWidth } = getComputedStyle(e);
        return [color, ...(/, 0\\)$/.test(backgroundColor) ? [] : [backgroundColor]), ...(borderTopWidth === '0px' ? [] : [borderTopColor])] })";
    let strange = format!("{used}.filter((colour) => !{system}.includes(colour))");
    stage.until(&format!("!{strange}.length"), SOON).await.ok();
    let strange = stage.run(&format!("return {strange}")).await?;
    ensure!(strange == json!([]), "colours of ours: {strange}");
    let framed = stage.run("return [...theBar().shadowRoot.querySelectorAll('.bar, button, select')].every((e) => parseFloat(getComputedStyle(e).borderTopWidth) >= 1)").await?;
    ensure!(framed == true, "something has no frame");
    Ok(())
}

async fn the_bar_holds_text_twice_as_big(stage: &mut Stage) -> Result<(), Failure> {
    open(stage).await?;
    let size = "parseFloat(getComputedStyle(inBar('.time')).fontSize)";
    let client = stage.browser()?.client();
    if stage.engine.name == "firefox" {
        client.issue_cmd(Extension::context("chrome")).await?;
        let bigger = "Services.prefs.setIntPref('font.size.variable.x-western', 32)";
        let set = client.execute(bigger, Vec::new()).await;
        client.issue_cmd(Extension::context("content")).await?;
        set?;
    } else {
        let bigger = json!({ "fontSizes": { "standard": 32, "fixed": 26 } });
        client
            .issue_cmd(Extension::devtools_with("Page.setFontSizes", bigger))
            .await?;
    }
    start(stage).await?;
    // 15 px otherwise.
    stage.until(&format!("{size} === 30"), SOON).await?;
    let fits = "(() => { const bar = inBar('.bar'), box = theBar().getBoundingClientRect();
        return bar.scrollWidth <= bar.clientWidth && box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight
          && [...bar.querySelectorAll('.time, label span, .hint')].every((e) => e.scrollWidth <= e.clientWidth + 1) })()";
    stage.until(fits, SOON).await.map(drop)
}
