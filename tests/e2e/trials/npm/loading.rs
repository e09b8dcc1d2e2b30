//! How the npm package brings the script: once, with its hash, as late and as badly as a network does it.

use holds::holds;
use serde_json::json;

use super::{in_silence, script_url, serve, setting, tags};
use crate::trial::{Trial, trial};
use gateway::{Answer, Gate, ListenerName, Record};
use support::failure::{Failure, ensure};
use support::page::{Page, Placement};
use support::stage::Stage;
use support::visitor::{SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_press_counts_that_comes_before_the_script, setting()),
        trial!(a_script_that_did_not_come_is_asked_for_again, setting()),
        trial!(the_pages_own_tag_is_the_one_that_counts, setting())
            .in_one_engine("load events of a script element, the same everywhere"),
        trial!(
            two_versions_in_one_inline_script_share_the_script,
            setting()
        )
        .in_one_engine("ECMAScript and a tag"),
        trial!(a_nonce_lets_the_script_through, setting())
            .in_one_engine("the policies themselves are tried in all engines by policies.rs"),
        trial!(an_element_calls_moves_and_goes, setting()),
    ]
}

/// Holds the script itself back until the gate is opened.
fn hold_script(stage: &Stage) -> Result<Gate, Failure> {
    let (path, bytes) = stage.release.file("vocadesk.min.js")?;
    let gate = Gate::shut();
    let held = Answer::new(200, "text/javascript", bytes)
        .header("cache-control", "no-store")
        .held(&gate);
    stage.gateway.cdn_override(&path, Some(held));
    Ok(gate)
}

async fn open(stage: &Stage, html: &str) -> Result<(), Failure> {
    let url = stage.gateway.site_page("/", html, &[]);
    stage.browser()?.goto(&url).await
}

#[holds("1.npm-once")]
async fn a_press_counts_that_comes_before_the_script(stage: &mut Stage) -> Result<(), Failure> {
    let gate = hold_script(stage)?;
    // The shop's own script comes once the page has loaded: what is held back would hold up `load`.
    let shop = serve(stage, "react", "/react")?;
    open(stage, &shop.replace("type=\"module\"", "type=\"later\"")).await?;
    let come = "const later = document.querySelector('[type=later]'), script = document.createElement('script');
        Object.assign(script, { type: 'module', src: later.src });
        document.head.append(script)";
    stage.run(come).await?;
    // React has woken up, and has asked for the release's.
    let asked = "document.querySelector('script[src*=\"vocadesk.min.js\"]')";
    stage.until(asked, SOON).await?;
    stage.click("#react-call").await?;
    gate.open();
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#react-call").await?;
    stage.released(1).await?;
    stage.state("#react-call", "idle").await?;
    stage.good_call("#react-call").await
}

#[holds("1.npm-once")]
async fn a_script_that_did_not_come_is_asked_for_again(stage: &mut Stage) -> Result<(), Failure> {
    let (path, bytes) = stage.release.file("vocadesk.min.js")?;
    let changed = [&bytes[..], b"//"].concat();
    let other = Answer::new(200, "text/javascript", changed).header("cache-control", "no-store");
    stage.gateway.cdn_override(&path, Some(other));
    open(stage, &serve(stage, "vue", "/vue")?).await?;
    let gave_up = "__harness.said.some(({ message }) => message.includes('did not load'))";
    stage.until(gave_up, SOON).await?;
    ensure!(tags(stage).await? == 0, "its tag is still there");
    let error = stage.fail_call("#vue-call", "unknown").await?;
    for words in [
        script_url(stage).as_str(),
        &stage.release.integrity,
        "script-src",
    ] {
        ensure!(error.message().contains(words), "{words}: {error:?}");
    }
    stage.gateway.cdn_override(&path, None);
    stage.start_call("#vue-call").await?;
    stage.hang_up("#vue-call").await?;
    stage.released(1).await?;
    ensure!(tags(stage).await? == 1, "not one tag");
    Ok(())
}

/// Says so once the package has taken the page's tag for its own.
const WAITS: &str = r#"<script>
  const look = setInterval(() => {
    const tag = document.querySelector('script[src*="vocadesk.min.js"]');
    if (!tag[Symbol.for("@vocadesk/embed")]) return;
    clearInterval(look);
    fetch("/waits");
  }, 20);
</script>"#;

