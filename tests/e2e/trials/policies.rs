//! Content-Security-Policies that sites have: where the script tag and the two endpoints are allowed, the
//! call works, with no other change to the policy.

mod cells;

use holds::holds;
use std::time::{Duration, Instant};

use serde_json::json;

pub(super) use self::cells::MISSING;
use self::cells::{
    Cell, Documented, INFOS, NONCES_AND_HASHES, SOURCES, TRUSTED_TYPES, TYPES, WASM,
};
use crate::trial::{Trial, trial};
use gateway::{Answer, Gate};
use support::failure::{Failure, ensure};
use support::page::{Page, Placement, button};
use support::stage::{Setting, Stage};
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    let setting = Setting {
        deadline: Duration::from_secs(360),
        ..Setting::default()
    };
    vec![
        trial!(
            a_call_works_under_every_policy_of_sources_that_lets_the_tag_and_the_endpoints_through,
            setting.clone()
        ),
        trial!(
            a_call_works_under_every_policy_with_a_nonce_or_hashes,
            setting.clone()
        ),
        trial!(
            a_call_works_under_every_policy_that_requires_trusted_types,
            setting
        ),
        trial!(a_site_that_wants_it_strict_has_no_worklet_without_a_hash),
        trial!(the_script_without_wasm_may_be_long_on_its_way),
        trial!(where_a_policy_leaves_no_way_the_error_says_what_to_allow),
        trial!(a_page_view_without_a_button_reports_nothing),
        trial!(a_browser_without_trusted_types_is_not_held_to_them)
            .in_one_engine("facility and report are stand-ins; our own judgement"),
        trial!(a_host_gets_its_style_back_where_a_policy_refuses_style_attributes),
    ]
}

async fn a_call_works_under_every_policy_of_sources_that_lets_the_tag_and_the_endpoints_through(
    stage: &mut Stage,
) -> Result<(), Failure> {
    calls_work_under(stage, &SOURCES).await
}

async fn a_call_works_under_every_policy_with_a_nonce_or_hashes(
    stage: &mut Stage,
) -> Result<(), Failure> {
    calls_work_under(stage, &NONCES_AND_HASHES).await
}

async fn a_call_works_under_every_policy_that_requires_trusted_types(
    stage: &mut Stage,
) -> Result<(), Failure> {
    calls_work_under(stage, &TRUSTED_TYPES).await
}

async fn calls_work_under(stage: &Stage, cells: &[Cell]) -> Result<(), Failure> {
    let documented = Documented::read()?;
    let mut table = String::new();
    let mut failed = Vec::new();
    for cell in cells {
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
            "  {:<58}{ok:<8}{} reports {reports:?}\n",
            cell.name,
            reports.len()
        );
        let most = documented.reports(cell.name, stage.engine.name)?;
        if reports.len() > most {
            failed.push(format!("{}: reports {reports:?}", cell.name));
        }
        if let Err(Failure(why)) = outcome {
            let standing = stage.standing().await?;
            failed.push(format!("{}: {why:.600}\n{standing}", cell.name));
        }
    }
    println!("{} under each policy:\n{table}", stage.engine.name);
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

const FRAMES_A_SECOND: f64 = 50.0;

/// Enough to see that the microphone runs.
const FRAMES: usize = 15;

/// All policies that calls work under.
pub(super) fn cells() -> impl Iterator<Item = &'static Cell> {
    let tables: [&'static [Cell]; 3] = [&SOURCES, &NONCES_AND_HASHES, &TRUSTED_TYPES];
    tables.into_iter().flatten()
}

/// A policy as the site sends it; empty where it sends none.
pub(super) fn header_of(stage: &Stage, cell: &Cell) -> String {
    cell.policy
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
        .replace("HASH", &format!("'{}'", stage.release.integrity))
}

async fn call_under(stage: &Stage, cell: &Cell) -> Result<(), Failure> {
    let policy = header_of(stage, cell);
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
    stage.heard_at_gateway(calls, FRAMES).await?;
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
    let mut missing: Vec<String> = serde_json::from_value(missing)?;
    let cdn = stage.gateway.cdn_url();
    let lacks = cell.lacks.iter().map(|lack| lack.replace("CDN", &cdn));
    let mut lacks: Vec<_> = lacks.collect();
    missing.sort();
    lacks.sort();
    ensure!(missing == lacks, "{missing:?} is missing, not {lacks:?}");
    let infos = stage.run(INFOS).await?;
    let infos = infos.as_u64().unwrap_or(u64::MAX);
    ensure!(
        infos == u64::from(!lacks.is_empty()),
        "{missing:?} is missing, and the console was told {infos} times"
    );
    stage.microphone_is_off().await
}

