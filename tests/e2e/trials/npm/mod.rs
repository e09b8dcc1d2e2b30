//! The npm package, as sites use it: small shops that install the packed tarball and are built the way their owners would, in
//! `tests/e2e/npm`. They are built once, when the first of these trials begins, and served by the customer's site; each of
//! `meta-frameworks` when the first trial that visits it does.

mod documentation;
mod loading;
mod playground;
mod server;
mod shops;
mod visit;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::trial::Trial;
use crate::trials::frameworks::is_trouble;
use crate::trials::hosting::packed;
use gateway::Answer;
use support::evidence::evidence_folder;
use support::failure::{Failure, ensure};
use support::stage::{Setting, Stage};

pub fn trials() -> Vec<Trial> {
    [
        shops::trials(),
        loading::trials(),
        documentation::trials(),
        playground::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The first of them builds all.
fn setting() -> Setting {
    Setting {
        deadline: Duration::from_secs(480),
        ..Setting::default()
    }
}

/// The folder with all shops that Vite, SvelteKit and esbuild make, built.
fn built() -> Result<PathBuf, Failure> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let build = || -> Result<PathBuf, Failure> {
        let folder = evidence_folder()?.join("npm");
        build_shops("build.mjs", &folder, &[])?;
        Ok(folder)
    };
    let folder = BUILT.get_or_init(|| build().map_err(|Failure(why)| why));
    folder.clone().map_err(Failure)
}

/// The folder of this shop in a meta-framework, built. One at a time: each build takes all of a small machine.
fn built_in_meta_framework(shop: &'static str) -> Result<PathBuf, Failure> {
    static BUILT: Mutex<BTreeMap<&str, Result<PathBuf, String>>> = Mutex::new(BTreeMap::new());
    let build = || -> Result<PathBuf, Failure> {
        let folder = evidence_folder()?.join("meta-frameworks");
        build_shops("meta-frameworks/build.mjs", &folder, &[shop])?;
        Ok(folder.join(shop))
    };
    let mut all = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let built = all
        .entry(shop)
        .or_insert_with(|| build().map_err(|Failure(why)| why));
    built.clone().map_err(Failure)
}

fn build_shops(script: &str, folder: &Path, shop: &[&str]) -> Result<(), Failure> {
    let tarball = concat!("vocadesk-embed-", env!("CARGO_PKG_VERSION"), ".tgz");
    let mut node = Command::new("node");
    node.arg(support::project().join("tests/e2e/npm").join(script));
    node.arg(packed().join(tarball)).arg(folder).args(shop);
    let done = node.output()?;
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "node {script}: {said}");
    Ok(())
}

/// Where the release's script is, for a page that is not on the cdn.
fn script_url(stage: &Stage) -> String {
    stage.gateway.cdn_url() + &stage.release.script_path
}

/// Puts what the shop was built to on the customer's site, its scripts below `base`, and gives its first page.
fn serve(stage: &Stage, shop: &str, base: &str) -> Result<String, Failure> {
    serve_folder(stage, &built()?.join(shop).join("site"), base)
}

fn serve_folder(stage: &Stage, site: &Path, base: &str) -> Result<String, Failure> {
    put(stage, site, base)?;
    let html = std::fs::read_to_string(site.join("index.html"))?;
    Ok(html.replace("{{SCRIPT_URL}}", &script_url(stage)))
}

fn put(stage: &Stage, folder: &Path, path: &str) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?.path();
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let path = format!("{path}/{name}");
        if entry.is_dir() {
            put(stage, &entry, &path)?;
            continue;
        }
        let filled = || -> Result<String, Failure> {
            let text = std::fs::read_to_string(&entry)?;
            Ok(text.replace("{{SCRIPT_URL}}", &script_url(stage)))
        };
        let read = || std::fs::read(&entry);
        let (path, answer) = match entry.extension().and_then(|extension| extension.to_str()) {
            Some("js") => (&*path, Answer::new(200, "text/javascript", read()?)),
            Some("css") => (&*path, Answer::new(200, "text/css", read()?)),
            Some("json") => (&*path, Answer::new(200, "application/json", read()?)),
            // A page, whose address has no ending.
            Some("html") => (path.trim_end_matches(".html"), Answer::html(&filled()?)),
            // A page's content, for a client that goes there; the site itself fills in HTML alone.
            Some("txt") => {
                let text = filled()?.replace("{{API_URL}}", &stage.gateway.api_url());
                (&*path, Answer::new(200, "text/plain", text))
            }
            _ => continue,
        };
        stage.gateway.site_answer(path, answer);
    }
    Ok(())
}

/// Nobody has complained: neither the browser nor a framework.
async fn in_silence(stage: &Stage) -> Result<(), Failure> {
    let mut complaints = stage.complaints().await?;
    complaints.retain(|complaint| is_trouble(complaint));
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

/// How many tags of the release's script are in the page.
async fn tags(stage: &Stage) -> Result<serde_json::Value, Failure> {
    stage
        .run("return document.querySelectorAll('script[src*=\"vocadesk.min.js\"]').length")
        .await
}