#[holds("1.npm-once")]
async fn the_pages_own_tag_is_the_one_that_counts(stage: &mut Stage) -> Result<(), Failure> {
    let gate = hold_script(stage)?;
    let shop = serve(stage, "react", "/react")?;
    let tag = format!(
        r#"<script src="{}" integrity="{}" crossorigin="anonymous" async></script>"#,
        script_url(stage),
        stage.release.integrity
    );
    let html = shop.replace("</head>", &format!("{tag}{WAITS}</head>"));
    let url = stage.gateway.site_page("/", &html, &[]);
    let waits = async {
        let waits = |r: &Record| r.requests_to(ListenerName::Site, "/waits").next().map(drop);
        let what = "the package, which waits for the page's own tag";
        let came = stage.gateway.wait_for(what, SOON, waits).await;
        gate.open();
        came
    };
    // The page has not loaded before that.
    let (opened, waits) = tokio::join!(stage.browser()?.goto(&url), waits);
    opened?;
    waits?;
    stage.state("#react-call", "idle").await?;
    ensure!(tags(stage).await? == 1, "another tag");
    stage.good_call("#react-call").await
}

#[holds("1.npm-once")]
async fn two_versions_in_one_inline_script_share_the_script(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let script = plain()?;
    let body = format!(r#"<p id="call">Talk</p><script>{script}</script>"#);
    stage
        .open(&Page::default().script(Placement::Absent).body(body))
        .await?;
    let same = format!(
        "const done = arguments[0], src = {};
         const {{ loadVocadesk, loadOther }} = plain;
         Promise.all([loadVocadesk({{ src }}), loadOther(), loadVocadesk()])
           .then((all) => done(all.every((one) => one === window.Vocadesk)), (why) => done(why.message))",
        json!(script_url(stage))
    );
    let same = stage.browser()?.run_async(&same, Vec::new()).await?;
    ensure!(same == true, "{same}");
    ensure!(tags(stage).await? == 1, "not one tag");
    let said = "return __harness.said.map(({ message }) => message)";
    let said: Vec<String> = serde_json::from_value(stage.run(said).await?)?;
    let warned = |line: &&String| line.contains("@vocadesk/embed 0.0.9 uses the script");
    ensure!(said.iter().filter(warned).count() == 1, "{said:?}");
    Ok(())
}

/// All of the shop without a framework, in one script.
fn plain() -> Result<String, Failure> {
    Ok(std::fs::read_to_string(
        super::built()?.join("plain/site/main.js"),
    )?)
}

#[holds("1.npm-once")]
async fn a_nonce_lets_the_script_through(stage: &mut Stage) -> Result<(), Failure> {
    const NONCE: &str = "r4nd0m";
    let policy = format!("script-src 'nonce-{NONCE}' 'wasm-unsafe-eval' blob:");
    let body = format!(
        r#"<button id="call">Talk</button><script nonce="{NONCE}">{}</script>"#,
        plain()?
    );
    let page = Page::default().script(Placement::Absent).body(body);
    let page = page.header("content-security-policy", &policy);
    stage.open(&page.nonce(NONCE)).await?;
    let loads = async |nonce: &str| {
        let loads = "const [src, nonce, apiUrl, done] = arguments;
            plain.loadVocadesk({ src, nonce })
              .then((it) => it.mount('#call', { embedId: 'emb_echo', apiUrl }))
              .then(() => done(''), (why) => done(why.message));";
        let arguments = [&script_url(stage), nonce, &stage.gateway.api_url()];
        let arguments = arguments.map(|argument| json!(argument)).to_vec();
        stage.browser()?.run_async(loads, arguments).await
    };
    let refused = loads("").await?.to_string();
    ensure!(refused.contains("Content-Security-Policy"), "{refused}");
    let failed = loads(NONCE).await?;
    ensure!(failed == "", "{failed}");
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await
}

#[holds("1.npm-components")]
async fn an_element_calls_moves_and_goes(stage: &mut Stage) -> Result<(), Failure> {
    let element = format!(
        r#"<main><vocadesk-call id="call" embed="emb_echo" api-url="{{{{API_URL}}}}" src="{}">Talk to us</vocadesk-call></main>
           <section></section><script>{}</script>"#,
        script_url(stage),
        plain()?
    );
    stage
        .open(&Page::default().script(Placement::Absent).body(element))
        .await?;
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await?;
    stage.start_call("#call").await?;
    stage.until("call.call.state === 'live'", SOON).await?;
    // Moved: the call goes on.
    stage
        .run("document.querySelector('section').append(call)")
        .await?;
    stage.heard_at_gateway(1, 25).await?;
    stage.run("call.mute(true); call.end()").await?;
    stage.ended_at_gateway(1).await?;
    stage.state("#call", "idle").await?;
    stage.all_released().await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(2, 5).await?;
    stage.run("window.gone = call; call.remove()").await?;
    stage.ended_at_gateway(2).await?;
    stage.all_released().await?;
    // Put back it is a call button again.
    stage
        .run("document.querySelector('main').append(gone)")
        .await?;
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await?;
    in_silence(stage).await
}
