//! Every state of one host, in every theme, size and direction.

use std::time::Duration;

use serde_json::json;

use crate::image::Image;
use crate::scene;
use gateway::misbehave::{Act, Misbehave};
use support::bar::BarButton;
use support::engine::Engine;
use support::failure::Failure;
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub const THEMES: [&str; 4] = ["dark", "light", "brand", "failing"];
pub const SIZES: [&str; 4] = ["narrow", "wide", "tiny", "large"];
pub const DIRECTIONS: [&str; 2] = ["ltr", "rtl"];

/// With captions and sound settings open a bar is this high, and the frame must be higher.
pub const OPEN_PX: u32 = 400;

/// One picture, by its place on the sheet.
pub struct Shot {
    pub engine: &'static str,
    pub theme: &'static str,
    pub size: &'static str,
    pub dir: &'static str,
    pub state: String,
    pub image: Image,
}

/// All pictures of this engine.
pub async fn photograph(stage: &mut Stage) -> Result<Vec<Shot>, Failure> {
    let mut shots = Vec::new();
    for theme in THEMES {
        scene::open_gallery(stage).await?;
        scene::picture(stage, theme, "wide", "ltr", 0).await?;
        let here = &*stage;
        let taken = std::cell::RefCell::new(Vec::new());
        let look = async |state: &str| {
            if matches!(state, "live" | "reconnecting" | "ending") {
                here.bar().await?;
            }
            for dir in DIRECTIONS {
                for size in SIZES {
                    let image = scene::picture(here, theme, size, dir, 0).await?;
                    taken
                        .borrow_mut()
                        .push(shot(here.engine, theme, size, dir, state, image));
                }
            }
            Ok(())
        };
        here.walk("#call", look).await?;
        shots.extend(taken.take());
        shots.extend(with_all_open(here, theme).await?);
        eprintln!("{}: {theme}", here.engine.name);
    }
    Ok(shots)
}

fn shot(
    engine: &Engine,
    theme: &'static str,
    size: &'static str,
    dir: &'static str,
    state: &str,
    image: Image,
) -> Shot {
    Shot {
        engine: engine.name,
        theme,
        size,
        dir,
        state: state.to_owned(),
        image,
    }
}

/// A bar with captions and sound settings, and a muted microphone.
async fn with_all_open(stage: &Stage, theme: &'static str) -> Result<Vec<Shot>, Failure> {
    let mut shots = Vec::new();
    stage.gateway.misbehave(conversation());
    scene::open_gallery(stage).await?;
    scene::picture(stage, theme, "wide", "ltr", OPEN_PX).await?;
    open_all(stage).await?;
    for dir in DIRECTIONS {
        for size in ["narrow", "wide"] {
            let image = scene::picture(stage, theme, size, dir, OPEN_PX).await?;
            shots.push(shot(
                stage.engine,
                theme,
                size,
                dir,
                "live, all open",
                image,
            ));
        }
    }
    stage.gateway.misbehave(Misbehave::default());
    stage.click("#call").await?;
    stage.event(END, 1, SOON).await?;
    Ok(shots)
}

/// Begins a call, mutes the microphone and opens whatever the bar can.
pub async fn open_all(stage: &Stage) -> Result<(), Failure> {
    let nth = stage.count(START).await? + 1;
    stage.click("#call").await?;
    stage.allow().await?;
    stage.event(START, nth, SOON).await?;
    stage.bar().await?;
    for button in [BarButton::Mute, BarButton::Captions, BarButton::Options] {
        stage.press_in_bar(button).await?;
    }
    Ok(())
}

/// What both sides say.
pub fn conversation() -> Misbehave {
    let says = |role: &str, text: &str, seq: u32| {
        let frame = json!({ "type": "transcript", "role": role, "text": text, "seq": seq });
        (Duration::ZERO, Act::Text(frame.to_string()))
    };
    Misbehave {
        in_call: vec![
            says(
                "assistant",
                "Larkfield Cycle Workshop, good morning! What can I do for you?",
                1,
            ),
            says(
                "user",
                "My front brake squeals. Can you look at it today?",
                2,
            ),
            says(
                "assistant",
                "Yes. Bring it in before four, and you can ride it home.",
                3,
            ),
        ],
        ..Misbehave::default()
    }
}
