//! The contact sheet: a page of all pictures, and one picture of that page.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::folder;
use crate::states::{DIRECTIONS, SIZES, Shot, THEMES};
use support::extension::Extension;
use support::failure::Failure;
use support::stage::Stage;
use support::walk::STATES;

const STYLE: &str = "body { margin: 16px; background: #777; color: #fff; font: 14px sans-serif; width: max-content }
  td, th { padding: 3px; text-align: start; vertical-align: top; font-weight: normal } img { display: block }";

/// Writes `target/gallery/contact-sheet.html`, the pictures that it shows, and all of it as one PNG where the
/// engine's driver can.
pub async fn make(stage: &Stage, shots: &[Shot]) -> Result<(), Failure> {
    let mut html = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Contact sheet</title><style>{STYLE}</style>"
    );
    let states = STATES.iter().copied().chain(["live, all open"]);
    let states: Vec<_> = states.collect();
    let mut engines: Vec<_> = shots.iter().map(|shot| shot.engine).collect();
    engines.dedup();
    for engine in engines {
        for theme in THEMES {
            let heads: String = states.iter().map(|state| format!("<th>{state}")).collect();
            let _ = write!(html, "<h2>{engine}, {theme}</h2><table><tr><th>{heads}");
            for (size, dir) in SIZES
                .iter()
                .flat_map(|size| DIRECTIONS.map(|dir| (size, dir)))
            {
                let _ = write!(html, "<tr><th>{size}<br>{dir}");
                for state in &states {
                    let found = shots.iter().find(|shot| {
                        (
                            shot.engine,
                            shot.theme,
                            shot.size,
                            shot.dir,
                            shot.state.as_str(),
                        ) == (engine, theme, *size, dir, *state)
                    });
                    html += "<td>";
                    let Some(shot) = found else { continue };
                    let name = [engine, theme, size, dir, state]
                        .join("-")
                        .replace([' ', ','], "");
                    let image = if *size == "large" {
                        shot.image.halved().halved()
                    } else {
                        shot.image.clone()
                    };
                    let file = folder().join(format!("{name}.png"));
                    image.write(&file)?;
                    let answer = gateway::Answer::new(200, "image/png", std::fs::read(&file)?);
                    stage.gateway.site_answer(&format!("/{name}.png"), answer);
                    let _ = write!(
                        html,
                        r#"<img src="{name}.png" width="{}" alt="{name}">"#,
                        image.width
                    );
                }
            }
            html += "</table>";
        }
    }
    std::fs::write(folder().join("contact-sheet.html"), &html)?;
    let url = stage.gateway.site_page("/contact-sheet", &html, &[]);
    stage.browser()?.goto(&url).await?;
    photograph(stage).await
}

/// A WebDriver takes a picture of the window; Chromium's DevTools take one of the whole page.
async fn photograph(stage: &Stage) -> Result<(), Failure> {
    if stage.engine.name != "chromium" {
        eprintln!(
            "no picture of the sheet: {} takes none of a whole page",
            stage.engine.name
        );
        return Ok(());
    }
    let size =
        "return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]";
    let [width, height]: [f64; 2] = serde_json::from_value(stage.run(size).await?)?;
    // Chromium's pictures are at most 16,384 pixels high.
    let scale = (16_000.0 / height).min(1.0);
    let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": scale });
    let take = json!({ "captureBeyondViewport": true, "clip": clip });
    let client = stage.browser()?.client();
    let taken: Value = client
        .issue_cmd(Extension::devtools_with("Page.captureScreenshot", take))
        .await?;
    let png = STANDARD
        .decode(taken["data"].as_str().unwrap_or_default())
        .map_err(|e| e.to_string())?;
    let file = folder().join("contact-sheet.png");
    std::fs::write(&file, png)?;
    eprintln!("{}", file.display());
    Ok(())
}
