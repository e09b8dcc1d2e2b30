//! Each state against a picture of it that is kept in `tests/e2e/pictures`.
//!
//! A picture must hold on another machine, with other fonts and another rasteriser. So no text is in it (each is
//! given a fixed size and no colour; everything else is laid out in pixels), it is kept as the mean of blocks of
//! 8 × 8 pixels, and a block may be off by [`FAR`] of 255, which is less than any two colours of the themes are
//! apart; [`MOST`] of the blocks may be farther off, for native controls are drawn by each system as it likes. A
//! button that is moved by half its size, or has another colour, changes more: the last trial step proves it.

use holds::holds;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::trial::{Trial, trial};
use support::bar::{BarButton, OPEN_ROOTS};
use support::failure::{Failure, ensure};
use support::page::Page;
use support::picture::Picture;
use support::prompt::PROMPT;
use support::stage::{Setting, Stage};
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    let setting = Setting {
        deadline: Duration::from_secs(480),
        ..Setting::walked()
    };
    vec![trial!(every_state_looks_as_it_did, setting)]
}

const BLOCK: usize = 8;
const WIDTH: usize = 480;
const HEIGHT: usize = 360;
/// Of 255, in any channel of a block.
const FAR: u8 = 40;
/// Of all blocks. Those of a bar's button are 1.5 % of the picture.
const MOST: f64 = 0.01;

/// A host that may have a shadow root: what is drawn there can be given a fixed size.
const BODY: &str = r#"<main><div id="call" data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}"
  style="display: block; width: 300px; height: 56px; border: 0; border-radius: 12px; font: 13.333px Arial"></div></main>"#;

/// In the page, and in every root that is opened: no text, and nothing that moves.
const STILL: &str = r"<style>body { margin: 0; background: #f4f4f4; overflow: hidden } main { position: absolute; left: 16px; top: 16px }</style><script>
  const still = `* { animation: none !important; transition: none !important; caret-color: transparent }
    .text, .time, .size, label span, .hint, p, b { flex: none !important; width: 70px !important; height: 16px !important; margin: 4px 0 !important; overflow: hidden !important; }
    .text, .time, label span, .hint, p, b, select, option { color: transparent !important; text-shadow: none !important; font-size: 10px !important }
    .bar i, i, .meter .bar { transform: scaleY(0.5) !important }
    em { background-size: 60% !important }`;
  const attachRoot = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) {
    const root = attachRoot.call(this, how), sheet = new CSSStyleSheet();
    sheet.replaceSync(still);
    requestAnimationFrame(() => root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]);
    return root;
  };
</script>";

const LIGHT: &str = "--vocadesk-bg: #ffffff; --vocadesk-fg: #16202e; --vocadesk-accent: #1659d8; --vocadesk-danger: #c4233b; --vocadesk-muted: #5c6675";

#[holds("6.default-accent-danger")]
async fn every_state_looks_as_it_did(stage: &mut Stage) -> Result<(), Failure> {
    let head = format!("{OPEN_ROOTS}{PROMPT}{STILL}");
    stage.open(&Page::default().head(head).body(BODY)).await?;
    let stage = &*stage;
    let themed = async |theme: &str| {
        let set = format!(
            "call.setAttribute('style', call.getAttribute('style').split('--')[0] + {})",
            json!(theme)
        );
        stage.run(&set).await.map(drop)
    };
    stage
        .walk("#call", async |state| {
            if matches!(state, "live" | "reconnecting" | "ending") {
                stage.bar().await?;
            }
            looks_as_kept(stage, state).await?;
            if state != "live" {
                return Ok(());
            }
            for button in [BarButton::Mute, BarButton::Captions, BarButton::Options] {
                stage.press_in_bar(button).await?;
            }
            stage.run("document.documentElement.dir = 'rtl'").await?;
            looks_as_kept(stage, "open-rtl").await?;
            stage.run("document.documentElement.dir = 'ltr'").await?;
            themed(LIGHT).await?;
            looks_as_kept(stage, "open-light").await?;
            // Seen where it is wrong: a button of another colour, and one that has moved.
            for wrong in ["background: lime", "translate: -30px"] {
                stage
                    .run(&format!(
                        "inBar('.end').style.cssText = '{wrong} !important'"
                    ))
                    .await?;
                // A busy browser takes a picture of the frame before.
                let due = Instant::now() + SOON;
                loop {
                    let off = difference(&blocks(stage).await?, &kept(stage, "open-light")?)?;
                    if off > MOST {
                        break;
                    }
                    ensure!(
                        Instant::now() < due,
                        "{wrong} changes {off} of the picture, and nobody would notice"
                    );
                }
                stage.run("inBar('.end').removeAttribute('style')").await?;
                looks_as_kept(stage, "open-light").await?;
            }
            themed("").await?;
            for button in [BarButton::Captions, BarButton::Options] {
                stage.press_in_bar(button).await?;
            }
            Ok(())
        })
        .await
}

