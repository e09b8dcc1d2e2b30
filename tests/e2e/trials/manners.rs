//! What a guest on somebody's page does not do: ask, store, fetch or say anything before a click; leave
//! anything behind in the page's own world; talk to strangers, ever.

use holds::holds;
use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::trial::{ANYTHING, Trial, trial};
use gateway::token::Claims;
use gateway::{Answer, ListenerName, Record, Request};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(nothing_is_stored_or_asked_for_before_the_click),
        trial!(an_embed_with_bot_protection_brings_no_script_of_anybodys)
            .own_browser("reads the network log (stage.leave())"),
        trial!(nobody_gets_into_our_shadow_roots),
        trial!(a_visitor_whose_storage_is_refused_is_one_visitor_for_a_page),
        trial!(no_cookie_goes_with_what_is_asked_of_the_api),
    ]
}

/// What holds as well where something is refused.
pub fn contract() -> Vec<Trial> {
    vec![
        trial!(the_whole_life_of_a_page_asks_three_origins_and_says_nothing)
            .also_without(ANYTHING)
            .own_browser("reads the network log (stage.leave())"),
    ]
}

/// Where a page could keep something of its visitor.
const STORED: &str = r"
    const done = arguments[0];
    Promise.all([indexedDB.databases(), caches.keys(), cookieStore.getAll()]).then((found) =>
      done([...found.flat().map((x) => x.name ?? x), ...Object.keys(localStorage), ...Object.keys(sessionStorage)]));";

async fn stored(stage: &Stage) -> Result<Vec<String>, Failure> {
    let stored = stage.browser()?.run_async(STORED, Vec::new()).await?;
    Ok(serde_json::from_value(stored)?)
}

#[holds(
    "4.browser-id",
    "7.no-prompt",
    "7.no-cookie",
    "7.no-early-request",
    "1.snippet",
    "1.version"
)]
async fn nothing_is_stored_or_asked_for_before_the_click(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default().head(WORLD)).await?;
    stage.state("#call", "idle").await?;
    // By its real hash from the CDN, it is this release that runs.
    let version = stage.run("return window.Vocadesk?.version").await?;
    ensure!(version == env!("CARGO_PKG_VERSION"), "version {version}");
    // Neither the microphone nor the speaker: an AudioContext without a click makes browsers complain.
    let asked = stage
        .run("return __harness.askedForMicrophone() + contexts")
        .await?;
    ensure!(asked == 0, "microphone or speaker before the click");
    let kept = stored(stage).await?;
    ensure!(kept.is_empty(), "stored before the click: {kept:?}");
    let script = stage.release.script_path.clone();
    let wasm = script.replace("vocadesk.min.js", "vocadesk.wasm");
    // The look at the record comes after the page is bound, which is all that it does by itself.
    let record = stage.gateway.record();
    let asked = record.requests.iter().map(|r| r.path.as_str());
    // Each once; in what order is the browser's business.
    let asked: BTreeSet<_> = asked.collect();
    ensure!(
        record.requests.len() == asked.len()
            && asked == BTreeSet::from(["/", "/harness/tap.js", &script, &wasm]),
        "asked for {asked:?}"
    );
    stage.good_call("#call").await?;
    let kept = stored(stage).await?;
    ensure!(
        kept == ["vocadesk_browser_id"],
        "stored after a call: {kept:?}"
    );
    let asked = stage
        .run("return __harness.askedForMicrophone() + contexts")
        .await?;
    ensure!(asked == 2, "{asked} microphones and speakers for one call");
    Ok(())
}

