//! What `mount` is told: each option over its attribute, the turnstile token, and new options for a host
//! that is bound already.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::misbehave::{Misbehave, TokenFault};
use gateway::{EndedBy, Gate, ListenerName, Record};
use support::failure::{Failure, ensure};
use support::page::{Page, Placement};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(each_option_wins_over_its_attribute)
            .in_one_engine("reading members and attributes is ours"),
        trial!(what_changes_after_the_mount_and_what_a_prototype_has_count_for_nothing)
            .in_one_engine("reading members is ours"),
        trial!(a_turnstile_token_is_asked_for_once_for_each_call)
            .in_one_engine("promises are ECMAScript, the count is ours"),
        trial!(a_remount_gives_a_host_its_new_options_and_keeps_its_call)
            .in_one_engine("the binder's own bookkeeping, plain attributes"),
    ]
}

/// What the page had before our script came.
const BEFORE: &str = "<script>window.before = call.outerHTML;</script>";

async fn is_as_before(stage: &Stage) -> Result<(), Failure> {
    let same = "return call.outerHTML === before || call.outerHTML";
    let same = stage.run(same).await?;
    ensure!(same == true, "after destroy: {same}");
    Ok(())
}

/// The label, as assistive technology is told it; what is shown lies in a closed shadow root.
async fn is_labelled(stage: &Stage, label: &str) -> Result<(), Failure> {
    let now = stage.run("return call.getAttribute('aria-label')").await?;
    ensure!(now == label, "labelled {now}, not {label}");
    Ok(())
}

#[holds(
    "1.option-over-attribute",
    "1.option-embed-id",
    "1.option-label",
    "1.option-api-url",
    "1.option-wss-url",
    "4.trailing-slashes",
    "4.wss-url-absent"
)]
async fn each_option_wins_over_its_attribute(stage: &mut Stage) -> Result<(), Failure> {
    // Nothing listens at the attributes' addresses.
    let body = r#"<button id="call" data-vocadesk-embed="emb_demo" data-vocadesk-label="Attribute"
        data-vocadesk-api-url="http://127.0.0.1:9" data-vocadesk-wss-url="ws://127.0.0.1:9/"><b>Our
        own</b> words</button>"#;
    let no_url = Misbehave {
        token: Some(TokenFault::NoWssUrl),
        ..Misbehave::default()
    };
    stage.gateway.misbehave(no_url);
    stage
        .open(&Page::default().body(body.to_owned() + BEFORE))
        .await?;
    stage.state("#call", "idle").await?;
    is_labelled(stage, "Attribute").await?;
    let mount = r##"
      const [apiUrl, wssUrl] = arguments;
      const options = { embedId: " emb_echo\n", label: "Option", apiUrl: `${apiUrl}/`, wssUrl };
      window.handle = Vocadesk.mount("#call", options)"##;
    let urls = vec![
        json!(stage.gateway.api_url()),
        json!(stage.gateway.wss_url()),
    ];
    stage.browser()?.run(mount, urls.clone()).await?;
    is_labelled(stage, "Option").await?;
    stage.good_call("#call").await?;
    stage.run("handle.destroy()").await?;
    is_as_before(stage).await?;

    // Each attribute by itself, with no options at all.
    let mark = r##"
      [call.dataset.vocadeskApiUrl, call.dataset.vocadeskWssUrl] = arguments;
      window.before = call.outerHTML;
      window.handle = Vocadesk.mount("#call")"##;
    stage.browser()?.run(mark, urls).await?;
    is_labelled(stage, "Attribute").await?;
    stage.good_call("#call").await?;
    stage.run("handle.destroy()").await?;
    is_as_before(stage).await?;

    let calls = stage.gateway.record().calls;
    let embeds: Vec<_> = calls.iter().map(|call| call.embed.as_str()).collect();
    ensure!(embeds == ["emb_echo", "emb_demo"], "called {embeds:?}");
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

#[holds("1.options-read-once", "1.options-own-members")]
async fn what_changes_after_the_mount_and_what_a_prototype_has_count_for_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = r#"<button id="call" data-vocadesk-api-url="{{API_URL}}">Talk</button>"#;
    // Before the wasm is there, and after.
    for early in [true, false] {
        stage
            .open(&Page::default().script(Placement::Blocking).body(
                body.to_owned()
                    + r#"<script>
                      Object.prototype.apiUrl = "http://127.0.0.1:9";
                      Object.prototype.live = "Polluted";
                      window.mount = () => {
                        const options = { embedId: "emb_echo", label: "Ring", labels: { idle: "x" } };
                        window.handle = Vocadesk.mount(call, options);
                        options.embedId = "emb_of_nobody";
                        options.label = "Changed";
                        options.labels.live = "Changed";
                      };
                    </script>"#
                    + if early { "<script>mount()</script>" } else { "" },
            ))
            .await?;
        if !early {
            stage.run("mount()").await?;
        }
        stage.state("#call", "idle").await?;
        is_labelled(stage, "Ring").await?;
        stage.start_call("#call").await?;
        is_labelled(stage, "End call, In a call").await?;
        stage.hang_up("#call").await?;
        let embed = stage
            .gateway
            .record()
            .calls
            .last()
            .map(|call| call.embed.clone());
        ensure!(embed.as_deref() == Some("emb_echo"), "called {embed:?}");
    }
    Ok(())
}

