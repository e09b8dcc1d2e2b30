//! Where the script stands, how often, and in which kind of document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holds::holds;
use serde_json::json;
use sha2::{Digest as _, Sha384};

use crate::trial::{Trial, trial};
use gateway::{Answer, ListenerName};
use support::failure::{Failure, ensure};
use support::page::{Page, Placement, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(the_script_works_wherever_it_stands),
        trial!(of_two_versions_the_first_works_and_the_second_only_says_so).in_one_engine(
            "the second copy finds our global, whatever its version: ours, and plain DOM",
        ),
        trial!(a_script_alone_in_an_empty_iframe_serves_what_comes_there),
        trial!(a_document_may_get_another_body_or_be_written_anew),
    ]
}

/// One call on each button, and not a word on the console.
async fn calls_in_silence(stage: &Stage, buttons: &[&str], what: &str) -> Result<(), Failure> {
    let told = |Failure(why)| Failure(format!("{what}: {why}"));
    for button in buttons {
        stage.state(button, "idle").await.map_err(told)?;
        stage.good_call(button).await.map_err(told)?;
    }
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{what}: {complaints:?}");
    Ok(())
}

/// Puts a script tag at the end of the document's head, as tag managers do.
const INJECT: &str = r#"
  const [src, integrity, type] = arguments;
  const script = document.createElement("script");
  Object.assign(script, { src, integrity, type, crossOrigin: "anonymous" });
  document.head.append(script);"#;

#[holds("1.script-anywhere", "1.elements-any-time")]
async fn the_script_works_wherever_it_stands(stage: &mut Stage) -> Result<(), Failure> {
    for placement in [Placement::Blocking, Placement::Defer, Placement::Async] {
        let in_head = Page::default().script(placement);
        stage.open(&in_head).await?;
        calls_in_silence(stage, &["#call"], &format!("{placement:?} in the head")).await?;
    }
    let at_end = Page::default().script(Placement::EndOfBody);
    stage.open(&at_end).await?;
    calls_in_silence(stage, &["#call"], "at the end of the body").await?;

    let script = Page::script_tag(&stage.release, "");
    let body = button("before", "emb_demo") + &script + &button("after", "emb_echo");
    let between = Page::default().script(Placement::Absent).body(body);
    stage.open(&between).await?;
    calls_in_silence(stage, &["#before", "#after"], "between two hosts").await?;

    let src = stage.gateway.cdn_url() + &stage.release.script_path;
    for (kind, buttons) in [("", &["#call", "#late"][..]), ("module", &["#late"])] {
        let bare = Page::default().script(Placement::Absent);
        stage.open(&bare).await?;
        let args = [&src, &stage.release.integrity, kind].map(|arg| json!(arg));
        stage.browser()?.run(INJECT, args.to_vec()).await?;
        stage.until("window.Vocadesk", SOON).await?;
        let late = button("late", "emb_echo").replace("{{API_URL}}", &stage.gateway.api_url());
        let append = "document.body.insertAdjacentHTML('beforeend', arguments[0])";
        stage.browser()?.run(append, vec![json!(late)]).await?;
        let what = format!("type={kind:?} injected after load");
        calls_in_silence(stage, buttons, &what).await?;
    }
    Ok(())
}

async fn one_warning(stage: &Stage, words: &[&str]) -> Result<(), Failure> {
    let complaints = stage.complaints().await?;
    let says = |words: &&str| complaints.iter().all(|line| line.contains(words));
    ensure!(
        complaints.len() == 1 && complaints[0].contains("WARNING") && words.iter().all(says),
        "not one warning with {words:?}: {complaints:?}"
    );
    Ok(())
}

const OTHER_VERSION: &str = "0.0.9";

/// Publishes the release a second time under another version, and gives its script tag.
fn publish_another_version(stage: &Stage) -> Result<String, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    let file = |name| stage.release.file(name);
    let (path, script) = file("vocadesk.min.js")?;
    let script = String::from_utf8(script).map_err(|e| e.to_string())?;
    let script = script.replace(version, OTHER_VERSION);
    let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(&script)));
    let (wasm, wasm_bytes) = file("vocadesk.wasm")?;
    let (bar, bar_bytes) = file("vocadesk.call-bar.min.js")?;
    let there = |path: &str| path.replace(version, OTHER_VERSION);
    for (path, kind, bytes) in [
        (there(&path), "text/javascript", script.into_bytes()),
        (there(&wasm), "application/wasm", wasm_bytes),
        (there(&bar), "text/javascript", bar_bytes),
    ] {
        // From a cache it would come without our seeing it.
        let answer = Answer::new(200, kind, bytes).header("cache-control", "no-store");
        stage.gateway.cdn_override(&path, Some(answer));
    }
    let tag = Page::script_tag(&stage.release, "");
    Ok(there(&tag).replace(&stage.release.integrity, &integrity))
}

