//! What is shown and said of a host stays true: styles that a page replaces, elements that show nothing in them, names.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, SOON};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_page_that_replaces_its_stylesheets_keeps_the_theme),
        trial!(an_element_that_shows_none_of_its_children_shows_its_call_or_is_none),
        trial!(the_name_says_what_a_press_does_whatever_else_names_the_host),
        trial!(a_host_without_content_is_as_wide_as_its_label).in_one_engine(
            "one rule of padding; each engine's own layout is looked at in pictures",
        ),
    ]
}

const MARKS: &str = r#"data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}""#;

/// A page's own ways to lose a sheet that is not its own.
const REPLACE: [&str; 4] = [
    "root.adoptedStyleSheets = [new CSSStyleSheet()]",
    "root.adoptedStyleSheets = []",
    "while (root.adoptedStyleSheets.length) root.adoptedStyleSheets.pop()",
    "root.adoptedStyleSheets.length = 0",
];

#[holds("6.adopted-sheets")]
async fn a_page_that_replaces_its_stylesheets_keeps_the_theme(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = button("call", "emb_echo")
        + r#"<div id="around"></div><script>
          const shadow = around.attachShadow({ mode: "open" });
          shadow.append(call.cloneNode(true));
          window.inside = shadow.firstElementChild;
        </script>"#;
    stage.open(&Page::default().body(body)).await?;
    stage.until("window.Vocadesk", SOON).await?;
    stage.run("Vocadesk.mount(inside)").await?;
    stage
        .until("inside.dataset.vocadeskState === 'idle'", SOON)
        .await?;
    for host in ["call", "inside"] {
        let themed = format!("getComputedStyle({host}).backgroundColor === 'rgb(11, 29, 54)'");
        stage.until(&themed, SOON).await?;
        for replaced in REPLACE {
            // What Firefox gives is no array that could lose an item, but a copy of one.
            stage
                .run(&format!("const root = {host}.getRootNode(); {replaced}"))
                .await?;
            let stays = stage.until(&themed, SOON).await;
            stays.map_err(|Failure(why)| Failure(format!("{host}, {replaced}: {why}")))?;
        }
    }
    Ok(())
}

/// Elements whose call is shown beside their content, and elements that are refused.
const SHOWN: [&str; 3] = [
    r#"<canvas id="it" width="200" height="60" MARKS>Talk</canvas>"#,
    r#"<video id="it" width="200" height="60" MARKS>Talk</video>"#,
    r#"<img id="it" width="200" height="60" alt="Talk" MARKS>"#,
];

const REFUSED: [&str; 5] = [
    r#"<svg id="it" width="200" height="60" MARKS><rect width="200" height="60"/></svg>"#,
    r#"<object id="it" width="200" height="60" data="data:text/html,x" MARKS></object>"#,
    r#"<div id="it" style="display: contents" MARKS><button>Talk</button></div>"#,
    r#"<select id="it" MARKS><option>Talk</option></select>"#,
    r#"<iframe id="it" srcdoc="x" width="200" height="60" MARKS></iframe>"#,
];

async fn an_element_that_shows_none_of_its_children_shows_its_call_or_is_none(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for html in SHOWN {
        let body = format!("<p>{}</p>", html.replace("MARKS", MARKS));
        stage.open(&Page::default().body(body)).await?;
        stage.start_call("#it").await?;
        let lies = "(() => {
            const ours = it.nextElementSibling, over = ours?.getBoundingClientRect(), at = it.getBoundingClientRect();
            return ours?.getAttribute('aria-hidden') === 'true' && Math.abs(over.left - at.left) < 1.5
              && Math.abs(over.width - at.width) < 1.5 && Math.abs(over.height - at.height) < 1.5;
          })()";
        let shown = stage.until(lies, SOON).await;
        shown.map_err(|Failure(why)| Failure(format!("{html}: {why}")))?;
        stage.hang_up("#it").await?;
        stage.all_released().await?;
    }
    for html in REFUSED {
        let body = html.replace("MARKS", MARKS) + &button("call", "emb_echo");
        stage.open(&Page::default().body(body)).await?;
        stage.good_call("#call").await?;
        // Looked at once more, and not warned of again.
        stage
            .run("it.replaceWith(it); document.body.append(document.createElement('i'))")
            .await?;
        stage.good_call("#call").await?;
        let bound = stage
            .run("return it.hasAttribute('data-vocadesk-state')")
            .await?;
        let warned = "return __harness.said.filter(({ level, message }) => level === 'WARNING' && message.startsWith('Vocadesk: ')).length";
        let warned = stage.run(warned).await?;
        ensure!(
            bound == false && warned == 1,
            "{html}: bound {bound}, {warned} warnings"
        );
    }
    Ok(())
}