/// `blob:` scripts are refused, the script's own URL is not.
async fn a_site_that_wants_it_strict_has_no_worklet_without_a_hash(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let tap = "window.modules = [];
        const add = AudioWorklet.prototype.addModule;
        AudioWorklet.prototype.addModule = function (url) {
          const done = add.call(this, url);
          done.then(() => modules.push(url), () => 0);
          return done;
        }";
    stage.gateway.site_answer(
        "/modules.js",
        Answer::new(200, "text/javascript", tap.as_bytes().to_vec()),
    );
    let policy = format!(
        "script-src 'self' 'wasm-unsafe-eval' {cdn}; worker-src blob:; connect-src {cdn} {} {}",
        stage.gateway.api_url(),
        stage.gateway.wss_url(),
        cdn = stage.gateway.cdn_url(),
    );
    // Chromium (156) refuses a worklet from `blob:` without a word.
    let lacks = match stage.engine.family {
        "chromium" => json!(["AudioWorklet"]),
        _ => json!(["script-src blob:"]),
    };
    for (mark, lacks) in [("", json!([])), (" data-vocadesk-strict", lacks)] {
        let tag = Page::script_tag(&stage.release, mark);
        let page = Page::default()
            .head(r#"<script src="/modules.js"></script>"#)
            .script(Placement::Absent)
            .body(button("call", "emb_echo") + &tag)
            .header("content-security-policy", &policy);
        stage.open(&page).await?;
        stage.good_call("#call").await?;
        let missing = stage.run(MISSING).await?;
        ensure!(
            missing == lacks,
            "{mark}: {missing} is missing, not {lacks}"
        );
        let unhashed = "return modules.filter((url) => url.includes('vocadesk.min.js')).length";
        let unhashed = stage.run(unhashed).await?;
        let expected = i32::from(mark.is_empty());
        ensure!(
            unhashed == json!(expected),
            "{mark}: {unhashed} worklets without a hash"
        );
    }
    Ok(())
}

/// WebKit collected the tag of a script that was taken out of the page while it loaded, where it had been put
/// there after the fetch of the wasm was refused. Longer than a collector of garbage waits while it has plenty.
const ON_ITS_WAY: Duration = Duration::from_secs(2);

async fn the_script_without_wasm_may_be_long_on_its_way(stage: &mut Stage) -> Result<(), Failure> {
    let (path, script) = stage.release.file("vocadesk.nowasm.min.js")?;
    let gate = Gate::shut();
    let answer = Answer::new(200, "text/javascript", script).held(&gate);
    stage.gateway.cdn_override(&path, Some(answer));
    let cdn = stage.gateway.cdn_url();
    let policy = format!(
        "script-src 'self' 'wasm-unsafe-eval' {cdn}; connect-src {} {}",
        stage.gateway.api_url(),
        stage.gateway.wss_url()
    );
    let page = Page::default().body("<main></main>");
    stage
        .open(&page.header("content-security-policy", &policy))
        .await?;
    // Only now: Firefox counts a script that is on its way to what a page loads.
    let host = button("call", "emb_demo").replace("{{API_URL}}", &stage.gateway.api_url());
    let put = "document.querySelector('main').innerHTML = arguments[0]";
    stage.browser()?.run(put, vec![json!(host)]).await?;
    stage.click("#call").await?;
    let due = Instant::now() + ON_ITS_WAY;
    while Instant::now() < due {
        stage.browser()?.collect_garbage().await?;
    }
    gate.open();
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    Ok(())
}

#[holds("3.unknown-rest")]
async fn where_a_policy_leaves_no_way_the_error_says_what_to_allow(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (hash, cdn) = (&stage.release.integrity, stage.gateway.cdn_url());
    let endpoints = format!("{} {}", stage.gateway.api_url(), stage.gateway.wss_url());
    let fetched = format!("connect-src {cdn}");
    for (policy, hints) in [
        // The second script's hash is missing.
        (
            format!("script-src 'self' '{hash}'; connect-src {endpoints}"),
            [WASM, WASM],
        ),
        // The same, and the wasm may run, but not come.
        (
            format!("script-src 'self' '{hash}' 'wasm-unsafe-eval'; connect-src {endpoints}"),
            [&fetched, &fetched],
        ),
        // A tag's address is a sink, and no policy of ours may fill it.
        (
            format!(
                "script-src 'self' {cdn}; require-trusted-types-for 'script'; trusted-types 'none'"
            ),
            [WASM, TYPES],
        ),
    ] {
        let page = Page::default().header("content-security-policy", &policy);
        stage.open(&page).await?;
        // Each click tries anew: the site may be mended meanwhile, in a page that nobody has left.
        for _ in 0..2 {
            let error = stage.fail_call("#call", "unknown").await?;
            let says = error.message();
            ensure!(
                says.contains("Content-Security-Policy")
                    && hints.iter().all(|hint| says.contains(hint)),
                "{policy}: {error:?}"
            );
        }
        let asked = stage.run("return __harness.askedForMicrophone()").await?;
        ensure!(asked == 0, "{policy}: the microphone was asked for");
    }
    Ok(())
}

/// Also where the script stands twice.
async fn a_page_view_without_a_button_reports_nothing(stage: &mut Stage) -> Result<(), Failure> {
    let cdn = stage.gateway.cdn_url();
    let policy = format!(
        "script-src 'self' {cdn}; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let again = format!(
        r#"<script src="{{{{CDN_URL}}}}{}" defer></script>"#,
        stage.release.script_path
    );
    let page = Page::default()
        .body(again)
        .header("content-security-policy", &policy);
    stage.open(&page).await?;
    let twice = "__harness.said.some(({ message }) => message.includes('another copy'))";
    stage.until(twice, SOON).await?;
    let reports = stage.run("return __harness.violations").await?;
    ensure!(reports == json!([]), "{reports}");
    Ok(())
}

/// Safari before 26 has no Trusted Types, and tells of a policy that asks for them, when that refuses something
/// else, all the same.
async fn a_browser_without_trusted_types_is_not_held_to_them(
    stage: &mut Stage,
) -> Result<(), Failure> {
    // Once our script listens.
    let told = r"<script>
      document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', {
        disposition: 'enforce', effectiveDirective: 'img-src', violatedDirective: 'img-src', blockedURI: 'https://images.example',
        documentURI: location.href, statusCode: 200,
        originalPolicy: `img-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`,
      }));
    </script>";
    let page = Page::default()
        .head("<script>delete window.trustedTypes</script>")
        .script(Placement::Blocking)
        .body(told.to_owned() + &button("call", "emb_demo"));
    stage.open(&page).await?;
    stage.good_call("#call").await?;
    let missing = stage.run(MISSING).await?;
    ensure!(missing == json!([]), "{missing} is missing");
    Ok(())
}