#[holds("1.version", "1.loaded-twice")]
async fn of_two_versions_the_first_works_and_the_second_only_says_so(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let ours = (
        env!("CARGO_PKG_VERSION"),
        Page::script_tag(&stage.release, ""),
    );
    let other = (OTHER_VERSION, publish_another_version(stage)?);
    // The other one first: ours is then in no cache, from where it would come unseen. One version twice is no other case.
    for (first, second) in [(&other, &ours), (&ours, &other), (&ours, &ours)] {
        let wasm_of_second = format!("/embed/v{}/vocadesk.wasm", second.0);
        let fetched = |stage: &Stage| {
            let record = stage.gateway.record();
            record
                .requests_to(ListenerName::Cdn, &wasm_of_second)
                .count()
        };
        let before = fetched(stage);
        let head = format!("{}{}", first.1, second.1);
        let page = Page::default().script(Placement::Absent).head(head);
        stage.open(&page).await?;
        let version = stage.run("return Vocadesk.version").await?;
        ensure!(
            version == first.0,
            "{version} runs, and {} came first",
            first.0
        );
        stage.state("#call", "idle").await?;
        stage.good_call("#call").await?;
        let covers = stage.run("return [...call.children, ...('vocadeskParts' in call.dataset ? ['drawn'] : [])].length").await?;
        ensure!(covers == 1, "{covers} covers on one host");
        one_warning(stage, &["copy", first.0, second.0]).await?;
        let fetched = fetched(stage) - before;
        ensure!(
            fetched == 0 || first.0 == second.0,
            "{} fetched its wasm {fetched} times",
            second.0
        );
    }
    Ok(())
}

#[holds("1.script-anywhere")]
async fn a_script_alone_in_an_empty_iframe_serves_what_comes_there(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = r#"<iframe id="frame" width="500" height="300"></iframe>"#;
    let page = Page::default().script(Placement::Absent).body(body);
    stage.open(&page).await?;
    let tag = Page::script_tag(&stage.release, "");
    let tag = tag.replace("{{CDN_URL}}", &stage.gateway.cdn_url());
    let write = r#"
      window.inside = document.getElementById("frame").contentWindow;
      inside.document.open();
      inside.document.write(arguments[0]);
      inside.document.close();"#;
    stage.browser()?.run(write, vec![json!(tag)]).await?;
    stage.until("window.inside.Vocadesk", SOON).await?;
    // Our script was alone there; now the harness looks in, too.
    let look_in = r#"
      const script = inside.document.createElement("script");
      script.src = "/harness/tap.js";
      inside.document.head.append(script);"#;
    stage.run(look_in).await?;
    stage.until("inside.__harness", SOON).await?;
    stage.browser()?.client().enter_frame(0).await?;
    let add = r#"
      const [embedId, apiUrl] = arguments;
      const add = (id) => {
        const host = document.createElement("button");
        host.id = id;
        host.textContent = "Talk to us";
        document.body.append(host);
        return host;
      };
      Object.assign(add("call").dataset, { vocadeskEmbed: embedId, vocadeskApiUrl: apiUrl });
      Vocadesk.mount(add("mounted"), { embedId, apiUrl });
      return location.href"#;
    let args = vec![json!("emb_echo"), json!(stage.gateway.api_url())];
    let url = stage.browser()?.run(add, args).await?;
    // A document that was written bears its writer's address.
    ensure!(
        url == "about:blank" || url == format!("{}/", stage.gateway.site_url()),
        "the iframe is at {url}"
    );
    calls_in_silence(stage, &["#call", "#mounted"], "in an iframe").await
}

#[holds("1.script-anywhere", "2.end-removed")]
async fn a_document_may_get_another_body_or_be_written_anew(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let early = "<script>window.bodyWas = document.body</script>";
    let page = Page::default().head(early).script(Placement::Blocking);
    stage.open(&page).await?;
    let was = stage.run("return bodyWas").await?;
    ensure!(was.is_null(), "there was a body before the script");
    calls_in_silence(stage, &["#call"], "before there was a body").await?;

    // Its body replaced in mid-call: that is the call's end, and the new body's host calls.
    let fresh = button("call", "emb_echo").replace("{{API_URL}}", &stage.gateway.api_url());
    let replace = r#"
      const body = document.createElement("body");
      body.innerHTML = arguments[0];
      window.ends = 0;
      call.addEventListener("vocadesk:end", () => window.ends++);
      document.body.replaceWith(body);"#;
    stage.start_call("#call").await?;
    let args = || vec![json!(fresh)];
    stage.browser()?.run(replace, args()).await?;
    stage.until("window.ends === 1", SOON).await?;
    stage.released(2).await?;
    calls_in_silence(stage, &["#call"], "in another body").await?;

    // Written anew, with the same script again: the window, and our global with it, stays.
    let write = r#"
      document.open();
      document.write(`<!doctype html><title>Anew</title>${arguments[0]}`);
      document.close();
      for (const type of ["start", "end", "error"].map((name) => `vocadesk:${name}`)) {
        addEventListener(type, ({ detail, target, bubbles, composed, cancelable }) => {
          const shape = { custom: true, bubbles, composed, cancelable, keys: Object.keys(detail ?? {}) };
          __harness.events.push({ type, detail, target: target.id, at: performance.now(), played: 0, shape });
        });
      }"#;
    let events = stage.events().await?.len();
    stage.browser()?.run(write, args()).await?;
    calls_in_silence(stage, &["#call"], "written anew").await?;
    let came = stage.kinds_since(events).await?;
    ensure!(came == [START, END], "{came:?}");
    Ok(())
}
