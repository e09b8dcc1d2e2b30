//! What a long call takes of memory and of the line.

use std::time::Duration;

use support::failure::Failure;
use support::page::{Page, button};
use support::process_tree;
use support::report::Table;
use support::stage::Stage;

/// `scripts/bench call-memory 600` makes it ten minutes.
const USUAL_SECS: u64 = 60;

/// Compilers and caches have done their work.
const SETTLE: Duration = Duration::from_secs(10);

/// `{"type":"audio","data":"…"}` with 960 bytes in base64, and the frame's own header with its mask.
const FRAME_BYTES: f64 = 26.0 + 1_280.0 + 8.0;

pub fn table() -> Table {
    Table::new(
        "A long call with an agent that says everything back (of the page's process)",
        &["engine"],
        &[
            "seconds",
            "MB after 10 s",
            "MB at the end",
            "MB at the most",
            "kB a minute",
            "bytes up a second",
        ],
    )
}

/// Measures one engine's row.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    let seconds = std::env::args().nth(2).and_then(|word| word.parse().ok());
    let seconds: u64 = seconds.unwrap_or(USUAL_SECS);
    super::without_tap(stage);
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    let renderer = stage.renderer().await?;
    let used = || process_tree::private_bytes(renderer).unwrap_or_default() as f64;
    tokio::time::sleep(SETTLE).await;
    let (begin, mut most) = (used(), 0.0f64);
    for _ in SETTLE.as_secs()..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        most = most.max(used());
    }
    let end = used();
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;
    let lasted = call.duration().unwrap_or_default().as_secs_f64();
    let minutes = (seconds - SETTLE.as_secs().min(seconds)) as f64 / 60.0;
    table.row(
        &[stage.engine.name],
        &[
            seconds as f64,
            begin / 1e6,
            end / 1e6,
            most / 1e6,
            (end - begin) / 1e3 / minutes,
            call.mic.len() as f64 * FRAME_BYTES / lasted,
        ],
    );
    Ok(())
}
