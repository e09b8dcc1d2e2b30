//! The five custom properties, each where it shows, and changed while it shows.

use holds::holds;
use std::time::Duration;

use crate::trial::{Trial, trial};
use support::bar::OPEN_ROOTS;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::picture::{Colour, Picture};
use support::prompt::PROMPT;
use support::stage::{Setting, Stage};

pub fn trials() -> Vec<Trial> {
    let setting = Setting {
        deadline: Duration::from_secs(360),
        ..Setting::walked()
    };
    vec![
        trial!(
            all_five_colours_show_and_can_be_changed_in_every_state,
            setting.clone()
        ),
        trial!(
            what_cannot_be_read_in_a_theme_is_corrected_in_every_state,
            setting
        ),
        trial!(a_colour_that_is_none_counts_as_not_set),
        trial!(a_page_that_sets_no_colour_gets_the_five_of_the_contract),
    ]
}

const NAMES: [&str; 5] = ["bg", "fg", "accent", "danger", "muted"];

/// Two sets of values that can be read; no two in them, nor any blend of two, are alike.
const SETS: [[Colour; 5]; 2] = [
    [
        [10, 60, 20],
        [250, 250, 120],
        [0, 170, 255],
        [255, 0, 140],
        [200, 140, 240],
    ],
    [
        [245, 240, 230],
        [20, 20, 120],
        [230, 120, 0],
        [150, 0, 30],
        [40, 100, 95],
    ],
];

/// Which of them show in a state.
fn shown(state: &str) -> &'static [&'static str] {
    match state {
        "idle" | "asking" | "connecting" => &["bg", "fg"],
        "live" => &["bg", "fg", "accent", "danger", "muted"],
        "reconnecting" | "ending" => &["bg", "fg", "accent", "muted"],
        "ended" => &["bg", "fg", "muted"],
        _ => &["bg", "fg", "danger"],
    }
}

/// The smallest that is sought, a bar of silence, has some 3 × 5 pixels; the stems of letters this big
/// and bold have more.
const SOME_PIXELS: usize = 10;

/// Wide enough for all parts, big enough for letters that are not all edge; without a bar, which would have two of the colours.
const BODY: &str = r#"<button id="call" data-vocadesk-embed="emb_echo" data-vocadesk-controls="none" data-vocadesk-api-url="{{API_URL}}"
  style="width: 600px; height: 90px; border: 0; font: bold 30px sans-serif">Talk to us</button>"#;

#[holds("6.properties", "6.run-time")]
async fn all_five_colours_show_and_can_be_changed_in_every_state(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default().head(PROMPT).body(BODY);
    stage.open(&page).await?;
    let stage = &*stage;
    stage
        .walk("#call", async |state| {
            for nth in [0, 1] {
                set(stage, &SETS[nth]).await?;
                shows(stage, state, nth).await?;
            }
            Ok(())
        })
        .await
}

async fn set(stage: &Stage, colours: &[Colour; 5]) -> Result<(), Failure> {
    let mut script = String::new();
    for (name, [r, g, b]) in NAMES.iter().zip(colours) {
        script += &format!("call.style.setProperty('--vocadesk-{name}', 'rgb({r},{g},{b})');");
    }
    stage.run(&script).await.map(drop)
}

async fn shows(stage: &Stage, state: &str, nth: usize) -> Result<(), Failure> {
    let right = |picture: &Picture| {
        let mut wrong = String::new();
        for (name, (now, other)) in NAMES.iter().zip(SETS[nth].iter().zip(&SETS[1 - nth])) {
            let (found, left) = (picture.count(*now), picture.count(*other));
            let shows = match shown(state).contains(name) {
                true => found >= SOME_PIXELS,
                false => found == 0,
            };
            if !shows || left > 0 {
                wrong += &format!(" {name}: {found} pixels, and {left} of the other set;");
            }
        }
        ensure!(wrong.is_empty(), "set {nth}:{wrong}");
        Ok(())
    };
    stage.until_it_looks("#call", right).await
}

