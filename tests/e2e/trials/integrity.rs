//! One chain: the tag's hash covers the script, and the script's own covers the wasm. What is not the very
//! file is refused, nothing of it is executed, and once the right file is there the next click works.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha384};

use crate::failure::{Failure, ensure};
use crate::gateway::{Answer, ListenerName};
use crate::page::{Page, Placement, button};
use crate::runner::{Trial, trial};
use crate::stage::Stage;
use crate::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_wasm_that_is_not_the_very_file_is_refused_and_the_next_click_tries_again),
        trial!(a_script_that_is_not_the_very_file_does_not_run_at_all),
    ]
}

/// A wrong file stays in the browser's cache for as long as the right one would.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// A file of the release, and what may stand in its place.
struct File {
    kind: &'static str,
    bytes: Vec<u8>,
    /// A byte whose change leaves the file one that runs, as far as that can be.
    flip: usize,
    /// As another release would have it: this one runs.
    other_version: Vec<u8>,
}

const WRONG: [&str; 6] = [
    "a byte flipped",
    "truncated",
    "another version's",
    "a page that says it is fine",
    "a redirect",
    "missing",
];

impl File {
    fn right(&self) -> Answer {
        Answer::new(200, self.kind, self.bytes.clone()).header("cache-control", FOREVER)
    }

    /// `elsewhere` is where a redirect leads to.
    fn wrong(&self, how: &str, elsewhere: &str) -> Answer {
        let with = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = self.bytes.clone();
            change(&mut bytes);
            Answer::new(200, self.kind, bytes)
        };
        let answer = match how {
            "a byte flipped" => with(&|bytes| bytes[self.flip] ^= 1),
            // The last byte, so that what is left is as whole as can be.
            "truncated" => with(&|bytes| bytes.truncate(bytes.len() - 1)),
            "another version's" => with(&|bytes| bytes.clone_from(&self.other_version)),
            "a redirect" => Answer::new(302, "text/plain", "").header("location", elsewhere),
            "missing" => Answer::new(404, "text/plain", "no such file"),
            _ => Answer::html("<!doctype html><title>All is well</title>"),
        };
        answer.header("cache-control", FOREVER)
    }
}

/// Each case has the release in a folder of its own: no cache knows its files.
struct Copy {
    script: File,
    wasm: File,
    script_path: String,
    wasm_path: String,
}

impl Copy {
    fn publish(stage: &Stage, case: usize) -> Result<Self, Failure> {
        let file =
            |path: &str| std::fs::read(stage.release.dist.join(path.trim_start_matches('/')));
        let script_path = &stage.release.script_path;
        let wasm_path = &script_path.replace("vocadesk.min.js", "vocadesk.wasm");
        let (script, wasm) = (file(script_path)?, file(wasm_path)?);
        let text = String::from_utf8(script.clone()).map_err(|e| e.to_string())?;
        // In the middle of words that no code reads: it becomes a letter again.
        let flip = text.find("other copy").ok_or("no words to change")?;
        // An empty section of its own, which every engine passes over.
        let marked = [&wasm[..], &[0, 2, 1, b'v']].concat();
        let copy = Self {
            script: File {
                kind: "text/javascript",
                bytes: script,
                flip,
                other_version: text
                    .replace(env!("CARGO_PKG_VERSION"), "0.0.9")
                    .into_bytes(),
            },
            wasm: File {
                kind: "application/wasm",
                flip: wasm.len() / 2,
                bytes: wasm,
                other_version: marked,
            },
            script_path: format!("/{case}{script_path}"),
            wasm_path: format!("/{case}{wasm_path}"),
        };
        let put = |path: &str, answer| stage.gateway.cdn_override(path, Some(answer));
        put(&copy.script_path, copy.script.right());
        put(&copy.wasm_path, copy.wasm.right());
        Ok(copy)
    }
}