/// Everything else that may name a host.
const NAMED: [&str; 5] = [
    r#"<b id="by">Sales</b><button id="call" aria-labelledby="by" MARKS>Talk</button>"#,
    r#"<label for="call">Sales</label><button id="call" MARKS>Talk</button>"#,
    r#"<button id="call" title="Sales" MARKS>Talk</button>"#,
    r#"<button id="call" aria-label="Sales" MARKS>Talk</button>"#,
    r#"<b id="by">Sales</b><div id="call" aria-labelledby="by" aria-label="Talk" MARKS>Talk</div>"#,
];

async fn the_name_says_what_a_press_does_whatever_else_names_the_host(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (nth, html) in NAMED.into_iter().enumerate() {
        let body = html.replace("MARKS", MARKS);
        stage.open(&Page::default().body(body)).await?;
        stage.state("#call", "idle").await?;
        let own =
            "[call.getAttribute('aria-label'), call.getAttribute('aria-labelledby'), call.title]";
        let before = stage.run(&format!("return {own}")).await?;
        stage.start_call("#call").await?;
        let named = "call.getAttribute('aria-label') === 'End call, In a call' && !call.hasAttribute('aria-labelledby')";
        let named = stage.until(named, SOON).await;
        named.map_err(|Failure(why)| Failure(format!("{html}: {why}")))?;
        stage.hang_up("#call").await?;
        let named = "call.getAttribute('aria-label') === 'Call ended, press to call again' && !call.hasAttribute('aria-labelledby')";
        stage.until(named, SOON).await?;
        if nth > 0 {
            stage.all_released().await?;
            continue;
        }
        // Some seconds later it waits for its next call.
        stage.state("#call", "idle").await?;
        let after = stage.run(&format!("return {own}")).await?;
        ensure!(before == after, "{html}: {before} and after a call {after}");
        ensure!(after != json!(null), "{html}");
        stage.all_released().await?;
    }
    ensure!(stage.count(END).await? == 1, "it called by itself");
    Ok(())
}

#[holds("1.label-default")]
async fn a_host_without_content_is_as_wide_as_its_label(stage: &mut Stage) -> Result<(), Failure> {
    let label = r#"data-vocadesk-label="Ring our team""#;
    let body: String = ["button", "a", "span", "b"]
        .map(|tag| format!("<p><{tag} {MARKS} {label}></{tag}></p>"))
        .concat();
    stage.open(&Page::default().body(body)).await?;
    stage
        .until(
            "document.querySelectorAll('[data-vocadesk-state]').length === 4",
            SOON,
        )
        .await?;
    let narrow = "return [...document.querySelectorAll('[data-vocadesk-embed]')].filter((host) => {
        const text = document.createElement('span');
        text.style.font = getComputedStyle(host).font;
        text.textContent = 'Ring our team';
        document.body.append(text);
        // Half a letter is free on either side: no dots in place of the last word.
        const needed = text.offsetWidth + parseFloat(getComputedStyle(host).fontSize);
        return host.offsetWidth < needed - 1;
      }).map((host) => host.localName)";
    let narrow = stage.run(narrow).await?;
    ensure!(narrow == json!([]), "too narrow: {narrow}");
    Ok(())
}
