//! The five custom properties, each where it shows, and changed while it shows.

use std::time::Duration;

use crate::failure::{Failure, ensure};
use crate::page::Page;
use crate::picture::{Colour, Picture};
use crate::prompt::PROMPT;
use crate::runner::{Trial, trial};
use crate::stage::{Setting, Stage};

pub fn trials() -> Vec<Trial> {
    let setting = Setting {
        deadline: Duration::from_secs(90),
        ..Setting::default()
    };
    vec![trial!(
        all_five_colours_show_and_can_be_changed_in_every_state,
        setting
    )]
}

const NAMES: [&str; 5] = ["bg", "fg", "accent", "danger", "muted"];

/// Two sets of values; no two in them, nor any blend of two, are alike.
const SETS: [[Colour; 5]; 2] = [
    [
        [10, 60, 20],
        [250, 250, 120],
        [0, 170, 255],
        [255, 0, 140],
        [140, 100, 190],
    ],
    [
        [245, 240, 230],
        [20, 20, 120],
        [230, 120, 0],
        [150, 0, 30],
        [60, 150, 140],
    ],
];

/// Which of them show in a state.
fn shown(state: &str) -> &'static [&'static str] {
    match state {
        "idle" | "asking" | "connecting" => &["bg", "fg"],
        "live" => &["bg", "fg", "accent", "danger", "muted"],
        "ending" => &["bg", "fg", "accent", "muted"],
        "ended" => &["bg", "fg", "muted"],
        _ => &["bg", "fg", "danger"],
    }
}

/// The smallest that is sought, a bar of silence, has some 3 × 5 pixels; the stems of letters this big
/// and bold have more.
const SOME_PIXELS: usize = 10;

/// Wide enough for all parts, big enough for letters that are not all edge.
const BODY: &str = r#"<button id="call" data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}"
  style="width: 600px; height: 90px; border: 0; font: bold 30px sans-serif">Talk to us</button>"#;

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
