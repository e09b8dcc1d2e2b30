//! One truth about what is bound: hosts that are stripped, copied, saved, and put somewhere else.

use holds::holds;
use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_host_whose_attributes_are_taken_off_stays_one_host),
        trial!(a_copy_of_a_host_is_a_host_of_its_own),
        trial!(a_page_that_was_saved_while_a_call_ran_calls_when_it_is_shown_again),
        trial!(a_host_that_comes_back_within_a_task_keeps_its_call),
    ]
}

/// A button, an element that is none, one with words of its own for assistive technology, and one that shows no children.
fn hosts() -> String {
    let marks = r#"data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}""#;
    button("button", "emb_echo")
        + &format!(
            r#"<div id="div" {marks}>Talk</div>
               <b id="by">Sales</b>
               <button id="named" {marks} aria-labelledby="by" aria-label="Call sales"><i>Talk</i></button>
               <input id="input" type="button" value="Talk" {marks}>"#
        )
}

const KINDS: [&str; 4] = ["button", "div", "named", "input"];

/// What frameworks do that make the page what their server has sent: once a host was bound, or while its call runs.
const STRIP: &str = "
  window.sent = Object.fromEntries(['button', 'div', 'named', 'input'].map((id) => [id,
    Object.fromEntries([...document.getElementById(id).attributes].map(({ name, value }) => [name, value]))]));
  const look = () => document.body.append(document.createElement('i'));
  window.strip = {
    state(host) { host.removeAttribute('data-vocadesk-state'); look(); },
    all(host) {
      const sent = window.sent[host.id];
      for (const { name } of [...host.attributes]) if (!(name in sent)) host.removeAttribute(name);
      for (const name in sent) host.setAttribute(name, sent[name]);
      look();
    },
    children(host) {
      window.strip.all(host);
      for (const ours of host.querySelectorAll('[aria-hidden]')) ours.remove();
      if (host.nextElementSibling?.hasAttribute('aria-hidden')) host.nextElementSibling.remove();
    },
  };";

#[holds("1.state-stripped")]
async fn a_host_whose_attributes_are_taken_off_stays_one_host(
    stage: &mut Stage,
) -> Result<(), Failure> {
    // Before our script has seen it, as the server has sent it.
    let body = hosts() + &format!("<script>{STRIP}</script>");
    stage.open(&Page::default().body(body)).await?;
    let mut made = 0;
    for id in KINDS {
        let host = format!("#{id}");
        stage.state(&host, "idle").await?;
        // Every way on one of them, the hardest on each.
        let ways = ["children", "all", "state"];
        let ways = if id == "div" { &ways[..] } else { &ways[..1] };
        for way in ways {
            let strip = format!("strip.{way}({id})");
            let before = stage.events().await?.len();
            stage.run(&strip).await?;
            stage.state(&host, "idle").await?;
            stage.start_call(&host).await?;
            stage.run(&strip).await?;
            stage.state(&host, "live").await?;
            let role = format!("return {id}.tagName === 'DIV' && {id}.getAttribute('role')");
            let role = stage.run(&role).await?;
            ensure!(
                role == (if id == "div" {
                    json!("button")
                } else {
                    json!(false)
                }),
                "{id} is a {role}"
            );
            stage.hang_up(&host).await?;
            let came = stage.kinds_since(before).await?;
            ensure!(came == [START, END], "{id}, {way}: {came:?}");
            stage.microphone_is_off().await?;
            stage.all_released().await?;
        }
        let calls = stage.gateway.record().calls.len();
        made += ways.len();
        ensure!(calls == made, "{id}: {calls} calls");
    }
    Ok(())
}

/// What a visitor is told of a host, and what of ours is on it and about it.
const TOLD: &str = "
  const host = document.getElementById(arguments[0]);
  const ours = [...host.querySelectorAll('[aria-hidden]'), host.nextElementSibling].filter((e) => e?.matches('span[aria-hidden]'));
  return [host.getAttribute('aria-label'), host.getAttribute('aria-labelledby'), host.getAttribute('aria-busy'),
    host.getAttribute('data-vocadesk-found'), ours.length];";

async fn told(stage: &Stage, id: &str) -> Result<Value, Failure> {
    stage.browser()?.run(TOLD, vec![json!(id)]).await
}

