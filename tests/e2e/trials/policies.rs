//! Content-Security-Policies that sites have: where the script tag and the two endpoints are allowed, the
//! call works, with no other change to the policy.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::failure::{Failure, ensure};
use crate::gateway::Answer;
use crate::page::Page;
use crate::runner::{Trial, trial};
use crate::stage::{Setting, Stage};
use crate::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    let setting = Setting {
        deadline: Duration::from_secs(180),
        ..Setting::default()
    };
    vec![
        trial!(
            a_call_works_under_every_policy_that_lets_the_tag_and_the_endpoints_through,
            setting
        ),
        trial!(the_script_without_wasm_may_be_long_on_its_way),
        trial!(where_a_policy_leaves_no_way_the_error_says_what_to_allow),
    ]
}

const NONCE: &str = "r4nd0m";

/// One site's policy. `SITE` stands for what the harness and the page itself need of the site's own origin.
struct Cell {
    name: &'static str,
    policy: &'static str,
    nonce: &'static str,
    /// Scripts of the site's own origin may run, and so may the tap of the harness.
    heard_whole: bool,
}

/// Asked of a handle of its own: the page has none of a host that is only marked up.
pub(super) const MISSING: &str = "
  const handle = Vocadesk.mount(document.createElement('p'), { embedId: 'emb_none' });
  const { missing } = handle.diagnostics();
  handle.destroy();
  return missing";

const INFOS: &str = "return __harness.said.filter(({ message }) => message.includes('policy lacks') || message.includes('Policy lacks')).length";

const fn cell(name: &'static str, policy: &'static str) -> Cell {
    Cell {
        name,
        policy,
        nonce: "",
        heard_whole: true,
    }
}

const fn with_nonce(name: &'static str, policy: &'static str) -> Cell {
    Cell {
        nonce: NONCE,
        heard_whole: false,
        ..cell(name, policy)
    }
}

const CELLS: [Cell; 14] = [
    cell("no policy", ""),
    cell(
        "the tag and the endpoints",
        "script-src SITE CDN; connect-src API WSS; style-src 'self'",
    ),
    cell(
        "with 'wasm-unsafe-eval'",
        "script-src SITE CDN 'wasm-unsafe-eval'; connect-src API WSS CDN; style-src 'self'",
    ),
    cell(
        "'wasm-unsafe-eval', the wasm not to be fetched",
        "script-src SITE CDN 'wasm-unsafe-eval'; connect-src API WSS; style-src 'self'",
    ),
    cell(
        "with worker-src blob:",
        "script-src SITE CDN 'wasm-unsafe-eval'; connect-src API WSS CDN; worker-src blob:",
    ),
    cell(
        "with blob: in script-src",
        "script-src SITE CDN blob: 'wasm-unsafe-eval'; connect-src API WSS CDN",
    ),
    with_nonce(
        "a nonce alone",
        "script-src 'nonce-r4nd0m'; connect-src API WSS",
    ),
    with_nonce(
        "a nonce and 'wasm-unsafe-eval'",
        "script-src 'nonce-r4nd0m' 'wasm-unsafe-eval'; connect-src API WSS CDN",
    ),
    with_nonce(
        "a nonce with 'strict-dynamic'",
        "script-src 'nonce-r4nd0m' 'strict-dynamic'; connect-src API WSS",
    ),
    cell(
        "the hashes of the release's scripts",
        "script-src SITE HASHES; connect-src API WSS",
    ),
    cell(
        "the script's hash and 'wasm-unsafe-eval'",
        "script-src SITE HASH 'wasm-unsafe-eval'; connect-src API WSS CDN",
    ),
    cell(
        "trusted types, ours allowed",
        "require-trusted-types-for 'script'; trusted-types vocadesk",
    ),
    cell(
        "trusted types, none allowed",
        "require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    cell(
        "nothing but what we document",
        "default-src 'none'; script-src SITE CDN; connect-src API WSS; img-src data:",
    ),
];

