//! `scripts/screenshots`: photographs every state of a call button and its bar, brought about by real calls, in each
//! theme, size and direction and each engine; puts it all on one contact sheet; and makes the README's pictures.
//! Nothing here passes or fails: it is to be looked at.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
// The browsers are the end-to-end tests'; this needs a part of their harness.
#![allow(dead_code, unused_imports, unused_macros)]

#[path = "../e2e/bar.rs"]
mod bar;
#[path = "../e2e/browser.rs"]
mod browser;
#[path = "../e2e/driver.rs"]
mod driver;
#[path = "../e2e/driver_port.rs"]
mod driver_port;
#[path = "../e2e/engine/mod.rs"]
mod engine;
#[path = "../e2e/evidence.rs"]
mod evidence;
#[path = "../e2e/extension.rs"]
mod extension;
#[path = "../e2e/failure.rs"]
mod failure;
mod film;
#[path = "../gateway/lib.rs"]
mod gateway;
mod image;
#[path = "../e2e/machine/mod.rs"]
mod machine;
#[path = "../e2e/network.rs"]
mod network;
#[path = "../e2e/page.rs"]
mod page;
#[path = "../e2e/page_event.rs"]
mod page_event;
mod palette;
#[path = "../e2e/pixels.rs"]
mod pixels;
#[path = "../e2e/process_tree.rs"]
mod process_tree;
#[path = "../e2e/prompt.rs"]
mod prompt;
mod readme;
#[path = "../e2e/renderer.rs"]
mod renderer;
mod scene;
mod sheet;
#[path = "../e2e/sound/mod.rs"]
mod sound;
#[path = "../e2e/stage.rs"]
mod stage;
mod states;
#[path = "../e2e/tap.rs"]
mod tap;
#[path = "../e2e/visitor.rs"]
mod visitor;
#[path = "../e2e/walk.rs"]
mod walk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::driver::Driver;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::stage::{Setting, Stage};

/// Where all of it goes.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery")
}

fn main() -> ExitCode {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |part: &str| only.is_empty() || only.iter().any(|name| name == part);
    match run(wanted("states"), wanted("readme")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            eprintln!("screenshots: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(with_states: bool, with_readme: bool) -> Result<(), Failure> {
    std::fs::create_dir_all(folder())?;
    let engines = engine::wanted();
    if with_states {
        let mut shots = Vec::new();
        for engine in &engines {
            shots.extend(within(engine, Setting::default(), async |stage| {
                states::photograph(stage).await
            })?);
        }
        let first = engines.first().ok_or("VOCADESK_ENGINES names no engine")?;
        within(first, Setting::default(), async |stage| {
            sheet::make(stage, &shots).await
        })?;
    }
    if let Some(first) = engines.first().filter(|_| with_readme) {
        within(first, readme::setting(), async |stage| {
            readme::pictures(stage).await
        })?;
    }
    Ok(())
}

/// Does something in a browser of this engine.
fn within<T>(
    engine: &'static Engine,
    setting: Setting,
    work: impl AsyncFn(&mut Stage) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let driver = Driver::start(engine)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut stage = Stage::set(engine, &driver, &setting).await?;
        let done = work(&mut stage).await;
        if let (Err(_), Ok(words)) = (&done, stage.keep_evidence("screenshots").await) {
            eprintln!("{words}");
        }
        stage.leave().await?;
        done
    })
}
