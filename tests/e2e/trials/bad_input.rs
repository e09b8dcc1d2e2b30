//! What no careful page or server would ever give us: a clear error or plain text comes of it, never markup,
//! never an exception in the page, and the next good call is as good as ever.

use holds::holds;
use std::time::Duration;

use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::misbehave::{Act, Misbehave, TokenFault};
use gateway::{Answer, ListenerName};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{PageEvent, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(ids_and_addresses_of_any_kind_and_size_fail_with_a_code)
            .in_one_engine("addresses are judged by pure code before anything is asked"),
        trial!(a_turnstile_token_of_any_kind_fails_with_a_code_or_is_cancelled)
            .in_one_engine("thrown values and thenables are ECMAScript, the codes ours"),
        trial!(markup_in_labels_and_in_the_servers_words_stays_text)
            .in_one_engine("textContent and setAttribute make no markup in any engine"),
    ]
}

/// Would run, if it ever became markup.
const MARKUP: &str =
    r#""><img src="x:" onerror="pwned = 1"><script>pwned = 1</script></button><b>&lt;"#;

/// Keeps our closed shadow roots, so that a trial can look into them.
const ROOTS: &str = r"<script>
  window.roots = [];
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    roots.push(root);
    return root;
  };
  // What the trials' markup would have made.
  window.made = () => {
    const everywhere = [document.body, ...roots].flatMap((root) => [...root.querySelectorAll('*')]);
    return everywhere.map((e) => e.localName).filter((name) => /^(img|b|u|hr)$/.test(name));
  };
</script>";

/// One button to be tried with anything, and one that is left alone.
fn two_buttons() -> Page {
    let buttons = button("call", "emb_echo") + &button("other", "emb_echo");
    Page::default().body(buttons).head(ROOTS)
}

/// Nothing was thrown into the page, nothing of ours became code, and a call is still a call.
pub(super) async fn unharmed(stage: &Stage) -> Result<(), Failure> {
    stage.gateway.misbehave(Misbehave::default());
    // A good call counts its own release, not the last one's.
    stage.lock_is_free().await?;
    stage.good_call("#other").await?;
    let harm = "return [...__harness.errors, ...('pwned' in window ? ['pwned'] : [])]";
    let harm = stage.run(harm).await?;
    ensure!(harm == json!([]), "the page saw {harm}");
    Ok(())
}

/// Mounts `#call` anew with these options, which are JavaScript.
async fn mount(stage: &Stage, options: &str) -> Result<(), Failure> {
    let script =
        format!("window.handle?.destroy(); window.handle = Vocadesk.mount(call, {options});");
    stage.run(&script).await?;
    stage.state("#call", "idle").await
}

/// Fails with these options, as said.
async fn fails(stage: &Stage, options: &str, code: &str, says: &str) -> Result<PageEvent, Failure> {
    mount(stage, options).await?;
    let error = stage.fail_call("#call", code).await;
    let error = error.map_err(|Failure(why)| Failure(format!("{options:.99}: {why}")))?;
    ensure!(error.message().contains(says), "{options:.99}: {error:?}");
    stage.state("#call", "error").await?;
    Ok(error)
}

/// Each of these options by itself fails as `token_failed`, and says so. In one go: none of them is a matter of how it
/// is clicked.
async fn each_fails(stage: &Stage, rows: &[(String, &str)]) -> Result<Vec<PageEvent>, Failure> {
    let before = stage.count(ERROR).await?;
    let options = rows.iter().map(|(options, _)| format!("() => ({options})"));
    let options = options.collect::<Vec<_>>().join(", ");
    let click_each = format!(
        "const done = arguments[0];
         const seen = (look) => new Promise((found, late) =>
           __harness.until(look, {}, (it) => it ? found() : late(`no ${{look}}`)));
         (async () => {{
           for (const options of [{options}]) {{
             window.handle?.destroy();
             window.handle = Vocadesk.mount(call, options());
             await seen(() => call.dataset.vocadeskState === 'idle');
             call.click();
             await seen(() => call.dataset.vocadeskState === 'error');
           }}
         }})().then(() => done(''), (why) => done(String(why)))",
        SOON.as_millis()
    );
    let late = stage.browser()?.run_async(&click_each, Vec::new()).await?;
    ensure!(late == "", "{late}");
    let mut errors = Vec::new();
    for (nth, (options, says)) in (before + 1..).zip(rows) {
        let error = stage.error(nth, "token_failed").await;
        let error = error.map_err(|Failure(why)| Failure(format!("{options:.99}: {why}")))?;
        ensure!(error.message().contains(says), "{options:.99}: {error:?}");
        errors.push(error);
    }
    Ok(errors)
}

