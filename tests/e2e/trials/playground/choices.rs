//! Each choice, the address that keeps it, and the contrast of the colours.

use serde_json::json;

use super::{choose, open, previewed, setting};
use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(
            each_choice_of_the_playground_changes_its_preview_and_its_address,
            setting()
        ),
        trial!(
            the_playground_says_what_each_colour_gives_and_warns_of_what_cannot_be_read,
            setting()
        ),
    ]
}

/// Each choice, and what the preview is then.
const CHANGES: [(&str, &str, &str); 18] = [
    (
        "kind",
        "div",
        "host.localName === 'div' && host.role === 'button'",
    ),
    ("kind", "element", "host.localName === 'talk-button'"),
    (
        "kind",
        "mount",
        "host.id === 'talk' && !('vocadeskEmbed' in host.dataset)",
    ),
    ("kind", "button", "host.localName === 'button'"),
    (
        "label",
        "Ask <us> & \"them\"",
        "host.textContent === 'Ask <us> & \"them\"'",
    ),
    ("size", "small", "host.offsetWidth === 160"),
    (
        "size",
        "full",
        "host.offsetWidth === page.querySelector('#place').offsetWidth",
    ),
    (
        "shape",
        "square",
        "page.defaultView.getComputedStyle(host).borderTopLeftRadius === '0px'",
    ),
    (
        "controls",
        "none",
        "host.dataset.vocadeskControls === 'none'",
    ),
    ("controls", "ui", "host.dataset.vocadeskUi === 'none'"),
    ("lang", "de", "host.dataset.vocadeskLang === 'de'"),
    ("dir", "rtl", "page.dir === 'rtl' && host.dir === 'rtl'"),
    (
        "page",
        "dark",
        "page.defaultView.getComputedStyle(page.documentElement).backgroundColor === 'rgb(18, 23, 29)'",
    ),
    (
        "bg",
        "#00ff00",
        "page.defaultView.getComputedStyle(host).backgroundColor === 'rgb(0, 255, 0)'",
    ),
    (
        "far",
        "silent",
        "host.dataset.vocadeskEmbed === 'emb_silent'",
    ),
    (
        "policy",
        "least",
        "new URL(page.URL).searchParams.get('csp')?.includes(\"'self'; connect-src\")",
    ),
    ("room", "phone", "page.defaultView.innerWidth <= 360"),
    (
        "own",
        "img-src 'self'",
        "new URL(page.URL).searchParams.get('own') === \"img-src 'self'\"",
    ),
];

async fn each_choice_of_the_playground_changes_its_preview_and_its_address(
    stage: &mut Stage,
) -> Result<(), Failure> {
    open(stage, "").await?;
    for (name, value, what) in CHANGES {
        choose(stage, name, value).await?;
        previewed(stage, what).await?;
        // The button is the default, of which an address says nothing.
        let stands = format!(
            "(new URL(document.URL).searchParams.get({0}) ?? 'button') === {1}",
            json!(name),
            json!(value)
        );
        stage.until(&stands, SOON).await?;
        previewed(stage, "host.dataset.vocadeskState === 'idle'").await?;
    }
    // The address alone says it all; what it says wrong is as if it had not been said.
    let address = stage.run("return location.search.slice(1)").await?;
    let address = address.as_str().ok_or("no address")?;
    let wrong = "&shape=cube&bg=red&far=toString&kind=__proto__&nobody=1";
    open(
        stage,
        &format!("{}{wrong}", address.replace("shape=square", "")).replace("bg=%2300ff00", ""),
    )
    .await?;
    previewed(
        stage,
        "host.localName === 'button' && host.textContent.startsWith('Ask <us>') && host.dataset.vocadeskLang === 'de'
         && page.defaultView.getComputedStyle(host).backgroundColor === 'rgb(11, 29, 54)'
         && page.defaultView.getComputedStyle(host).borderTopLeftRadius === '999px'",
    )
    .await?;
    // Back to the beginning by the form's own button.
    stage.click("button[type=reset]").await?;
    previewed(
        stage,
        "host.textContent === 'Talk to us' && page.dir === 'ltr'",
    )
    .await
}

async fn the_playground_says_what_each_colour_gives_and_warns_of_what_cannot_be_read(
    stage: &mut Stage,
) -> Result<(), Failure> {
    open(stage, "").await?;
    let said = "return [...document.querySelectorAll('.verdict')].map((verdict) => verdict.textContent).concat(low.hidden)";
    // 16.86, 5.26, 5.59 and 5.87: nobody is given more than there is.
    let default = stage.run(said).await?;
    ensure!(
        default == json!(["", "16.8:1", "5.2:1", "5.5:1", "5.8:1", true]),
        "the default: {default}"
    );
    choose(stage, "fg", "#777777").await?;
    let low = stage.run(said).await?;
    ensure!(
        low == json!(["", "3.7:1, too low", "5.2:1", "5.5:1", "5.8:1", false]),
        "grey on the default: {low}"
    );
    Ok(())
}
