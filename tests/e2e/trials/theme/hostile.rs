//! Pages whose styles would break any other widget: the button keeps its box, our cover lies exactly
//! over it, and our words can be read.

use holds::holds;
use std::time::Duration;

use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::Answer;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::picture::{Colour, Picture};
use support::prompt::PROMPT;
use support::stage::{Setting, Stage};

pub fn trials() -> Vec<Trial> {
    let setting = Setting {
        deadline: Duration::from_secs(480),
        ..Setting::walked()
    };
    vec![
        trial!(
            no_style_that_unsets_or_hides_everything_breaks_the_call_button,
            setting.clone()
        ),
        trial!(
            no_sheet_of_a_framework_and_no_scheme_breaks_the_call_button,
            setting.clone()
        ),
        trial!(no_direction_and_no_zoom_breaks_the_call_button, setting),
    ]
}

/// `--vocadesk-bg` where the page sets none.
const BG: Colour = [0x0b, 0x1d, 0x36];

/// Its name, what stands in the head, and the hosts that are walked through all states.
type Styled = (&'static str, &'static str, &'static [&'static str]);

const UNSET_AND_HIDDEN: [Styled; 3] = [
    ("plain", "", &["call", "input"]),
    (
        "unset",
        "<style>* { all: unset !important } head, head * { display: none !important }</style>",
        &["call", "input"],
    ),
    (
        "hidden",
        "<style>span, [aria-hidden] { display: none !important; position: static !important;
           opacity: 0 !important; font-size: 0 !important; color: transparent !important }</style>",
        &["call"],
    ),
];

const SHEETS_AND_SCHEMES: [Styled; 4] = [
    (
        "tailwind",
        "<link rel=stylesheet href=/tailwind.css>",
        &["call"],
    ),
    (
        "bootstrap",
        "<link rel=stylesheet href=/bootstrap.css>",
        &["call"],
    ),
    (
        "small",
        "<style>html { font-size: 62.5% } body { font-size: 1.6rem }</style>",
        &["call"],
    ),
    (
        "dark",
        "<meta name=color-scheme content=dark><style>:root { color-scheme: dark }</style>",
        &["call"],
    ),
];

const DIRECTION_AND_ZOOM: [Styled; 2] = [
    (
        "rtl",
        "<script>document.documentElement.dir = 'rtl'</script>",
        &["call", "input"],
    ),
    (
        "zoom",
        "<style>main { zoom: 1.5 } section { transform: scale(0.9) } input { border-radius: 9px }</style>",
        &["call", "input"],
    ),
];

const BODY: &str = r#"<main style="padding: 20px"><section><p>Before</p>
  <p>left <button id="call" class="btn btn-primary" MARKS>Talk to one of us about all that there is</button> right</p>
  <p style="margin-left: 77px">left <input id="input" type="button" value="Talk to one of us about all that there is" MARKS> right</p>
  <p>After</p></section></main>"#;

/// The boxes of host and cover, and of what stands around.
const BOXES: &str = "
  const [host] = arguments;
  const sides = (box) => ['left', 'top', 'right', 'bottom'].map((side) => box[side]);
  const box = (e) => sides(e.getBoundingClientRect());
  const cover = __harness.coverOf(host);
  return {
    around: [...document.querySelectorAll('main, section, p, button, input')].map(box),
    host: box(host), cover: cover ? sides(cover) : null,
  };";

/// A button's border, 2 px each side and zoomed, lies around what its children may cover.
const BORDER_PX: f64 = 3.5;

/// And plain pages are as good.
#[holds(
    "1.void-element",
    "1.label-default",
    "6.default-bg-fg",
    "6.box",
    "6.page-css"
)]
async fn no_style_that_unsets_or_hides_everything_breaks_the_call_button(
    stage: &mut Stage,
) -> Result<(), Failure> {
    each_is_walked_through(stage, &UNSET_AND_HIDDEN).await
}

#[holds("6.page-css")]
async fn no_sheet_of_a_framework_and_no_scheme_breaks_the_call_button(
    stage: &mut Stage,
) -> Result<(), Failure> {
    each_is_walked_through(stage, &SHEETS_AND_SCHEMES).await
}

#[holds("6.box", "6.page-css")]
async fn no_direction_and_no_zoom_breaks_the_call_button(stage: &mut Stage) -> Result<(), Failure> {
    each_is_walked_through(stage, &DIRECTION_AND_ZOOM).await
}

async fn each_is_walked_through(stage: &Stage, pages: &[Styled]) -> Result<(), Failure> {
    let modules = support::project().join("node_modules");
    for (path, file) in [
        ("/tailwind.css", "tailwindcss/preflight.css"),
        ("/bootstrap.css", "bootstrap/dist/css/bootstrap.css"),
    ] {
        let css = std::fs::read(modules.join(file))?;
        stage
            .gateway
            .site_answer(path, Answer::new(200, "text/css", css));
    }
    let marks = r#"data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}""#;
    let body = BODY.replace("MARKS", marks);
    for (name, head, hosts) in pages {
        let page = Page::default().head(format!("{PROMPT}{head}"));
        stage.open(&page.body(body.clone())).await?;
        for host in *hosts {
            one_host(stage, host)
                .await
                .map_err(|Failure(why)| Failure(format!("{name}: {why}")))?;
        }
    }
    Ok(())
}

async fn one_host(stage: &Stage, host: &str) -> Result<(), Failure> {
    let selector = format!("#{host}");
    stage.state(&selector, "idle").await?;
    let boxes = format!(
        "return ((...args) => {{ {} }})({host})",
        BOXES.replace("arguments", "args")
    );
    let before = stage.run(&boxes).await?["around"].clone();
    stage
        .walk(&selector, async |state| {
            let now = stage.run(&boxes).await?;
            ensure!(
                now["around"] == before,
                "moved: {before} to {}",
                now["around"]
            );
            if state == "idle" {
                ensure!(now["cover"] == json!(null), "covered while idle");
                return Ok(());
            }
            let side = |of: &str, i: usize| now[of][i].as_f64().unwrap_or(f64::NAN);
            for i in 0..4 {
                let apart = (side("host", i) - side("cover", i)).abs();
                ensure!(
                    apart <= BORDER_PX,
                    "the cover's box is {}, the host's {}",
                    now["cover"],
                    now["host"]
                );
            }
            let right = |picture: &Picture| is_covered_with_words(picture, state);
            stage.until_it_looks(&selector, right).await
        })
        .await
}

fn is_covered_with_words(picture: &Picture, state: &str) -> Result<(), Failure> {
    let (share, light) = (picture.share(BG), picture.light(LIGHT));
    ensure!(share > 0.5, "our background has {share:.2} of the button");
    ensure!(light >= WORDS, "{light} light pixels are no words");
    if state == "connecting" {
        // "Connecting…" begins with its C and ends with its dots, also from right to left.
        let columns = picture.light_by_column(FAINT, CORNER_PX);
        let highest = |some: &[usize]| some.iter().max().copied();
        let c = columns.first_chunk::<4>().and_then(|some| highest(some));
        let dots = columns.last_chunk::<4>().and_then(|some| highest(some));
        ensure!(
            c > dots,
            "the words begin {c:?} pixels high and end {dots:?} high"
        );
    }
    Ok(())
}

/// White at 0.6 of its strength, as waiting words pulse, over our background.
const LIGHT: u8 = 150;

/// The same, of which no more than the half falls into a pixel.
const FAINT: u8 = 95;

/// Outside of round corners the page shows.
const CORNER_PX: usize = 20;

/// The full strength of antialiased letters is in their stems: some pixels a letter.
const WORDS: usize = 20;