/// Everything that scripts of a page share: the global object's own properties, and those of each
/// constructor and prototype there. What is looked up is what stands there, no getter is called.
const WORLD: &str = r"<script>
  {
    let contexts = 0;
    const PlainContext = AudioContext;
    window.AudioContext = class extends PlainContext {
      constructor(...given) { super(...given); contexts += 1; }
    };
    Object.defineProperty(window, 'contexts', { get: () => contexts, configurable: true });
    const look = (path, object, world) => {
      for (const key of Reflect.ownKeys(object)) {
        const { value, get, set } = Object.getOwnPropertyDescriptor(object, key) ?? {};
        world.set(`${path}.${String(key)}`, [value, get, set]);
      }
    };
    const world = () => {
      const world = new Map();
      look('window', window, world);
      for (const key of Object.getOwnPropertyNames(window)) {
        const { value } = Object.getOwnPropertyDescriptor(window, key) ?? {};
        if (typeof value !== 'function') continue;
        look(key, value, world);
        if (value.prototype) look(`${key}.prototype`, value.prototype, world);
      }
      for (const key in {}) world.set(`enumerable.${key}`, []);
      return world;
    };
    let before;
    __harness.changes = () => {
      const now = world();
      const changed = (key) => {
        const [was, is] = [before.get(key), now.get(key)];
        return !was || !is || was.some((part, at) => !Object.is(part, is[at]));
      };
      // What drivers leave in a page that they work on; and what WebKit makes anew at each look.
      const drivers =
        /^(window\.)?(ret_nodes|se_exportedFunctionSymbol|Symbol\(automationSessionProxy)|^PerformanceObserver\.supportedEntryTypes$/;
      const keys = [...new Set([...before.keys(), ...now.keys()])];
      return keys.filter((key) => changed(key) && !drivers.test(key));
    };
    before = world();
  }
</script>";

#[holds(
    "1.nothing-else-contacted",
    "5.no-referrer",
    "7.no-analytics",
    "7.no-thrown-error",
    "7.one-global"
)]
async fn the_whole_life_of_a_page_asks_three_origins_and_says_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(WORLD)).await?;
    stage.good_call("#call").await?;
    stage.good_call("#call").await?;
    let changes = stage.run("return __harness.changes()").await?;
    ensure!(changes == json!(["window.Vocadesk"]), "changed: {changes}");
    // The trial's own eyes: a patched method would be seen.
    let seen =
        "Element.prototype.closest = () => null; window.more = 1; return __harness.changes()";
    let seen = stage.run(seen).await?;
    ensure!(
        seen.as_array().is_some_and(|seen| seen.len() == 3),
        "seen: {seen}"
    );
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    // Script, wasm and the call bar's script, each once.
    let cdn = stage.gateway.record();
    let cdn: Vec<_> = cdn
        .requests
        .iter()
        .filter(|r| r.listener == ListenerName::Cdn)
        .collect();
    ensure!(
        cdn.len() == 3,
        "the release's files were asked for {} times",
        cdn.len()
    );
    nobody_learns_of_the_page(&stage.gateway.record())?;
    no_stranger_was_asked(stage).await
}

/// What we ask for says nothing of the page that asks; the script itself is asked for by the page's own tag.
fn nobody_learns_of_the_page(record: &Record) -> Result<(), Failure> {
    let of_the_page =
        |r: &&Request| r.listener == ListenerName::Site || r.path.ends_with("/vocadesk.min.js");
    let (theirs, ours): (Vec<_>, Vec<_>) = record.requests.iter().partition(of_the_page);
    let refers = |r: &&&Request| r.headers.iter().any(|(name, _)| name == "referer");
    let told: Vec<_> = ours.iter().filter(refers).map(|r| &r.path).collect();
    ensure!(told.is_empty(), "a referrer went to {told:?}");
    // The trial's own eyes: what the page asks for by itself has one.
    ensure!(
        theirs.iter().any(|r| refers(&r)),
        "no request had a referrer"
    );
    let asked = |path: &str| ours.iter().any(|r| r.path.ends_with(path));
    for path in ["/v1/tokens", "/v1/release", "vocadesk.call-bar.min.js"] {
        ensure!(asked(path), "{path} was not asked for");
    }
    ensure!(
        asked("vocadesk.wasm") || asked("vocadesk.nowasm.min.js"),
        "neither wasm nor what stands for it"
    );
    Ok(())
}

/// Leaves, and holds what was asked for to our three origins.
async fn no_stranger_was_asked(stage: &mut Stage) -> Result<(), Failure> {
    let requests = stage.leave().await?;
    // An engine without a network log has shown all that it can.
    if let Some(requests) = requests {
        let strangers = stage.strangers(&requests);
        ensure!(strangers.is_empty(), "{strangers:?} were asked");
        ensure!(!requests.is_empty(), "the network log is empty");
    }
    Ok(())
}

#[holds("1.turnstile-loads-nothing")]
async fn an_embed_with_bot_protection_brings_no_script_of_anybodys(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default().body(button("call", "emb_guarded"));
    stage.open(&page).await?;
    let error = stage.fail_call("#call", "token_failed").await?;
    ensure!(error.message().contains("turnstile_required"), "{error:?}");
    // With the token of a challenge that the page has solved, and by itself.
    stage
        .run("Vocadesk.mount(call, { turnstileToken: 'demo-turnstile-token' })")
        .await?;
    stage.good_call("#call").await?;
    let foreign = "const ours = [...arguments];
        return [...document.querySelectorAll('script[src], iframe')].map(({ src }) => src).filter((src) => !ours.includes(new URL(src).origin))";
    let ours = [stage.gateway.site_url(), stage.gateway.cdn_url()].map(|url| json!(url));
    let foreign = stage.browser()?.run(foreign, ours.to_vec()).await?;
    ensure!(foreign == json!([]), "{foreign} in the page");
    no_stranger_was_asked(stage).await
}

/// Counts the shadow roots that are made, and leaves them as they are.
const COUNTED_ROOTS: &str = "<script>
  window.roots = 0;
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (...given) {
    roots += 1;
    return attachShadow.apply(this, given);
  };
</script>";

