//! axe-core looks at the playground, wide and on a phone, light and dark.

use serde_json::{Value, json};

use super::{enter, leave, open, setting};
use crate::trial::{Trial, trial};
use support::extension::Extension;
use support::failure::{Failure, ensure};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(axe_finds_nothing_in_the_playground, setting())
            .in_one_engine("axe judges our markup and colours, engine-independent")
            .own_browser("emulated media and a phone's width"),
    ]
}

/// Without the preview: what is in there is tried by itself.
const AXE: &str = "const [done] = arguments;
    axe.run(document, { resultTypes: ['violations'], iframes: false }).then(
      ({ violations, passes }) => done([passes.length, ...violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, any, html }) => `${JSON.stringify(target)} ${any[0]?.message ?? ''} ${html.slice(0, 120)}`).join('; ')}`)]),
      (error) => done([0, String(error)]))";

async fn axe_finds_nothing_in_the_playground(stage: &mut Stage) -> Result<(), Failure> {
    let axe = support::project().join("node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe)?;
    let devtools = async |command: &str, parameters: Value| -> Result<(), Failure> {
        let command = Extension::devtools_with(command, parameters);
        Ok(stage
            .browser()?
            .client()
            .issue_cmd(command)
            .await
            .map(drop)?)
    };
    for (width, scheme) in [
        (1400, "light"),
        (1400, "dark"),
        (360, "light"),
        (360, "dark"),
    ] {
        let what = format!("{width} px, {scheme}");
        let screen = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width == 360 });
        devtools("Emulation.setDeviceMetricsOverride", screen).await?;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        devtools("Emulation.setEmulatedMedia", features).await?;
        open(
            stage,
            "far=token_failed&policy=own&own=img-src+*&fg=%23777777&code=react",
        )
        .await?;
        enter(stage).await?;
        stage.fail_call(".talk", "token_failed").await?;
        leave(stage).await?;
        let told = "document.querySelector('#log [data-type=error]') && diagnostics.textContent";
        stage.until(told, SOON).await?;
        let wide = stage
            .run("return document.documentElement.scrollWidth - innerWidth")
            .await?;
        ensure!(wide.as_f64() <= Some(0.0), "{what}: {wide} px too wide");
        stage.run(&axe).await?;
        let found = stage.browser()?.run_async(AXE, Vec::new()).await?;
        let found = found.as_array().cloned().unwrap_or_default();
        let [passes, violations @ ..] = found.as_slice() else {
            return Err("axe says nothing".into());
        };
        ensure!(violations.is_empty(), "{what}: {violations:#?}");
        ensure!(passes.as_u64() > Some(15), "{what}: only {passes} rules");
    }
    Ok(())
}
