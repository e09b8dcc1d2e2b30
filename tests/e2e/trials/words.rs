//! What a host shows and says: in the page's own words, and aloud.

use holds::holds;
use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use gateway::misbehave::Misbehave;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_page_says_it_in_its_own_words_and_bad_ones_are_english),
        trial!(each_change_is_said_aloud_once_and_the_clock_never)
            .in_one_engine("text into a live region: plain DOM; when and what is pure"),
        trial!(what_is_said_aloud_is_where_a_screen_reader_looks_and_goes_with_the_handle),
    ]
}

#[holds("1.option-labels", "2.page-function-throws")]
async fn a_page_says_it_in_its_own_words_and_bad_ones_are_english(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body =
        button("call", "emb_echo").replace("<button", "<button style='width:200px;height:40px'");
    let before = "<script>window.before = call.outerHTML;</script>";
    stage.open(&Page::default().body(body + before)).await?;
    let mount = r#"
      const size = () => JSON.stringify(call.getBoundingClientRect());
      const was = size();
      window.names = [];
      new MutationObserver(() => names.push([call.getAttribute("aria-label"), size() === was]))
        .observe(call, { attributeFilter: ["aria-label"] });
      const labels = {
        asking: "x".repeat(500), connecting: "x".repeat(500),
        live: "<b>أنهِ</b> 😀", in_call: "\n ", ended: 7, token_failed: "Heute <i>nicht</i>",
        get again() { throw new Error("no words"); },
      };
      window.handle = Vocadesk.mount(call, { labels })"#;
    stage.run(mount).await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    stage.released(1).await?;
    stage
        .gateway
        .misbehave(Misbehave::token_status(503, "busy"));
    stage.fail_call("#call", "token_failed").await?;
    let names: Vec<(Option<String>, bool)> =
        serde_json::from_value(stage.run("return names").await?)?;
    ensure!(
        names.iter().all(|(_, same)| *same),
        "the host has changed its size: {names:?}"
    );
    let long = "x".repeat(500) + ", press to cancel";
    for due in [
        long.as_str(),
        "<b>أنهِ</b> 😀, In a call",
        "Call ended, press to call again",
        "Heute <i>nicht</i>",
    ] {
        let found = names.iter().any(|(name, _)| name.as_deref() == Some(due));
        ensure!(found, "{due:?} is not among {names:?}");
    }
    stage.run("handle.destroy()").await?;
    let left = stage
        .run("return [call.outerHTML === before, __harness.errors]")
        .await?;
    ensure!(left == json!([true, []]), "{left}");
    Ok(())
}

/// What a screen reader would say: each text that comes into a live region.
const EAR: &str = r#"<script>
  window.regions = () => [...document.querySelectorAll("[role=status], [role=alert]")].filter((r) => !r.hasAttribute("data-page"));
  window.aloud = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const region = regions().find((region) => region.contains(target));
      if (region?.textContent) aloud.push([region.getAttribute("role"), region.textContent]);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
</script>"#;

async fn each_change_is_said_aloud_once_and_the_clock_never(
    stage: &mut Stage,
) -> Result<(), Failure> {
    // What the bar says is the bar's.
    let body =
        button("call", "emb_echo").replace("<button", "<button data-vocadesk-controls='none'");
    stage.open(&Page::default().head(EAR).body(body)).await?;
    stage.state("#call", "idle").await?;
    let before = stage.run("return regions().length").await?;
    ensure!(before == 0, "a live region before the first click");
    stage.start_call("#call").await?;
    stage
        .until("aloud.at(-1)?.[1] === 'In a call'", SOON)
        .await?;
    // Two seconds, and so two ticks of the clock at least.
    stage.heard_at_gateway(0, 120).await?;
    let end = stage.hang_up("#call").await?;
    stage
        .until("aloud.at(-1)?.[1].startsWith('Call ended ')", SOON)
        .await?;
    stage.released(1).await?;
    stage
        .gateway
        .misbehave(Misbehave::token_status(503, "busy"));
    stage.fail_call("#call", "token_failed").await?;
    stage.until("aloud.at(-1)[0] === 'alert'", SOON).await?;
    let aloud: Vec<(String, String)> = serde_json::from_value(stage.run("return aloud").await?)?;
    let words: Vec<_> = aloud
        .iter()
        .map(|(role, text)| (role.as_str(), text.as_str()))
        .collect();
    // How long a call takes to connect decides whether the steps before it are worth saying.
    let steps = ["Allow your microphone", "Connecting…"];
    let (steps, rest): (Vec<_>, Vec<_>) = words.iter().partition(|(_, text)| steps.contains(text));
    ensure!(
        steps.len() <= 4 && steps.iter().all(|(role, _)| *role == "status"),
        "{aloud:?}"
    );
    let [(.., first), (.., second), third] = rest[..] else {
        return Err(Failure(format!("{aloud:?}")));
    };
    // As long as the event says; a call of a minute would have failed elsewhere.
    let seconds = end.detail["durationMs"].as_u64().unwrap_or_default() / 1_000;
    let ended = format!("Call ended {}:{:02}", seconds / 60, seconds % 60);
    ensure!(
        first == "In a call" && second == ended,
        "{aloud:?}, and {end:?}"
    );
    ensure!(
        third == ("alert", "Calls are not available here right now"),
        "{aloud:?}"
    );
    Ok(())
}

async fn what_is_said_aloud_is_where_a_screen_reader_looks_and_goes_with_the_handle(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let bare = r#"<button id="ID" data-vocadesk-api-url="{{API_URL}}">Talk</button>"#;
    let body = format!(
        r#"{}<dialog id="modal"><p>{}</p></dialog><div id="outside"></div>"#,
        bare.replace("ID", "call"),
        bare.replace("ID", "within")
    );
    stage.open(&Page::default().head(EAR).body(body)).await?;
    let mount = r#"
      modal.showModal();
      const shadow = outside.attachShadow({ mode: "open" });
      shadow.append(call.cloneNode(true));
      window.inner = shadow.firstChild;
      window.hosts = [within, inner, call];
      window.before = hosts.map((host) => host.outerHTML);
      window.handles = hosts.map((host, at) => Vocadesk.mount(host, { embedId: "emb_echo", controls: "none" }));
      modal.close();"#;
    stage.run(mount).await?;
    stage.state("#call", "idle").await?;
    // In each of the three places one call is cancelled at once; the region stays for the next.
    let found = r#"hosts.map((host) => {
      const region = [...host.getRootNode().querySelectorAll("[role=status]")].find((region) =>
        host === within ? modal.contains(region) : region.parentNode === (host === inner ? shadowRoot() : document.body));
      const { position, clipPath } = region ? getComputedStyle(region) : {};
      return [!!region, position, clipPath, region?.closest("button") == null];
    })"#;
    stage.run("window.shadowRoot = () => inner.getRootNode(); for (const h of handles) { h.start(); h.end(); }").await?;
    let found = stage.run(&format!("return {found}")).await?;
    let due: Vec<Value> = vec![json!([true, "fixed", "inset(50%)", true]); 3];
    ensure!(found == json!(due), "{found}");
    stage
        .run("handles.forEach((handle) => handle.destroy())")
        .await?;
    let left = "return [hosts.map((h, at) => h.outerHTML === before[at]), regions().length,
        inner.getRootNode().querySelectorAll('[role=status]').length, __harness.errors]";
    let left = stage.run(left).await?;
    ensure!(left == json!([[true, true, true], 0, 0, []]), "{left}");
    Ok(())
}
