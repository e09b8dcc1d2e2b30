//! `scripts/screenshots`: photographs every state of a call button and its bar, brought about by real calls, in each
//! theme, size and direction and each engine, and the languages of our texts; puts it all on contact sheets; and makes the README's
//! pictures.
//! Nothing here passes or fails: it is to be looked at.

mod film;
mod image;
mod languages;
mod palette;
mod playground;
mod readme;
mod scene;
mod sheet;
mod states;

use std::path::PathBuf;
use std::process::ExitCode;

use support::browser::Browser;
use support::driver::Driver;
use support::engine::Engine;
use support::failure::Failure;
use support::stage::{Setting, Stage};

/// Where all of it goes.
pub fn folder() -> PathBuf {
    support::project().join("target/gallery")
}

fn main() -> ExitCode {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |part: &str| only.is_empty() || only.iter().any(|name| name == part);
    match run(wanted("states"), wanted("languages"), wanted("readme")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            eprintln!("screenshots: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(with_states: bool, with_languages: bool, with_readme: bool) -> Result<(), Failure> {
    std::fs::create_dir_all(folder())?;
    let engines = support::engine::wanted();
    if with_states {
        let mut shots = Vec::new();
        for engine in &engines {
            shots.extend(within(engine, Setting::walked(), async |stage| {
                states::photograph(stage).await
            })?);
        }
        let first = engines.first().ok_or("VOCADESK_ENGINES names no engine")?;
        within(first, Setting::walked(), async |stage| {
            sheet::make(stage, &shots).await
        })?;
    }
    if let Some(first) = engines.first().filter(|_| with_languages) {
        within(first, Setting::walked(), async |stage| {
            languages::photograph(stage).await
        })?;
    }
    if let Some(first) = engines.first().filter(|_| with_readme) {
        within(first, readme::setting(), async |stage| {
            readme::pictures(stage).await
        })?;
        within(first, playground::setting(), async |stage| {
            playground::picture(stage).await
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
        let browser = Browser::start(engine, &driver, &setting).await?;
        let mut stage = Stage::set(engine, &driver, &setting, browser).await?;
        let done = work(&mut stage).await;
        if let (Err(_), Ok(words)) = (&done, stage.keep_evidence("screenshots").await) {
            eprintln!("{words}");
        }
        stage.leave().await?;
        done
    })
}
