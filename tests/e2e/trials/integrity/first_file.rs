//! The script that the customer's tag names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha384};

use super::{Copy, WRONG, page};
use crate::trial::{Trial, trial};
use gateway::ListenerName;
use support::failure::{Failure, ensure};
use support::page::button;
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![trial!(
        a_script_that_is_not_the_very_file_does_not_run_at_all
    )]
}

async fn a_script_that_is_not_the_very_file_does_not_run_at_all(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (case, how) in WRONG.into_iter().enumerate() {
        does_not_run(stage, case, how)
            .await
            .map_err(|Failure(why)| Failure(format!("{how}: {why}")))?;
    }
    Ok(())
}

async fn does_not_run(stage: &Stage, case: usize, how: &str) -> Result<(), Failure> {
    let copy = Copy::publish(stage, &format!("first-{case}"))?;
    // To a tampered one: a browser follows it, and what it finds there is held to the tag's hash.
    let elsewhere = copy.script.path.replace("vocadesk.min.js", "tampered.js");
    let put = |path: &str, answer| stage.gateway.cdn_override(path, Some(answer));
    put(&elsewhere, copy.script.wrong("a byte flipped", ""));
    put(&copy.script.path, copy.script.wrong(how, &elsewhere));
    let fetched = |stage: &Stage| {
        let record = stage.gateway.record();
        record
            .requests_to(ListenerName::Cdn, &copy.wasm.path)
            .count()
    };
    let integrity = stage.release.integrity.clone();
    stage.open(&page(stage, &copy, Some(&integrity))).await?;
    let script = stage.until("window.script", SOON).await?;
    ensure!(script == "refused", "the script {script}");
    let traces = "return ['Vocadesk' in window, compiled, call.outerHTML]";
    let html = button("call", "emb_demo").replace("{{API_URL}}", &stage.gateway.api_url());
    let traces = stage.run(traces).await?;
    ensure!(traces == json!([false, 0, html]), "{traces}");
    ensure!(fetched(stage) == 0, "its wasm was fetched");

    // The trial's own eyes: without the tag's hash these would have run, with their own hash as well.
    if ["a page that says it is fine", "missing"].contains(&how) {
        return Ok(());
    }
    let bytes = match how {
        "a redirect" => copy.script.wrong("a byte flipped", "").body,
        _ => copy.script.wrong(how, "").body,
    };
    let own = format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)));
    for hash in [None, Some(own.as_str())] {
        stage.open(&page(stage, &copy, hash)).await?;
        let script = stage.until("window.script", SOON).await?;
        ensure!(
            script == "ran",
            "with the hash {hash:?} the script {script}"
        );
        stage.until("window.Vocadesk", SOON).await?;
    }
    Ok(())
}