/// Counts what is compiled, and tells how it went with the script.
const WATCH: &str = r#"<script>
  window.compiled = 0;
  for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = (...given) => (compiled++, real.apply(WebAssembly, given));
  }
</script>"#;

/// The tag as a customer writes it, for a copy of the release; `integrity` may be left out.
fn tag(stage: &Stage, script_path: &str, integrity: Option<&str>) -> String {
    let integrity = integrity.map_or(String::new(), |hash| format!(r#" integrity="{hash}""#));
    format!(
        r#"<script src="{}{script_path}"{integrity} crossorigin="anonymous"
          onload="window.script = 'ran'" onerror="window.script = 'refused'"></script>"#,
        stage.gateway.cdn_url()
    )
}

fn page(tag: &str) -> Page {
    let head = format!("{WATCH}{tag}");
    Page::default().script(Placement::Absent).head(head)
}

async fn a_wasm_that_is_not_the_very_file_is_refused_and_the_next_click_tries_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (case, how) in WRONG.into_iter().enumerate() {
        refused_then_right(stage, case, how)
            .await
            .map_err(|Failure(why)| Failure(format!("{how}: {why}")))?;
    }
    Ok(())
}

async fn refused_then_right(stage: &Stage, case: usize, how: &str) -> Result<(), Failure> {
    let copy = Copy::publish(stage, case)?;
    // Also one that leads to the right file: it could as well lead to a stranger.
    let elsewhere = copy.wasm_path.replace("vocadesk.wasm", "elsewhere.wasm");
    let put = |path: &str, answer| stage.gateway.cdn_override(path, Some(answer));
    put(&elsewhere, copy.wasm.right());
    put(&copy.wasm_path, copy.wasm.wrong(how, &elsewhere));
    let integrity = stage.release.integrity.clone();
    stage
        .open(&page(&tag(stage, &copy.script_path, Some(&integrity))))
        .await?;
    let released = stage.gateway.record().releases.len();
    let error = stage.fail_call("#call", "unknown").await?;
    for words in ["integrity", &copy.wasm_path, "publish the release's files"] {
        ensure!(
            error.message().contains(words),
            "{words:?} is not in {error:?}"
        );
    }
    let compiled = stage.run("return compiled").await?;
    ensure!(compiled == 0, "{compiled} wasm modules were compiled");
    let record = stage.gateway.record();
    let strayed = record.requests_to(ListenerName::Cdn, &elsewhere).count();
    ensure!(strayed == 0, "the redirect was followed");

    put(&copy.wasm_path, copy.wasm.right());
    stage.click("#call").await?;
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    stage.released(released + 1).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [ERROR, START, END], "{kinds:?}");
    let compiled = stage.run("return compiled").await?;
    ensure!(compiled == 1, "{compiled} wasm modules were compiled");
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "thrown into the page: {errors}");
    Ok(())
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
    let copy = Copy::publish(stage, case)?;
    // To a tampered one: a browser follows it, and what it finds there is held to the tag's hash.
    let elsewhere = copy.script_path.replace("vocadesk.min.js", "tampered.js");
    let put = |path: &str, answer| stage.gateway.cdn_override(path, Some(answer));
    put(&elsewhere, copy.script.wrong("a byte flipped", ""));
    put(&copy.script_path, copy.script.wrong(how, &elsewhere));
    let fetched = |stage: &Stage| {
        let record = stage.gateway.record();
        record
            .requests_to(ListenerName::Cdn, &copy.wasm_path)
            .count()
    };
    let integrity = stage.release.integrity.clone();
    stage
        .open(&page(&tag(stage, &copy.script_path, Some(&integrity))))
        .await?;
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
        stage
            .open(&page(&tag(stage, &copy.script_path, hash)))
            .await?;
        let script = stage.until("window.script", SOON).await?;
        ensure!(
            script == "ran",
            "with the hash {hash:?} the script {script}"
        );
        stage.until("window.Vocadesk", SOON).await?;
    }
    Ok(())
}
