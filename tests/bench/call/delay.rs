//! How long sound takes: from the microphone to the gateway, with the 20 ms in which its frame is filled;
//! and from the gateway to the speaker, a frame's first sample. What the devices themselves take, before and
//! after, is the browser's and the machine's.

use std::time::Duration;

use super::client::{self, ALL};
use super::probe::{self, Clock};
use support::failure::Failure;
use support::report::Table;
use support::stage::Stage;

/// 186 clicks for ours, 62 for others.
const RUN: Duration = Duration::from_secs(60);
const RUN_OF_OTHERS: Duration = Duration::from_secs(20);

pub fn table() -> Table {
    Table::new(
        "How long a click takes, through a gateway on this machine (ms)",
        &["engine", "client"],
        &[
            "mouth to gateway p50",
            "p99",
            "gateway to speaker p50",
            "p99 ",
            "clicks sent",
            "heard",
            "p50s to a call's",
        ],
    )
}

/// Measures one engine's rows.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    let mut a_call = None;
    for client in ALL {
        probe::begin(stage, client, "emb_echo").await?;
        let clock = Clock::new();
        let run = client.map_or(RUN, |_| RUN_OF_OTHERS);
        tokio::time::sleep(run).await;
        let seen = probe::seen(stage).await?;
        let call = probe::end(stage, client).await?;
        let (came, left) = probe::clicks(&call, &clock);
        let sent = left.len() as f64;
        let up = probe::delays(&seen.spoken, &came);
        let down = probe::heard(&seen, &left).into_iter();
        let down: Vec<_> = down.map(|(_, delay)| delay).collect();
        let of = |delays: &[f64]| [0.5, 0.99].map(|part| probe::quantile(delays, part));
        let ([up50, up99], [down50, down99]) = (of(&up), of(&down));
        let both = up50 + down50;
        let ratio = both / *a_call.get_or_insert(both);
        let heard = seen.heard.len() as f64;
        let figures = [up50, up99, down50, down99, sent, heard, ratio];
        table.row(&[stage.engine.name, &client::name(client)], &figures);
    }
    Ok(())
}
