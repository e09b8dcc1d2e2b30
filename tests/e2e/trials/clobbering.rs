//! Elements that are called like what the DOM has (DOM clobbering): sanitisers keep `name` and `id`. A document answers with such
//! an element instead of its own member, a form with its field, a window where it has nothing by that name.

use holds::holds;

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, Placement, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(no_name_of_an_element_keeps_a_call_from_working),
        trial!(a_form_is_no_call_button_and_no_field_of_it_takes_the_others_away),
    ]
}

/// What we, or the browser's glue, could ask of a document, a window or a form.
const NAMES: &str = "querySelector querySelectorAll addEventListener createElement createElementNS body documentElement head
    baseURI URL documentURI location hidden visibilityState activeElement adoptedStyleSheets host parentNode parentElement
    getRootNode contains matches closest append appendChild dispatchEvent ownerDocument isConnected tagName nodeName localName
    nodeType namespaceURI getAttribute setAttribute hasAttribute attributes dataset style popover lang dir open form type
    children childNodes shadowRoot nonce disabled title";

fn all_of(element: &str) -> String {
    NAMES
        .split_whitespace()
        .map(|name| element.replace("NAME", name))
        .collect()
}

/// A call of `#call` as it should be, with its bar. The document is asked for nothing: it does not answer.
async fn good_call(stage: &Stage) -> Result<(), Failure> {
    let calls = stage.gateway.record().calls.len();
    let is = |state: &str| format!("window.call.dataset.vocadeskState === '{state}'");
    stage.until(&is("idle"), SOON).await?;
    stage.click_at_middle("window.call").await?;
    stage.until(&is("live"), SOON).await?;
    let bar = "Document.prototype.querySelector.call(document, '[data-vocadesk-bar]')?.getBoundingClientRect().width > 99";
    stage.until(bar, SOON).await?;
    stage.heard_at_gateway(calls, 5).await?;
    stage.click_at_middle("window.call").await?;
    stage.until(&is("ended"), SOON).await?;
    stage.all_released().await?;
    stage.microphone_is_off().await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    Ok(())
}

async fn no_errors(stage: &Stage) -> Result<(), Failure> {
    let errors = stage.run("return __harness.errors").await?;
    let none = errors.as_array().is_some_and(Vec::is_empty);
    ensure!(none, "the page saw {errors}");
    Ok(())
}

#[holds("1.clobbering", "7.no-thrown-error")]
async fn no_name_of_an_element_keeps_a_call_from_working(stage: &mut Stage) -> Result<(), Failure> {
    let host = button("call", "emb_echo");
    let images = all_of(r#"<img name="NAME" id="NAME" alt="">"#);
    let fields = all_of(r#"<input name="NAME" id="form.NAME" type="hidden">"#);
    for (what, html, placement) in [
        (
            "the document's",
            format!("{images}{host}"),
            Placement::EndOfBody,
        ),
        (
            "the document's, afterwards",
            format!("{host}{images}"),
            Placement::Blocking,
        ),
        (
            "a form's",
            format!(
                r#"<form id="around" action="/submitted">{fields}<p id="beside">Text</p>{host}</form>"#
            ),
            Placement::Defer,
        ),
        (
            "those of a form that covers the page",
            format!(
                r#"<form popover="auto" id="around">{fields}<p id="beside">Text</p>{host}</form>
                <script>HTMLElement.prototype.showPopover?.call(around)</script>"#
            ),
            Placement::Defer,
        ),
    ] {
        let told = |Failure(why)| Failure(format!("{what} names: {why}"));
        let page = Page::default().script(placement).body(html);
        stage.open(&page).await?;
        if has_text(stage).await? {
            // Nobody's call button: neither before the wasm is there nor after.
            stage.click_at_middle("beside").await.map_err(told)?;
        }
        good_call(stage).await.map_err(told)?;
        no_errors(stage).await.map_err(told)?;
        // Drivers ask the document where it is before they go elsewhere.
        stage
            .run("for (const image of Document.prototype.querySelectorAll.call(document, 'img')) image.remove()")
            .await?;
    }
    Ok(())
}

async fn has_text(stage: &Stage) -> Result<bool, Failure> {
    let has = stage.run("return !!window.beside").await?;
    Ok(has == true)
}

#[holds("1.clobbering", "7.no-thrown-error")]
async fn a_form_is_no_call_button_and_no_field_of_it_takes_the_others_away(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let fields = all_of(r#"<input name="NAME" type="hidden">"#);
    for html in [
        format!(
            r#"<form data-vocadesk-embed="emb_demo" id="marked">{fields}<p id="beside">Text</p></form>"#
        ),
        r#"<form data-vocadesk-embed="emb_demo" id="marked"><p id="beside">Text</p></form>"#
            .to_owned(),
    ] {
        let body = html + &button("call", "emb_echo");
        stage.open(&Page::default().body(body)).await?;
        stage.click_at_middle("beside").await?;
        good_call(stage).await?;
        stage.click_at_middle("beside").await?;
        stage
            .run("Vocadesk.mount(marked, { embedId: 'emb_demo' }).start()")
            .await?;
        // A look later it is as it was.
        stage.run("marked.after('Text')").await?;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let bound = stage
            .run("return Element.prototype.hasAttribute.call(marked, 'data-vocadesk-state')")
            .await?;
        ensure!(bound == false, "a form is a host");
        let said = "return __harness.said.filter(({ level, message }) => level === 'WARNING' && message.includes('a form is no call button')).length";
        let said = stage.run(said).await?;
        ensure!(said == 1, "{said} warnings");
        let kinds = stage.kinds_since(0).await?;
        ensure!(kinds == [START, END], "{kinds:?}");
        no_errors(stage).await?;
    }
    Ok(())
}
