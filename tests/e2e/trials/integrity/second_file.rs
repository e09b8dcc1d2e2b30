//! The file that the script brings: the wasm, or where the page's policy refuses that the script without.

use holds::holds;
use std::time::Duration;

use serde_json::json;

use super::{Copy, File, WRONG, page};
use crate::trial::{Trial, trial};
use gateway::ListenerName;
use support::failure::{Failure, ensure};
use support::stage::{Setting, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    let setting = Setting {
        deadline: Duration::from_secs(480),
        ..Setting::default()
    };
    vec![
        trial!(a_wasm_that_is_not_the_very_file_is_refused_and_the_next_click_tries_again),
        trial!(
            a_script_without_wasm_that_is_not_the_very_file_is_refused_and_the_next_click_tries_again,
            setting
        ),
    ]
}

#[holds("1.own-folder", "3.unknown-integrity")]
async fn a_wasm_that_is_not_the_very_file_is_refused_and_the_next_click_tries_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for how in WRONG {
        wasm_refused_then_right(stage, how)
            .await
            .map_err(|Failure(why)| Failure(format!("{how}: {why}")))?;
    }
    Ok(())
}

async fn wasm_refused_then_right(stage: &Stage, how: &str) -> Result<(), Failure> {
    let copy = Copy::publish(stage, &folder("wasm", how))?;
    let file = &copy.wasm;
    // Also one that leads to the right file: it could as well lead to a stranger.
    let elsewhere = file.path.replace("vocadesk.wasm", "elsewhere.wasm");
    let put = |path: &str, answer| stage.gateway.cdn_override(path, Some(answer));
    put(&elsewhere, file.right());
    put(&file.path, file.wrong(how, &elsewhere));
    let integrity = stage.release.integrity.clone();
    stage.open(&page(stage, &copy, Some(&integrity))).await?;
    refused(stage, file).await?;
    let record = stage.gateway.record();
    let strayed = record.requests_to(ListenerName::Cdn, &elsewhere).count();
    ensure!(strayed == 0, "the redirect was followed");
    put(&file.path, file.right());
    works(stage, 1).await?;
    let compiled = stage.run("return compiled").await?;
    ensure!(compiled == 1, "{compiled} wasm modules were compiled");
    Ok(())
}

#[holds("1.own-folder", "3.unknown-integrity")]
async fn a_script_without_wasm_that_is_not_the_very_file_is_refused_and_the_next_click_tries_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for how in WRONG {
        script_refused_then_right(stage, how)
            .await
            .map_err(|Failure(why)| Failure(format!("{how}: {why}")))?;
    }
    Ok(())
}

async fn script_refused_then_right(stage: &Stage, how: &str) -> Result<(), Failure> {
    let copy = Copy::publish(stage, &folder("nowasm", how))?;
    let file = &copy.without_wasm;
    // To a tampered one: a browser follows it, and what it finds there is held to the hash.
    let elsewhere = file.path.replace("vocadesk.nowasm.min.js", "tampered.js");
    let put = |path: &str, answer| stage.gateway.cdn_override(path, Some(answer));
    put(&elsewhere, file.wrong("a byte flipped", ""));
    put(&file.path, file.wrong(how, &elsewhere));
    let (cdn, api) = (stage.gateway.cdn_url(), stage.gateway.api_url());
    // Nothing may be fetched from the CDN but by a tag.
    let policy = format!(
        "script-src 'self' 'unsafe-inline' {cdn}; connect-src {api} {}",
        stage.gateway.wss_url()
    );
    let integrity = stage.release.integrity.clone();
    let page = page(stage, &copy, Some(&integrity));
    let page = page.header("content-security-policy", &policy);
    stage.open(&page).await?;
    refused(stage, file).await?;
    // It stays wrong: nor is what was kept of the second try what the third one gets.
    refused(stage, file).await?;
    put(&file.path, file.right());
    works(stage, 2).await?;
    let second_scripts = stage.run("return secondScripts").await?;
    ensure!(
        second_scripts == 1,
        "{second_scripts} scripts without wasm have run"
    );

    // The trial's own eyes: without the hash this would have run.
    if ["a page that says it is fine", "missing"].contains(&how) {
        return Ok(());
    }
    put(&file.path, file.wrong(how, &elsewhere));
    let tag = "const tag = document.createElement('script');
        tag.src = arguments[0] + '?eyes';
        tag.crossOrigin = 'anonymous';
        document.head.append(tag)";
    let url = json!(format!("{cdn}{}", file.path));
    stage.browser()?.run(tag, vec![url]).await?;
    stage.until("secondScripts === 2", SOON).await?;
    Ok(())
}

fn folder(file: &str, how: &str) -> String {
    let words = how.replace(|c: char| !c.is_ascii_alphabetic(), "-");
    format!("{file}-{words}")
}

/// The click fails as the contract says, and nothing was executed.
async fn refused(stage: &Stage, file: &File) -> Result<(), Failure> {
    let error = stage.fail_call("#call", "unknown").await?;
    for words in ["integrity", &file.path, "publish the release's files"] {
        ensure!(
            error.message().contains(words),
            "{words:?} is not in {error:?}"
        );
    }
    let executed = stage.run("return [compiled, secondScripts]").await?;
    ensure!(
        executed == json!([0, 0]),
        "modules that were compiled, scripts that have run: {executed}"
    );
    Ok(())
}

/// The click makes a call, after so many errors.
async fn works(stage: &Stage, errors: usize) -> Result<(), Failure> {
    let released = stage.gateway.record().releases.len();
    stage.click("#call").await?;
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    stage.released(released + 1).await?;
    let kinds = stage.kinds_since(0).await?;
    let due = [vec![ERROR; errors], vec![START, END]].concat();
    ensure!(kinds == due, "{kinds:?}");
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "thrown into the page: {errors}");
    Ok(())
}