#[holds("1.clone-is-a-host")]
async fn a_copy_of_a_host_is_a_host_of_its_own(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default().body(hosts())).await?;
    for id in KINDS {
        let host = format!("#{id}");
        stage.state(&host, "idle").await?;
        let as_found = told(stage, id).await?;
        let copy = |name: &str| {
            format!(
                "const copy = {id}.cloneNode(true); copy.id = '{name}'; document.body.append(copy);"
            )
        };
        // A carousel's clone, of a host that waits; then one of a host whose call runs.
        stage.run(&copy(&format!("{id}-idle"))).await?;
        stage.good_call(&format!("#{id}-idle")).await?;
        stage.start_call(&host).await?;
        stage.run(&copy(&format!("{id}-live"))).await?;
        stage.state(&format!("#{id}-live"), "idle").await?;
        stage.hang_up(&host).await?;
        stage.all_released().await?;
        stage.microphone_is_off().await?;
        let copied = told(stage, &format!("{id}-live")).await?;
        ensure!(copied == as_found, "{id}: {as_found}, the copy {copied}");
        stage.good_call(&format!("#{id}-live")).await?;
        let complaints = stage.complaints().await?;
        ensure!(complaints.is_empty(), "{complaints:?}");
    }
    Ok(())
}

#[holds("1.clone-is-a-host")]
async fn a_page_that_was_saved_while_a_call_ran_calls_when_it_is_shown_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = format!("<main>{}</main>", hosts());
    stage.open(&Page::default().body(body)).await?;
    for id in KINDS {
        let host = format!("#{id}");
        stage.state(&host, "idle").await?;
        let as_found = told(stage, id).await?;
        stage.start_call(&host).await?;
        stage
            .run("window.saved = document.body.cloneNode(true)")
            .await?;
        let ends = stage.count(END).await?;
        // As a page cache does, which keeps the old page's elements, and shows copies of them.
        stage.run("document.body.replaceWith(saved)").await?;
        stage.event(END, ends + 1, SOON).await?;
        stage.all_released().await?;
        stage.microphone_is_off().await?;
        stage.state(&host, "idle").await?;
        let again = told(stage, id).await?;
        ensure!(again == as_found, "{id}: {as_found}, and again {again}");
        let regions = "return document.querySelectorAll('[role=alert],[role=status]').length";
        let regions = stage.run(regions).await?;
        ensure!(regions == 0, "{regions} regions were saved");
        stage.good_call(&host).await?;
    }
    Ok(())
}

/// Takes the host out of the page and puts it back: a framework's own element moves with its page.
const BACK: [(&str, &str); 4] = [
    ("at once", "host.remove(); body.append(host)"),
    (
        "after two microtasks",
        "host.remove(); await 0; await 0; body.append(host)",
    ),
    (
        "in another body, after twenty",
        "const other = body.cloneNode(false); host.remove(); for (let n = 0; n < 20; n++) await 0;
         other.append(host); body.replaceWith(other)",
    ),
    (
        "with what is around it",
        "const around = document.createElement('p'); host.replaceWith(around); around.append(host);
         around.remove(); await 0; await 0; await 0; body.append(around)",
    ),
];

async fn a_host_that_comes_back_within_a_task_keeps_its_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for id in ["button", "input"] {
        stage.open(&Page::default().body(hosts())).await?;
        let host = format!("#{id}");
        stage.state(&host, "idle").await?;
        for (way, moved) in BACK {
            let before = stage.events().await?.len();
            stage.start_call(&host).await?;
            let call = stage.gateway.record().calls.len() - 1;
            let moved = format!(
                "const [done] = arguments, host = {id}, {{ body }} = document;
                 (async () => {{ {moved} }})().then(() => done(true));"
            );
            stage.browser()?.run_async(&moved, Vec::new()).await?;
            let so_far = stage.gateway.record().calls[call].mic.len();
            stage.heard_at_gateway(call, so_far + 25).await?;
            stage.state(&host, "live").await?;
            stage.hang_up(&host).await?;
            let came = stage.kinds_since(before).await?;
            ensure!(came == [START, END], "{id}, {way}: {came:?}");
            stage.all_released().await?;
        }
        let before = stage.events().await?.len();
        stage.start_call(&host).await?;
        let ends = stage.count(END).await?;
        stage.run(&format!("{id}.remove()")).await?;
        stage.event(END, ends + 1, SOON).await?;
        let came = stage.kinds_since(before).await?;
        ensure!(came == [START, END], "{id}, gone: {came:?}");
        stage.microphone_is_off().await?;
    }
    Ok(())
}