/// `both()` gives the contrast of the text and of the time with the cover as they are now, by WCAG's own formula.
const CONTRAST: &str = r"
  const drawn = (part) => {
    const numbers = __harness.drawnOn(call)[part].match(/[\d.]+/g).map(Number);
    return [...numbers.slice(0, 3), numbers[3] ?? 1];
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((byte) => byte / 255).map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const contrast = (part) => {
    const behind = drawn('bg');
    const [r, g, b, opacity] = drawn(part);
    const over = [r, g, b].map((byte, i) => behind[i] + opacity * (byte - behind[i]));
    const both = [luminance(over), luminance(behind.slice(0, 3))];
    return Math.max(...both) / Math.min(...both);
  };
  const both = () => [contrast('fg'), contrast('muted')];";

/// Hardly any contrast; a light background with the muted colour of a dark theme; the same the other way round, in other
/// notations.
const ILLEGIBLE: [&str; 3] = [
    "--vocadesk-bg: #fffff0; --vocadesk-fg: #eeeee0; --vocadesk-muted: #dddddd",
    "--vocadesk-bg: white; --vocadesk-fg: black",
    "--vocadesk-bg: hsl(240 30% 10%); --vocadesk-fg: hsl(240 60% 25%); --vocadesk-muted: rgb(0 0 0 / 40%)",
];

async fn what_cannot_be_read_in_a_theme_is_corrected_in_every_state(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for theme in ILLEGIBLE {
        let body = BODY.replace("style=\"", &format!("style=\"{theme}; "));
        let page = Page::default().head([OPEN_ROOTS, PROMPT].concat());
        stage.open(&page.body(body)).await?;
        let stage = &*stage;
        let looked = stage.walk("#call", async |state| {
            // The customer's own words, in the customer's own colours.
            if state == "idle" {
                return Ok(());
            }
            // Also after a change of the theme that no state goes with: what is corrected does not mix with it.
            let both = format!(
                "{CONTRAST}
                 const found = both(), was = call.style.cssText;
                 for (const name of ['bg', 'fg', 'muted']) call.style.removeProperty(`--vocadesk-${{name}}`);
                 found.push(...both());
                 call.style.cssText = was;
                 return found;"
            );
            let found: [f64; 4] = serde_json::from_value(stage.run(&both).await?)?;
            // WCAG 2.2, 1.4.3; the hundredth is the polynomial's that it is computed with.
            ensure!(found.iter().all(|contrast| *contrast >= 4.49), "{found:?}");
            Ok(())
        });
        let looked = looked.await;
        looked.map_err(|Failure(why)| Failure(format!("{theme}: {why}")))?;
    }
    Ok(())
}

#[holds("6.default-bg-fg")]
async fn a_colour_that_is_none_counts_as_not_set(stage: &mut Stage) -> Result<(), Failure> {
    let body = BODY.replace(
        "style=\"",
        "style=\"--vocadesk-bg: blurple; --vocadesk-fg: 12px; --vocadesk-muted: {}; ",
    );
    let page = Page::default().head(OPEN_ROOTS);
    stage.open(&page.body(body)).await?;
    stage.state("#call", "idle").await?;
    let colours = "(({ backgroundColor, color, backgroundImage }) => [backgroundColor, color, backgroundImage].join())";
    let ours = "rgb(11, 29, 54),rgb(255, 255, 255),none";
    let host = format!("return {colours}(getComputedStyle(call))");
    let found = stage.run(&host).await?;
    ensure!(found == ours, "idle: {found}");
    stage.start_call("#call").await?;
    let face = "const { bg, fg, image } = __harness.drawnOn(call); return [bg, fg, image].join()";
    let found = stage.run(face).await?;
    ensure!(found == ours, "in a call: {found}");
    // A gradient is no colour, and a background all the same; what is on it is the site's business.
    stage
        .run(
            "call.style.setProperty('--vocadesk-bg', 'linear-gradient(white, white)');
             call.style.setProperty('--vocadesk-fg', 'black')",
        )
        .await?;
    let found = stage.run(face).await?;
    let gradient = found
        .as_str()
        .is_some_and(|found| found.contains("rgb(0, 0, 0),linear-gradient"));
    ensure!(gradient, "a gradient: {found}");
    stage.hang_up("#call").await.map(drop)
}

/// Where each of them shows in a call, on the host and in the bar.
const ON_HOST: &str = "
  const { bg, fg, accent, danger, muted } = __harness.drawnOn(call);
  return [bg, fg, accent, danger, muted];";

const IN_BAR: &str = "
  const bar = (part) => getComputedStyle(inBar(part));
  return [
    bar('.bar').backgroundColor,
    bar('.bar').color,
    bar('i:nth-child(2)').backgroundColor,
    bar('.end').backgroundColor,
    bar('.time').color.replace(/16[45](?=\\)$)/, '164.6'),
  ];";

#[holds("6.default-muted", "6.default-accent-danger", "6.default-bg-fg")]
async fn a_page_that_sets_no_colour_gets_the_five_of_the_contract(
    stage: &mut Stage,
) -> Result<(), Failure> {
    // All of them can be read as they are: none is corrected.
    let mut due = [
        "rgb(11, 29, 54)",
        "rgb(255, 255, 255)",
        "rgb(79, 140, 255)",
        "rgb(255, 90, 90)",
        "rgba(255, 255, 255, 0.55)",
    ];
    let with_bar = BODY.replace(r#" data-vocadesk-controls="none""#, "");
    for (body, colours) in [(BODY, ON_HOST), (&with_bar, IN_BAR)] {
        stage
            .open(&Page::default().head(OPEN_ROOTS).body(body))
            .await?;
        stage.start_call("#call").await?;
        if colours == IN_BAR {
            stage.bar().await?;
            // The bar mixes it with what is behind it; engines round that up or down.
            due[4] = "rgb(145, 153, 164.6)";
        }
        let found = stage.run(colours).await?;
        ensure!(found == serde_json::json!(due), "{found}, not {due:?}");
        stage.hang_up("#call").await?;
        stage.all_released().await?;
    }
    Ok(())
}
