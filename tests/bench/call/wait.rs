//! How long a visitor waits for a call.

use crate::failure::Failure;
use crate::page::{Page, button};
use crate::report::Table;
use crate::stage::Stage;

/// Calls whose start is timed; the middle one counts.
const STARTS: usize = 11;

/// Notes when the visitor clicks, by the clock that our events are noted with.
const CLICKS: &str = "<script>addEventListener('click', () => { window.clicked = performance.now(); }, true);</script>";

pub fn table() -> Table {
    Table::new(
        "How long a visitor who has allowed the microphone waits (ms, the middle one of 11 calls)",
        &["engine"],
        &["click to start", "click to first frame at the gateway"],
    )
}

/// Measures one engine's row.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    let page = Page::default()
        .head(CLICKS)
        .body(button("call", "emb_echo"));
    stage.open(&page).await?;
    stage.state("#call", "idle").await?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start(stage).await?);
    }
    let middle = |of: fn(&(f64, f64)) -> f64| {
        let mut all: Vec<_> = starts.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let figures = [middle(|s| s.0), middle(|s| s.1)];
    table.row(&[stage.engine.name], &figures);
    Ok(())
}

/// From the click to `vocadesk:start`, and to the first frame at the gateway.
async fn start(stage: &Stage) -> Result<(f64, f64), Failure> {
    let calls = stage.gateway.record().calls.len();
    let started = stage.start_call("#call").await?;
    let clicked = stage
        .run("return clicked")
        .await?
        .as_f64()
        .unwrap_or(f64::NAN);
    stage.heard_at_gateway(calls, 1).await?;
    let call = stage.gateway.record().calls[calls].clone();
    let answered = call.started.ok_or("not started")?;
    let first = call.mic[0].at.saturating_duration_since(answered);
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    let waited = started.at - clicked;
    Ok((waited, waited + first.as_secs_f64() * 1e3))
}