type Blocks = Vec<[u8; 3]>;

fn file(stage: &Stage, name: &str) -> PathBuf {
    let folder = support::project().join("tests/e2e/pictures");
    folder.join(format!("{}-{name}.png", stage.engine.name))
}

/// `VOCADESK_WRITE=1` keeps what is seen, once it has settled.
async fn looks_as_kept(stage: &Stage, name: &str) -> Result<(), Failure> {
    let late = Instant::now() + SOON;
    let writes = std::env::var_os("VOCADESK_WRITE").is_some();
    if writes {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        return write(&file(stage, name), &blocks(stage).await?);
    }
    let kept = kept(stage, name)?;
    loop {
        let now = blocks(stage).await?;
        let off = difference(&now, &kept)?;
        if off <= MOST {
            return Ok(());
        }
        if Instant::now() > late {
            let seen = support::evidence::evidence_folder()?
                .join(format!("{}-{name}-blocks.png", stage.engine.name));
            write(&seen, &now)?;
            return Err(Failure(format!(
                "{:.1} % of it differ from {}: {}",
                off * 100.0,
                file(stage, name).display(),
                seen.display()
            )));
        }
    }
}

/// The share of the blocks that are far off.
fn difference(now: &Blocks, kept: &Blocks) -> Result<f64, Failure> {
    ensure!(
        now.len() == kept.len(),
        "{} blocks, and {} were kept",
        now.len(),
        kept.len()
    );
    let far = |(a, b): &(&[u8; 3], &[u8; 3])| (0..3).any(|i| a[i].abs_diff(b[i]) > FAR);
    let off = now.iter().zip(kept).filter(far).count();
    Ok(off as f64 / now.len().max(1) as f64)
}

async fn blocks(stage: &Stage) -> Result<Blocks, Failure> {
    let picture = Picture::from_png(&stage.browser()?.screenshot().await?)?;
    Ok(picture.blocks(WIDTH, HEIGHT, BLOCK))
}

fn kept(stage: &Stage, name: &str) -> Result<Blocks, Failure> {
    let file = file(stage, name);
    let bytes = std::fs::read(&file).map_err(|e| Failure(format!("{}: {e}", file.display())))?;
    Ok(Picture::from_png(&bytes)?.blocks(WIDTH / BLOCK, HEIGHT / BLOCK, 1))
}

fn write(file: &std::path::Path, blocks: &Blocks) -> Result<(), Failure> {
    std::fs::create_dir_all(file.parent().ok_or("no folder")?)?;
    let (width, height) = ((WIDTH / BLOCK) as u32, (HEIGHT / BLOCK) as u32);
    let mut encoder = png::Encoder::new(std::fs::File::create(file)?, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().map_err(|e| e.to_string())?;
    Ok(writer
        .write_image_data(blocks.as_flattened())
        .map_err(|e| e.to_string())?)
}