#[holds("1.option-api-url", "7.no-thrown-error")]
async fn ids_and_addresses_of_any_kind_and_size_fail_with_a_code(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&two_buttons()).await?;
    let markup = json!(MARKUP).to_string();
    let ids = [
        ("'\\ud800'", "HTTP 404"),
        ("'emb_demo\\n\\u0000'", "HTTP 404"),
        ("'emb'.repeat(99)", "HTTP 400"),
        (markup.as_str(), "404"),
    ];
    let ids = ids.map(|(id, says)| (format!("{{ embedId: {id} }}"), says));
    let errors = each_fails(stage, &ids).await?;
    ensure!(errors[3].message().contains("<img src="), "{:?}", errors[3]);

    // What is no address is asked for nothing; `tests/unit/endpoint.rs` knows many more.
    let asked = |stage: &Stage| {
        let record = stage.gateway.record();
        let of_api = record
            .requests
            .iter()
            .filter(|r| r.listener == ListenerName::Api);
        of_api.count()
    };
    let before = asked(stage);
    let urls = [
        "javascript:pwned = 1",
        "data:application/json,{\"token\":\"x\"}",
        "//127.0.0.1/",
        "/api",
        "https://me:secret@127.0.0.1/",
        "http://127.0.0.1\n.example",
        "http://127.0.0.1/#x",
    ];
    let urls = urls.map(|url| json!({ "embedId": "emb_echo", "apiUrl": url }).to_string());
    for error in each_fails(stage, &urls.map(|url| (url, "data-vocadesk-api-url"))).await? {
        ensure!(!error.message().contains("secret"), "{error:?}");
    }
    ensure!(asked(stage) == before, "the gateway was asked");
    // What is long enough for some engine, proxy or server to have enough of it may end either way.
    let base = json!(stage.gateway.api_url());
    for options in [
        "{ embedId: 'emb'.repeat(333333) }".to_owned(),
        format!("{{ embedId: 'emb_echo', apiUrl: {base} + '/' + 'a'.repeat(1e6) }}"),
    ] {
        mount(stage, &options).await?;
        let nth = stage.count(ERROR).await? + 1;
        stage.click("#call").await?;
        let error = stage.event(ERROR, nth, SOON).await?;
        let outcome = ["token_failed", "network"].contains(&error.code());
        ensure!(outcome, "{options:.60}: {error:?}");
    }

    // The socket's, by the page and by the server: a token is granted, and released.
    let secret = "wss://me:secret@127.0.0.1/";
    // What is around an option is not part of it.
    let urls = ["javascript:pwned = 1", secret, "wss://", "ws://h\n/"];
    let fault = |fault| Misbehave {
        token: Some(fault),
        ..Misbehave::default()
    };
    stage.gateway.misbehave(fault(TokenFault::NoWssUrl));
    let released = stage.gateway.record().releases.len();
    let options = urls.map(|url| json!({ "embedId": "emb_echo", "wssUrl": url }).to_string());
    each_fails(stage, &options.map(|url| (url, "data-vocadesk-wss-url"))).await?;
    stage.released(released + urls.len()).await?;
    for (nth, url) in (1..).zip(urls) {
        stage
            .gateway
            .misbehave(fault(TokenFault::WssUrl(url.to_owned())));
        let error = fails(stage, "{}", "token_failed", "socket URL").await?;
        ensure!(!error.message().contains("secret"), "{error:?}");
        stage.released(released + urls.len() + nth).await?;
    }

    // What is no text at all is passed over, and the attributes count.
    stage.gateway.misbehave(Misbehave::default());
    let throws =
        "new Proxy({}, { get(_, key) { if (key === 'embedId') return 'emb_echo'; throw 1; } })";
    let others = "{ label: 7, apiUrl: {}, wssUrl: [], turnstileToken: 7 }";
    for options in [throws, others] {
        mount(stage, options).await?;
        stage.start_call("#call").await?;
        stage.hang_up("#call").await?;
        stage.all_released().await?;
    }
    unharmed(stage).await
}

