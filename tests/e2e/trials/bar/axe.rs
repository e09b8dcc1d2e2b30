//! axe-core looks at every state, in every theme.

use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use gateway::Answer;
use support::bar::{BarButton, OPEN_ROOTS};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::prompt::PROMPT;
use support::stage::{Setting, Stage};
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    let setting = Setting {
        deadline: std::time::Duration::from_secs(480),
        ..Setting::walked()
    };
    vec![trial!(axe_finds_nothing_in_any_state_and_theme, setting).in_one_engine("axe judges our own markup and names, engine-independent; colours as computed are judged in all by theme/colours and bar/preferences")]
}

/// One whose colours nobody could tell apart on the bar, our own colours, and a light theme: each state begins in the
/// last of them.
const THEMES: [&str; 3] = [
    ILLEGIBLE,
    "",
    "--vocadesk-bg: #ffffff; --vocadesk-fg: #16202e; --vocadesk-accent: #1659d8; --vocadesk-danger: #c4233b; --vocadesk-muted: #5c6675",
];
const ILLEGIBLE: &str = "--vocadesk-bg: #767676; --vocadesk-fg: #ffffff; --vocadesk-accent: #6f6f6f; --vocadesk-danger: #808080; --vocadesk-muted: #888888";

/// Without the one rule that takes the site's own content for visible: ours covers it, and it is ours that the name has
/// to hold; that is looked at here.
const RUN: &str = "const [selector, done] = arguments;
    axe.run(document.querySelector(selector), { resultTypes: ['violations'], rules: { 'label-content-name-mismatch': { enabled: false } } }).then(
      ({ violations, passes }) => done({ violations: violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, any, html }) => `${JSON.stringify(target)} ${any[0]?.message ?? ''} ${html.slice(0, 120)}`).join('; ')}`),
        passes: passes.length }),
      (error) => done({ violations: [String(error)], passes: 0 }))";

async fn axe_finds_nothing_in_any_state_and_theme(stage: &mut Stage) -> Result<(), Failure> {
    let file = support::project().join("node_modules/axe-core/axe.min.js");
    let axe = Answer::new(200, "text/javascript", std::fs::read(file)?);
    stage.gateway.site_answer("/harness/axe.js", axe);
    let head = format!(r#"{OPEN_ROOTS}{PROMPT}<script src="/harness/axe.js"></script>"#);
    let host = button("call", "emb_echo")
        .replace("<button", r#"<button style="width: 300px; height: 60px""#);
    let body = format!("<main><h1>A shop</h1>{host}</main>");
    stage.open(&Page::default().head(head).body(body)).await?;
    let stage = &*stage;
    let clean = async |what: &str| {
        for theme in THEMES {
            stage
                .run(&format!(
                    "call.style.cssText = 'width: 300px; height: 60px; {theme}'"
                ))
                .await?;
            // The bar takes over a theme with its next second.
            if matches!(what, "live" | "reconnecting" | "ending") {
                stage.bar().await?;
                let bg = "getComputedStyle(inBar('.bar')).backgroundColor === getComputedStyle(call).backgroundColor";
                stage.until(bg, SOON).await?;
                // It appears in a sixth of a second.
                stage
                    .until("!theBar().shadowRoot.getAnimations().length", SOON)
                    .await?;
            }
            // Bar and host correct colours that fail: the bar as soon as they change, the host with its clock or its
            // next state, and never the site's own words in idle.
            let within = match (theme == ILLEGIBLE, what) {
                (true, "live" | "reconnecting" | "ending") => "[data-vocadesk-bar]",
                (true, _) => continue,
                (false, _) => "html",
            };
            let found = stage.browser()?.run_async(RUN, vec![json!(within)]).await?;
            let named = "const shown = __harness.drawnOn(call)?.text ?? call.textContent;
                return (call.ariaLabel ?? call.getAttribute('aria-label') ?? call.textContent).includes(shown)";
            let named = stage.run(named).await?;
            ensure!(
                named == true,
                "{what}: the name does not hold what is shown"
            );
            let none = found["violations"].as_array().is_some_and(Vec::is_empty);
            ensure!(none, "{what}, {theme:?}: {:#}", found["violations"]);
            ensure!(
                found["passes"].as_u64() > Some(5),
                "it has looked at nothing: {found}"
            );
        }
        Ok(())
    };
    stage
        .walk("#call", async |state| {
            clean(state).await?;
            if state == "live" {
                for button in [BarButton::Mute, BarButton::Captions, BarButton::Options] {
                    stage.press_in_bar(button).await?;
                }
                clean("live").await?;
            }
            Ok(())
        })
        .await?;
    // The instrument works: it finds what is wrong.
    stage
        .run("document.body.append(document.createElement('button'))")
        .await?;
    let found: Value = stage.browser()?.run_async(RUN, vec![json!("html")]).await?;
    ensure!(
        found["violations"].to_string().contains("button-name"),
        "it finds nothing: {found}"
    );
    Ok(())
}
