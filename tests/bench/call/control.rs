//! The least JavaScript that makes the same call, on a page of its own: what the engine itself costs and does.

use crate::failure::Failure;
use crate::page::{Page, Placement};
use crate::stage::Stage;
use crate::visitor::SOON;

/// Begins a call with this embed's agent, in a context of this rate; 0 is the device's.
pub async fn begin(stage: &Stage, page: Page, rate_hz: u32, embed: &str) -> Result<(), Failure> {
    let (api, wss) = (stage.gateway.api_url(), stage.gateway.wss_url());
    let body = format!(
        r#"<button id="call" onclick="talk('{api}', '{wss}', {rate_hz}, '{embed}')">Talk</button>
           <script>{}</script>"#,
        include_str!("control.js")
    );
    stage
        .open(&page.script(Placement::Absent).body(body))
        .await?;
    stage.click("#call").await?;
    stage.until("window.sounds", SOON).await.map(drop)
}

/// Ends it; the page stays as it is.
pub async fn end(stage: &Stage) -> Result<(), Failure> {
    stage.run("hangUp()").await.map(drop)
}