#[holds("6.closed-roots")]
async fn nobody_gets_into_our_shadow_roots(stage: &mut Stage) -> Result<(), Failure> {
    // One that may have a root of its own; over that lies another of ours.
    let body = button("call", "emb_echo").replace("button", "div");
    stage
        .open(&Page::default().head(COUNTED_ROOTS).body(body))
        .await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    let roots = "return [roots, [...document.querySelectorAll('*')].filter((e) => e.shadowRoot).map((e) => e.outerHTML)]";
    let roots = stage.run(roots).await?;
    // The host's, its overlay's and the bar's.
    ensure!(roots == json!([3, []]), "shadow roots, open ones: {roots}");
    stage.hang_up("#call").await.map(drop)
}

/// The browser's own refusal, and one that comes only with the use.
const NO_STORAGE: [&str; 2] = [
    "<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });</script>",
    "<script>for (const name of ['getItem', 'setItem']) Storage.prototype[name] = () => { throw new DOMException('no', 'QuotaExceededError'); };</script>",
];

#[holds("4.browser-id-memory")]
async fn a_visitor_whose_storage_is_refused_is_one_visitor_for_a_page(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let mut ids = Vec::new();
    for refused in NO_STORAGE {
        let calls = ids.len();
        let buttons = button("call", "emb_echo") + &button("other", "emb_demo");
        stage
            .open(&Page::default().head(refused).body(buttons))
            .await?;
        for host in ["#call", "#call", "#other"] {
            stage.good_call(host).await?;
        }
        let record = stage.gateway.record();
        ids = record.calls.into_iter().map(|call| call.browser).collect();
        let id = &ids[calls];
        ensure!(
            ids[calls..].iter().all(|other| other == id),
            "{ids:?} of one visitor"
        );
        // Version 4 has its digit in this place.
        ensure!(id.len() == 36 && id[14..].starts_with('4'), "{id} is no id");
        let errors = stage.run("return __harness.errors").await?;
        ensure!(errors == json!([]), "{errors}");
    }
    // It was kept nowhere: the next page has another.
    ensure!(ids.first() != ids.last(), "the storage was not refused");
    Ok(())
}

fn posts(record: &Record, path: &str) -> usize {
    let posts = record.requests_to(ListenerName::Site, path);
    posts.filter(|r| r.method == "POST").count()
}

/// Elsewhere a browser sends none by itself; to the page's own origin it does, unless it is told not to.
#[holds("4.credentials-omit")]
async fn no_cookie_goes_with_what_is_asked_of_the_api(stage: &mut Stage) -> Result<(), Failure> {
    let host = button("call", "emb_echo").replace("{{API_URL}}", "{{SITE_URL}}");
    stage.open(&Page::default().body(host)).await?;
    let own = stage.gateway.site_answer("/own", Answer::html(""));
    let freed = Answer::new(204, "application/json", "");
    stage.gateway.site_answer("/v1/release", freed);
    stage
        .run("document.cookie = 'visitor=known; path=/'")
        .await?;
    let ask =
        "const [url, done] = arguments; fetch(url, { method: 'POST' }).then(() => done(true))";
    stage.browser()?.run_async(ask, vec![json!(own)]).await?;

    // Released by the worker, and by a page that is left.
    for call in 0..2 {
        // A token is good for one call.
        let (site, life) = (stage.gateway.site_url(), Duration::from_secs(60));
        let claims = Claims::new("emb_echo", "of no matter", &site, "echo", life);
        let grant = json!({
            "token": stage.gateway.sign(&claims),
            "wssUrl": stage.gateway.wss_url(),
            "expiresAt": claims.exp * 1_000,
        });
        let grant = Answer::new(200, "application/json", grant.to_string());
        stage.gateway.site_answer("/v1/tokens", grant);
        stage.start_call("#call").await?;
        stage.heard_at_gateway(call, 10).await?;
        if call == 0 {
            stage.hang_up("#call").await?;
        } else {
            // On the same site: Firefox (153) drops the last requests of a page whose process it ends.
            let elsewhere = stage.gateway.site_page("/elsewhere", "<p>Elsewhere", &[]);
            stage.browser()?.goto(&elsewhere).await?;
        }
        let released = |r: &Record| (posts(r, "/v1/release") > call).then_some(());
        let what = "a release";
        stage.gateway.wait_for(what, SOON, released).await?;
    }
    let record = stage.gateway.record();
    let cookies = |path| {
        let asked = record.requests_to(ListenerName::Site, path);
        let headers = asked.flat_map(|r| &r.headers);
        headers.filter(|(name, _)| name == "cookie").count()
    };
    ensure!(cookies("/own") == 1, "the browser has no cookie to send");
    for path in ["/v1/tokens", "/v1/release"] {
        let (asked, cookies) = (posts(&record, path), cookies(path));
        ensure!(
            asked == 2 && cookies == 0,
            "{cookies} cookies with {asked} requests to {path}"
        );
    }
    Ok(())
}