#[holds("2.page-function-throws", "4.tokens-turnstile")]
async fn a_turnstile_token_of_any_kind_fails_with_a_code_or_is_cancelled(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let buttons = button("call", "emb_guarded") + &button("other", "emb_echo");
    stage.open(&Page::default().body(buttons)).await?;
    let thrown = "turnstileToken failed";
    let asked = stage.token_requests();
    for (given, says) in [
        ("() => { throw new Error('boom\\n<b>') }", "Error: boom <b>"),
        ("() => { throw 'x'.repeat(1e6) }", "xxx"),
        ("() => { throw undefined }", thrown),
        (
            "() => { throw new Proxy({}, { get() { throw 1; } }) }",
            thrown,
        ),
        ("async () => { throw new Error('later') }", "Error: later"),
        ("() => ({ get then() { throw new Error('then') } })", "then"),
        (
            "() => Object.assign(Promise.resolve(''), { then() { throw new Error('own') } })",
            "own",
        ),
        ("class { }", thrown),
    ] {
        let options = format!("{{ turnstileToken: {given} }}");
        fails(stage, &options, "token_failed", says).await?;
    }
    ensure!(stage.token_requests() == asked, "a token was asked for");
    // No text is no token: the server says what it misses.
    for given in [
        "7",
        "{}",
        "null",
        "Symbol('x')",
        "() => 7",
        "async () => {}",
        "() => Symbol('x')",
    ] {
        let options = format!("{{ turnstileToken: {given} }}");
        fails(stage, &options, "token_failed", "turnstile_required").await?;
    }
    fails(
        stage,
        "{ turnstileToken: 'x'.repeat(9999) }",
        "token_failed",
        "turnstile_failed",
    )
    .await?;

    // One that never comes: the visitor can change their mind.
    let events = stage.events().await?.len();
    mount(
        stage,
        "{ turnstileToken: () => new Promise((give) => { window.give = give; }) }",
    )
    .await?;
    stage.click("#call").await?;
    stage.until("window.give", SOON).await?;
    stage.state("#call", "connecting").await?;
    stage.call_off("#call").await?;
    stage.microphone_is_off().await?;
    // Given too late, to a call that is off; and to the next, in time.
    stage
        .run("give('too late'); window.give = undefined")
        .await?;
    stage.click("#call").await?;
    stage.until("window.give", SOON).await?;
    stage.run("give('demo-turnstile-token')").await?;
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    let came = stage.kinds_since(events).await?;
    ensure!(came == [START, END], "{came:?}");
    unharmed(stage).await
}

#[holds("1.option-label", "3.message-plain")]
async fn markup_in_labels_and_in_the_servers_words_stays_text(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&two_buttons()).await?;
    // As an attribute, as an option, and far too long.
    let attribute = format!("call.dataset.vocadeskLabel = {}", json!(MARKUP));
    let option = format!(
        "window.handle = Vocadesk.mount(call, {{ label: {} }})",
        json!(format!("option {MARKUP}"))
    );
    let long = "handle = Vocadesk.mount(call, { label: '<u>'.repeat(333333) })";
    let shown = |text: String| {
        format!("call.ariaLabel === {text} && call.dataset.vocadeskDrawn === {text}")
    };
    for (label, text) in [
        (attribute.as_str(), json!(MARKUP).to_string()),
        (&option, json!(format!("option {MARKUP}")).to_string()),
        (long, "'<u>'.repeat(333333)".to_owned()),
    ] {
        stage.run(label).await?;
        stage.until(&shown(text), SOON).await?;
        let made = stage.run("return made()").await?;
        ensure!(made == json!([]), "{made} of {label:.60}");
    }
    stage
        .run("handle.destroy(); delete call.dataset.vocadeskLabel; Vocadesk.mount(call)")
        .await?;

    let words = format!("{MARKUP}{}", "<hr>".repeat(250_000));
    let body = json!({ "code": MARKUP, "message": words }).to_string();
    let answer = Misbehave {
        token: Some(TokenFault::Answer(Answer::new(
            403,
            "application/json",
            body,
        ))),
        ..Misbehave::default()
    };
    let refusal = Misbehave::before_started(Act::error(&words));
    for (misbehave, code) in [(answer, "token_failed"), (refusal, "ws_failed")] {
        stage.gateway.misbehave(misbehave);
        let error = stage.fail_call("#call", code).await?;
        ensure!(error.message().contains(MARKUP), "{error:?}");
    }
    let in_call = Misbehave::in_call(Duration::from_millis(100), Act::error(&words));
    stage.gateway.misbehave(in_call);
    stage.start_call("#call").await?;
    let error = stage.error(3, "unknown").await?;
    ensure!(error.message().contains(MARKUP), "{error:?}");
    stage.event(END, 1, SOON).await?;
    let made = stage.run("return made()").await?;
    ensure!(made == json!([]), "{made} of the server's words");
    unharmed(stage).await
}