#[holds("1.turnstile-kinds", "1.turnstile-once", "4.tokens-turnstile")]
async fn a_turnstile_token_is_asked_for_once_for_each_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let bare = r#"<button id="call" data-vocadesk-api-url="{{API_URL}}">Talk</button>"#;
    let body = format!("{bare}{BEFORE}{}", bare.replace("call", "same"));
    stage.open(&Page::default().body(body)).await?;
    let define = r##"
      window.asked = 0;
      window.good = "demo-turnstile-token";
      window.later = (token) => new Promise((done) => setTimeout(done, 20, token));
      window.mount = (turnstileToken, target = "#call") =>
        window.handle = Vocadesk.mount(target, { embedId: "emb_guarded", turnstileToken });"##;
    stage.run(define).await?;
    for (token, asked) in [
        ("good", 0),
        ("() => { window.asked++; return good; }", 2),
        ("async () => { window.asked++; return later(good); }", 2),
        ("later(good)", 0),
    ] {
        stage
            .run(&format!("window.asked = 0; mount({token})"))
            .await?;
        let calls = asked.max(1);
        for _ in 0..calls {
            let called = stage.good_call("#call").await;
            called.map_err(|Failure(why)| Failure(format!("{token}: {why}")))?;
        }
        let times = stage.run("return asked").await?;
        ensure!(
            times == asked,
            "{token}: asked {times} times for {calls} calls"
        );
    }
    // Nor for a call that is refused before a token would be.
    stage
        .run("window.asked = 0; mount(() => { window.asked++; return good; }, '#same')")
        .await?;
    stage.start_call("#call").await?;
    stage.fail_call("#same", "concurrent_call_active").await?;
    stage.hang_up("#call").await?;
    stage.released(7).await?;
    let times = stage.run("return asked").await?;
    ensure!(
        times == 0,
        "asked {times} times for a call that was refused"
    );

    for (token, says) in [
        ("undefined", "turnstile_required"),
        ("() => undefined", "turnstile_required"),
        ("'stale'", "turnstile_failed"),
        ("() => { throw new Error('no challenge') }", "no challenge"),
        ("() => Promise.reject('no widget')", "no widget"),
    ] {
        stage.run(&format!("mount({token})")).await?;
        let error = stage.fail_call("#call", "token_failed").await?;
        ensure!(error.message().contains(says), "{token}: {error:?}");
    }
    stage.run("mount(good)").await?;
    stage.good_call("#call").await?;
    stage.run("handle.destroy()").await?;
    is_as_before(stage).await?;
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "thrown into the page: {errors}");
    Ok(())
}

#[holds("1.config-fixed-in-call", "1.mount-rebinds")]
async fn a_remount_gives_a_host_its_new_options_and_keeps_its_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = r#"<button id="call" data-vocadesk-api-url="{{API_URL}}"><i>Talk</i></button>"#;
    stage
        .open(&Page::default().body(body.to_owned() + BEFORE))
        .await?;
    let mount = async |embed: &str, label: &str| {
        let script = r"
          const [embedId, label] = arguments;
          (window.handles ??= []).push(Vocadesk.mount(call, { embedId, label }))";
        let args = vec![json!(embed), json!(label)];
        stage.browser()?.run(script, args).await
    };
    mount("emb_demo", "First").await?;
    stage.state("#call", "idle").await?;
    is_labelled(stage, "First").await?;
    mount("emb_demo", "Second").await?;
    is_labelled(stage, "Second").await?;

    // In a call with the same embed: it goes on.
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 5).await?;
    mount("emb_demo", "Third").await?;
    is_labelled(stage, "End call, In a call").await?;
    let so_far = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, so_far + 10).await?;
    // Handles of mounts that a later one has replaced are nothing any more.
    stage
        .run("handles[0].destroy(); handles[1].destroy()")
        .await?;
    let so_far = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, so_far + 10).await?;
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    // Back to idle at once by a click too many, for the label to show: before the token.
    let token = Gate::shut();
    let slow = Misbehave {
        token_held: token.held(),
        ..Misbehave::default()
    };
    stage.gateway.misbehave(slow);
    stage.click("#call").await?;
    let asked = |r: &Record| {
        let asked = r.requests_to(ListenerName::Api, "/v1/tokens");
        (asked.filter(|r| r.method == "POST").count() == 2).then_some(())
    };
    let asked = stage.gateway.wait_for("the second request", SOON, asked);
    asked.await?;
    stage.click("#call").await?;
    stage.state("#call", "idle").await?;
    is_labelled(stage, "Third").await?;
    stage.gateway.misbehave(Misbehave::default());
    // Its token comes all the same, and is released.
    token.open();
    stage.released(2).await?;

    // In a call with another embed: it goes on, and the next goes there.
    let calls = stage.gateway.record().calls.len();
    stage.start_call("#call").await?;
    stage.heard_at_gateway(calls, 5).await?;
    mount("emb_echo", "Fourth").await?;
    is_labelled(stage, "End call, In a call").await?;
    let so_far = stage.gateway.record().calls[calls].mic.len();
    stage.heard_at_gateway(calls, so_far + 10).await?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(calls).await?;
    ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
    let granted = |stage: &Stage| stage.gateway.record().tokens.len();
    stage.released(granted(stage)).await?;
    stage.good_call("#call").await?;
    let record = stage.gateway.record();
    let last = record.calls.last().map(|call| call.embed.as_str());
    ensure!(last == Some("emb_echo"), "the last call went to {last:?}");
    stage
        .run("handles.forEach((handle) => handle.destroy())")
        .await?;
    is_as_before(stage).await?;
    let kinds = stage.kinds_since(0).await?;
    let three = [START, END].repeat(3);
    ensure!(kinds == three, "{kinds:?}");
    let releases = record.requests_to(ListenerName::Api, "/v1/release");
    let releases = releases.filter(|r| r.method == "POST").count();
    ensure!(
        releases == granted(stage),
        "{releases} releases of {} tokens",
        granted(stage)
    );
    Ok(())
}
