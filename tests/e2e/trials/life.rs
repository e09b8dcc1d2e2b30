//! The life of a host: how it comes into the document, what the page does with it there, and how it goes.

use holds::holds;
use std::collections::BTreeSet;

use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{Setting, Stage};
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    let two = Setting::default().config(|c| c.embed(Embed::new("emb_next", AgentKind::Echo)));
    vec![
        trial!(a_host_is_bound_in_whichever_way_it_comes).in_one_engine("MutationObserver and insertion are DOM without leeway; frameworks.rs (React) and kinds.rs bind in all"),
        trial!(
            an_id_that_changes_or_goes_counts_from_the_next_call_on,
            two
        ).in_one_engine("attribute changes and our bookkeeping"),
        trial!(a_page_that_changes_without_end_calls_and_keeps_its_call),
        trial!(a_thousand_hosts_at_once_are_a_thousand_buttons).in_one_engine("our scan's cost, plain DOM"),
    ]
}

/// Each way leaves one host with an id of its own.
const WAYS: &str = r#"
  const html = document.getElementById("pattern").innerHTML;
  const named = (id) => html.replace("{id}", id);
  const main = document.querySelector("main");
  const made = () => new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  const by = {
    appendChild(id) {
      const host = document.createElement("button");
      host.textContent = "Talk";
      host.id = id;
      host.dataset.vocadeskApiUrl = made().dataset.vocadeskApiUrl;
      host.dataset.vocadeskEmbed = "emb_echo";
      main.appendChild(host);
    },
    innerHTML(id) { main.insertAdjacentElement("beforeend", document.createElement("p")).innerHTML = named(id); },
    insertAdjacentHTML(id) { main.insertAdjacentHTML("afterbegin", named(id)); },
    outerHTML(id) { main.appendChild(document.createElement("i")).outerHTML = named(id); },
    template(id) {
      const clone = document.getElementById("pattern").content.cloneNode(true);
      clone.firstElementChild.id = id;
      main.append(clone);
    },
    adoption(id) { const host = made(); host.id = id; main.append(document.adoptNode(host)); },
    replacement(id) {
      const old = main.appendChild(document.createElement("b"));
      const host = document.importNode(made(), true);
      host.id = id;
      old.replaceWith(host);
    },
    mark(id) {
      const host = document.importNode(made(), true);
      host.id = id;
      host.removeAttribute("data-vocadesk-embed");
      main.append(host);
      return new Promise(requestAnimationFrame).then(() => host.setAttribute("data-vocadesk-embed", "emb_echo"));
    },
  };
  const done = arguments[0];
  (async () => { for (const [id, way] of Object.entries(by)) await way(id); done(Object.keys(by)); })();
"#;

#[holds("1.elements-any-time")]
async fn a_host_is_bound_in_whichever_way_it_comes(stage: &mut Stage) -> Result<(), Failure> {
    let pattern = button("{id}", "emb_echo");
    let body = format!(r#"<main></main><template id="pattern">{pattern}</template>"#);
    stage.open(&Page::default().body(body)).await?;
    let ways = stage.browser()?.run_async(WAYS, Vec::new()).await?;
    let ways: Vec<String> = serde_json::from_value(ways)?;
    ensure!(ways.len() == 8, "{ways:?}");
    for way in &ways {
        stage.state(&format!("#{way}"), "idle").await?;
    }
    for way in &ways {
        let call = stage.good_call(&format!("#{way}")).await;
        call.map_err(|Failure(why)| Failure(format!("{way}: {why}")))?;
    }
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

/// The page has had time to see a change, and the agent still hears the visitor.
async fn goes_on(stage: &Stage, call: usize) -> Result<(), Failure> {
    // Two looks of ours are a tenth of a second apart: half a second of frames.
    let so_far = stage.gateway.record().calls[call].mic.len();
    stage.heard_at_gateway(call, so_far + 25).await
}

#[holds("1.attributes-at-click", "1.config-fixed-in-call")]
async fn an_id_that_changes_or_goes_counts_from_the_next_call_on(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let unmarked = "<script>
      const bare = call.cloneNode(true);
      delete bare.dataset.vocadeskEmbed;
      window.unmarked = bare.outerHTML;
    </script>";
    let body = button("call", "emb_echo") + unmarked;
    stage.open(&Page::default().body(body)).await?;
    stage.good_call("#call").await?;
    // Changed while idle: the next call is the new embed's, also one that comes before anybody has looked.
    stage
        .run("call.dataset.vocadeskEmbed = 'emb_next'; call.click()")
        .await?;
    stage.event(START, 2, SOON).await?;
    stage.heard_at_gateway(1, 10).await?;
    stage.hang_up("#call").await?;
    stage.released(2).await?;
    let embeds = stage.gateway.record().calls;
    let embeds: Vec<_> = embeds.iter().map(|call| call.embed.as_str()).collect();
    ensure!(embeds == ["emb_echo", "emb_next"], "{embeds:?}");
    // Changed in a call: that call goes on.
    stage.start_call("#call").await?;
    stage.run("call.dataset.vocadeskEmbed = 'emb_echo'").await?;
    goes_on(stage, 2).await?;
    stage.hang_up("#call").await?;
    stage.released(3).await?;
    // Taken away in a call: that call goes on, and after it nothing of ours is left.
    stage.start_call("#call").await?;
    stage.run("delete call.dataset.vocadeskEmbed").await?;
    goes_on(stage, 3).await?;
    stage.hang_up("#call").await?;
    stage.released(4).await?;
    stage.microphone_is_off().await?;
    stage
        .until("!('vocadeskState' in call.dataset)", SOON)
        .await?;
    let asked = stage.token_requests();
    stage.click("#call").await?;
    let left = "return call.outerHTML === unmarked || call.outerHTML";
    let left = stage.run(left).await?;
    ensure!(left == true, "left behind: {left}");
    stage.run("call.dataset.vocadeskEmbed = 'emb_echo'").await?;
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await?;
    let asked = stage.token_requests() - asked;
    ensure!(asked == 1, "{asked} tokens were asked for, by one call");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END].repeat(5), "{kinds:?}");
    Ok(())
}