#[holds("1.destroy-restores")]
async fn a_host_gets_its_style_back_where_a_policy_refuses_style_attributes(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (cdn, api, wss) = (
        stage.gateway.cdn_url(),
        stage.gateway.api_url(),
        stage.gateway.wss_url(),
    );
    let policy = format!(
        "script-src 'self' {cdn} blob: 'wasm-unsafe-eval'; connect-src {cdn} {api} {wss}; style-src 'self'"
    );
    let page = Page::default().header("content-security-policy", &policy);
    stage.open(&page).await?;
    stage.state("#call", "idle").await?;
    for style in ["", "color: red;", "position: static; color: red;"] {
        // As frameworks write it, which no policy refuses: stronger than our sheet, and where it says nothing of a
        // position, the page's own sheet is.
        let write = format!(
            "const sheet = new CSSStyleSheet();
             sheet.replaceSync('#call {{ position: static !important }}');
             document.adoptedStyleSheets = [sheet];
             call.removeAttribute('style');
             if ('{style}') call.style.cssText = '{style}'"
        );
        stage.run(&write).await?;
        stage.start_call("#call").await?;
        let covered = stage
            .run("return getComputedStyle(call).position !== 'static'")
            .await?;
        stage.hang_up("#call").await?;
        stage.state("#call", "idle").await?;
        let now = stage.run("return call.getAttribute('style') ?? ''").await?;
        ensure!(
            now == style && covered == true,
            "{style:?} is {now} now; covered: {covered}"
        );
    }
    let reports = stage.run("return __harness.violations").await?;
    ensure!(reports == json!([]), "{reports}");
    Ok(())
}