async fn a_call_works_under_every_policy_that_lets_the_tag_and_the_endpoints_through(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let mut table = String::new();
    let mut failed = Vec::new();
    for cell in &CELLS {
        let outcome = call_under(stage, cell).await;
        let said = stage.run("return __harness.violations").await?;
        let reports = said.as_array().cloned().unwrap_or_default();
        // The harness's own tap is refused too, where only nonces count.
        let reports: Vec<_> = reports
            .iter()
            .filter_map(|r| r.as_str())
            .filter(|r| !r.contains("/harness/"))
            .collect();
        let ok = if outcome.is_ok() { "ok" } else { "FAILED" };
        table += &format!(
            "  {:<48}{ok:<8}{} reports {reports:?}\n",
            cell.name,
            reports.len()
        );
        // The first tells the whole policy; before it there is nothing to know by.
        if reports.len() > 1 {
            failed.push(format!("{}: reports {reports:?}", cell.name));
        }
        if let Err(Failure(why)) = outcome {
            failed.push(format!("{}: {why:.600}", cell.name));
        }
    }
    println!("{} under each policy:\n{table}", stage.engine.name);
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

const FRAMES_A_SECOND: f64 = 50.0;

async fn call_under(stage: &Stage, cell: &Cell) -> Result<(), Failure> {
    let policy = cell
        .policy
        .replace("SITE", "'self'")
        .replace("CDN", &stage.gateway.cdn_url())
        .replace("API", &stage.gateway.api_url())
        .replace("WSS", &stage.gateway.wss_url())
        .replace(
            "HASHES",
            &format!(
                "HASH '{}' '{}'",
                stage.release.integrity_without_wasm, stage.release.integrity_of_bar
            ),
        )
        .replace("HASH", &format!("'{}'", stage.release.integrity));
    let page = Page::default().nonce(cell.nonce);
    let page = match cell.policy {
        "" => page,
        _ => page.header("content-security-policy", &policy),
    };
    stage.open(&page).await?;
    let events = stage.events().await?.len();
    let calls = stage.gateway.record().calls.len();
    let clicked = Instant::now();
    stage.start_call("#call").await?;
    stage.until("__harness.sounds()", SOON).await?;
    stage.heard_at_gateway(calls, 50).await?;
    let call = stage.gateway.record().calls[calls].clone();
    let taken = call.mic[call.mic.len() - 1].at - clicked;
    let due = (FRAMES_A_SECOND * taken.as_secs_f64()) as usize;
    // What was held up on the way comes at once, but not before its time; that it comes in time where
    // nothing holds it up, and that nothing is lost, longer calls show.
    ensure!(
        call.mic.len() <= due,
        "{} frames within {taken:.2?} of the click",
        call.mic.len()
    );
    if cell.heard_whole {
        let heard = stage.heard().await?;
        ensure!(!heard.is_empty(), "no tap heard anything");
    }
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    // What was refused once is not tried again.
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    let kinds = stage.kinds_since(events).await?;
    ensure!(kinds == [START, END, START, END], "{kinds:?}");
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "the page saw {errors}");
    let missing = stage.run(MISSING).await?;
    let infos = stage.run(INFOS).await?;
    let infos = infos.as_u64().unwrap_or(u64::MAX);
    let degraded = missing != json!([]);
    ensure!(
        infos == u64::from(degraded),
        "{missing} is missing, and the console was told {infos} times"
    );
    stage.microphone_is_off().await
}

/// WebKit collected the tag of a script that was taken out of the page while it loaded, where it had been put
/// there after the fetch of the wasm was refused. Longer than a collector of garbage waits while it has plenty.
const ON_ITS_WAY: Duration = Duration::from_secs(2);

async fn the_script_without_wasm_may_be_long_on_its_way(stage: &mut Stage) -> Result<(), Failure> {
    let (path, script) = stage.release.file("vocadesk.nowasm.min.js")?;
    let answer = Answer::new(200, "text/javascript", script).after(ON_ITS_WAY);
    stage.gateway.cdn_override(&path, Some(answer));
    let cdn = stage.gateway.cdn_url();
    let policy = format!(
        "script-src 'self' 'wasm-unsafe-eval' {cdn}; connect-src {} {}",
        stage.gateway.api_url(),
        stage.gateway.wss_url()
    );
    stage
        .open(&Page::default().header("content-security-policy", &policy))
        .await?;
    stage.click("#call").await?;
    let due = Instant::now() + ON_ITS_WAY;
    while Instant::now() < due {
        stage.browser()?.collect_garbage().await?;
    }
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    Ok(())
}

async fn where_a_policy_leaves_no_way_the_error_says_what_to_allow(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (hash, cdn) = (&stage.release.integrity, stage.gateway.cdn_url());
    let endpoints = format!("{} {}", stage.gateway.api_url(), stage.gateway.wss_url());
    for policy in [
        // The second script's hash is missing.
        format!("script-src 'self' '{hash}'; connect-src {endpoints}"),
        // A tag's address is a sink, and no policy of ours may fill it.
        format!(
            "script-src 'self' {cdn}; require-trusted-types-for 'script'; trusted-types 'none'"
        ),
    ] {
        let page = Page::default().header("content-security-policy", &policy);
        stage.open(&page).await?;
        // Each click tries anew: the site may be mended meanwhile, in a page that nobody has left.
        for _ in 0..2 {
            let error = stage.fail_call("#call", "unknown").await?;
            let says = error.message();
            ensure!(
                says.contains("Content-Security-Policy") && says.contains("'wasm-unsafe-eval'"),
                "{policy}: {error:?}"
            );
        }
        let asked = stage.run("return __harness.askedForMicrophone()").await?;
        ensure!(asked == 0, "{policy}: the microphone was asked for");
    }
    Ok(())
}
