//! Each language of our texts in every state of a call: whether its words fit a button and the bar.

use std::cell::RefCell;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::folder;
use crate::image::Image;
use crate::scene;
use crate::states::{OPEN_PX, conversation, open_all};
use gateway::misbehave::Misbehave;
use support::failure::Failure;
use support::stage::Stage;
use support::visitor::SOON;

/// A file of texts as a release has it.
struct Language {
    tag: String,
    dir: String,
    idle: String,
}

const STYLE: &str = "body { margin: 16px; background: #777; color: #fff; font: 14px sans-serif; width: max-content }
  td, th { padding: 3px; text-align: start; vertical-align: top; font-weight: normal } img { display: block }";

/// Writes `target/gallery/languages.html`, and the pictures that it shows.
pub async fn photograph(stage: &Stage) -> Result<(), Failure> {
    let mut html = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Languages</title><style>{STYLE}</style><table>"
    );
    for language in all(stage)? {
        let _ = write!(html, "<tr><th>{}", language.tag);
        for (state, image) in in_every_state(stage, &language).await? {
            let name = format!("language-{}-{state}.png", language.tag);
            image.write(&folder().join(&name))?;
            let _ = write!(html, r#"<td>{state}<img src="{name}" alt="{name}">"#);
        }
        eprintln!("{}", language.tag);
    }
    std::fs::write(folder().join("languages.html"), html + "</table>")?;
    Ok(())
}

fn all(stage: &Stage) -> Result<Vec<Language>, Failure> {
    let (path, _) = stage.release.file("vocadesk.min.js")?;
    let release = stage.release.dist.join(path.trim_start_matches('/'));
    let release = release.parent().ok_or("no folder")?;
    let mut languages = Vec::new();
    for entry in std::fs::read_dir(release)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let tag = name
            .strip_prefix("vocadesk.lang-")
            .and_then(|rest| rest.strip_suffix(".js"));
        let Some(tag) = tag else { continue };
        let (_, bytes) = stage.release.file(&name)?;
        let script = String::from_utf8_lossy(&bytes);
        let texts: Value = serde_json::from_str(&script[script.find('{').unwrap_or_default()..])?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        languages.push(Language {
            tag: tag.to_owned(),
            dir: text(&texts["dir"]),
            idle: text(&texts["texts"]["idle"]),
        });
    }
    languages.sort_by(|one, other| one.tag.cmp(&other.tag));
    Ok(languages)
}

/// The page is in the language, and so is what its own button says.
async fn open_in(stage: &Stage, language: &Language) -> Result<(), Failure> {
    scene::open_gallery(stage).await?;
    let speak = "const [tag, idle] = arguments; document.documentElement.lang = tag; call.textContent = idle;";
    let arguments = vec![json!(language.tag), json!(language.idle)];
    stage.browser()?.run(speak, arguments).await?;
    let came = format!(
        "performance.getEntriesByType('resource').some(({{ name, responseEnd }}) => responseEnd && name.includes('lang-{}'))",
        language.tag
    );
    stage.until(&came, SOON).await.map(drop)
}

async fn in_every_state(
    stage: &Stage,
    language: &Language,
) -> Result<Vec<(String, Image)>, Failure> {
    open_in(stage, language).await?;
    let dir = language.dir.as_str();
    let taken = RefCell::new(Vec::new());
    let look = async |state: &str| {
        if matches!(state, "live" | "reconnecting" | "ending") {
            stage.bar().await?;
        }
        let image = scene::picture(stage, "dark", "narrow", dir, 0).await?;
        taken.borrow_mut().push((state.to_owned(), image));
        Ok(())
    };
    stage.walk("#call", look).await?;
    stage.gateway.misbehave(conversation());
    open_in(stage, language).await?;
    scene::picture(stage, "dark", "narrow", dir, OPEN_PX).await?;
    open_all(stage).await?;
    let image = scene::picture(stage, "dark", "narrow", dir, OPEN_PX).await?;
    taken.borrow_mut().push(("all-open".to_owned(), image));
    stage.gateway.misbehave(Misbehave::default());
    stage.hang_up("#call").await?;
    Ok(taken.take())
}
