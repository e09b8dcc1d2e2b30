//! How long sound takes: from the microphone to the gateway, with the 20 ms in which its frame is filled;
//! and from the gateway to the speaker, a frame's first sample. What the devices themselves take, before and
//! after, is the browser's and the machine's.

use std::time::Duration;

use super::probe::{self, Clock};
use crate::failure::Failure;
use crate::report::Table;
use crate::stage::Stage;

/// 186 clicks.
const RUN: Duration = Duration::from_secs(60);

pub fn table() -> Table {
    Table::new(
        "How long a click takes, through a gateway on this machine (ms)",
        &["engine"],
        &[
            "mouth to gateway p50",
            "p99",
            "gateway to speaker p50",
            "p99 ",
            "clicks",
        ],
    )
}

/// Measures one engine's row.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    probe::begin(stage, "emb_echo").await?;
    let clock = Clock::new();
    tokio::time::sleep(RUN).await;
    let seen = probe::seen(stage).await?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;
    let (came, left) = probe::clicks(&call, &clock);
    let up = probe::delays(&seen.spoken, &came);
    let down: Vec<_> = probe::heard(&seen, left)
        .into_iter()
        .map(|(_, delay)| delay)
        .collect();
    let of = |delays: &[f64]| [0.5, 0.99].map(|part| probe::quantile(delays, part));
    let ([up50, up99], [down50, down99]) = (of(&up), of(&down));
    let figures = [up50, up99, down50, down99, down.len() as f64];
    table.row(&[stage.engine.name], &figures);
    Ok(())
}
