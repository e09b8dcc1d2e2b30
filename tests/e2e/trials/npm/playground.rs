//! What the demo's playground writes for React, Vue and Svelte, built as a developer's site would be.

use super::{built, in_silence, script_url, setting};
use crate::trial::{Trial, trial};
use gateway::Answer;
use support::failure::{Failure, ensure};
use support::page::{Page, Placement};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(
            the_code_that_the_playground_writes_for_each_framework_calls,
            setting()
        )
        .in_one_engine(
            "what the components do is tried in all engines elsewhere; here it is that the code is right",
        ),
    ]
}

async fn the_code_that_the_playground_writes_for_each_framework_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let code = std::fs::read_to_string(built()?.join("playground/site/main.js"))?;
    ensure!(
        code.contains("{{SCRIPT_URL}}") && code.contains("{{API_URL}}"),
        "it names no address of the playground's"
    );
    let code = code
        .replace("{{SCRIPT_URL}}", &script_url(stage))
        .replace("{{API_URL}}", &stage.gateway.api_url());
    let answer = Answer::new(200, "text/javascript", code);
    stage.gateway.site_answer("/written/main.js", answer);
    let body = r#"<main></main><script type="module" src="/written/main.js"></script>"#;
    let page = Page::default().script(Placement::Absent).body(body);
    let mut files = 0;
    for kind in ["button", "div", "element"] {
        for name in ["Talk.jsx", "Talk.vue", "Talk.svelte"] {
            let file = format!("./{kind}/{name}");
            stage.open(&page).await?;
            let show = format!("written['{file}'](document.querySelector('main'))");
            stage.until("window.written", SOON).await?;
            stage.run(&show).await?;
            let named = "document.querySelector('main .talk') && (document.querySelector('main .talk').id = 'call')";
            stage.until(named, SOON).await?;
            let called = async {
                stage.state("#call", "idle").await?;
                stage.good_call("#call").await?;
                in_silence(stage).await
            };
            let called = called.await;
            called.map_err(|Failure(why)| Failure(format!("{file}: {why}")))?;
            files += 1;
        }
    }
    ensure!(files == 9, "{files} files");
    Ok(())
}