/// Some five thousand nodes each second leave the page and as many come, for as long as it lives. Each
/// time it also moves the host about.
const RESTLESS: &str = r#"<ul id="list"></ul><main></main><script>
  window.changes = 0;
  setInterval(() => {
    const rows = Array.from({ length: 50 }, () => document.createElement("li"));
    document.getElementById("list").replaceChildren(...rows);
    const main = document.querySelector("main");
    (call.parentElement === main ? document.body : main).append(call);
    changes += 50;
  }, 10);
</script>"#;

#[holds("1.elements-any-time")]
async fn a_page_that_changes_without_end_calls_and_keeps_its_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = button("call", "emb_demo") + RESTLESS;
    stage.open(&Page::default().body(body)).await?;
    stage.state("#call", "idle").await?;
    // A moving button is hard to hit; that it can be hit at all is not ours to prove.
    stage.run("call.click()").await?;
    stage.event(START, 1, SOON).await?;
    let (before, changes) = (stage.gateway.record(), stage.run("return changes").await?);
    let before = before.calls.first().map_or(0, |call| call.mic.len());
    stage.heard_at_gateway(0, before + 40).await?;
    // Half a second, or as long as a slow machine needs for fifty rounds of them.
    stage
        .until(&format!("changes > {changes} + 2_500"), SOON)
        .await?;
    let add = format!(
        "document.body.insertAdjacentHTML('beforeend', {})",
        json!(button("late", "emb_echo").replace("{{API_URL}}", &stage.gateway.api_url()))
    );
    stage.run(&add).await?;
    stage.state("#late", "idle").await?;
    stage.state("#call", "live").await?;
    stage.run("call.click()").await?;
    stage.event(END, 1, SOON).await?;
    stage.released(1).await?;
    stage.microphone_is_off().await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    Ok(())
}

#[holds("2.end-removed")]
async fn a_thousand_hosts_at_once_are_a_thousand_buttons(stage: &mut Stage) -> Result<(), Failure> {
    let pattern = button("{id}", "emb_echo");
    let body = format!(r#"<main></main><template id="pattern">{pattern}</template>"#);
    stage.open(&Page::default().body(body)).await?;
    let furnish = r##"
      const html = document.getElementById("pattern").innerHTML;
      const hosts = Array.from({ length: 1000 }, (_, i) => html.replace("{id}", `h${i}`));
      document.querySelector("main").innerHTML = hosts.join(" ");"##;
    stage.run(furnish).await?;
    let bound = "document.querySelectorAll('main > [data-vocadesk-state=idle]').length === 1000";
    stage.until(bound, SOON).await?;
    for host in ["#h0", "#h512", "#h999"] {
        stage.good_call(host).await?;
    }
    // All of them go at once, one of them in its call.
    stage.start_call("#h7").await?;
    stage
        .run("document.querySelector('main').replaceChildren()")
        .await?;
    stage.event(END, 4, SOON).await?;
    stage.released(4).await?;
    let ends = stage.events().await?.into_iter().filter(|e| e.kind == END);
    let ends: BTreeSet<_> = ends.map(|e| e.target).collect();
    ensure!(ends.len() == 4, "{ends:?}");
    Ok(())
}
