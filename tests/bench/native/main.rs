//! `scripts/bench native`: what our own code costs, natively and optimised for size as it ships: a block of
//! 128 frames each way on every device, a frame of the wire each way, the playout's decisions. Criterion
//! measures; the table and `target/bench/native.json` hold its means.

mod means;
mod sound;
mod wire;

use std::time::Duration;

use criterion::Criterion;

/// What a peer's result is named beside ours.
const PEER: &str = "serde_json and base64";

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    sound::blocks(&mut criterion);
    sound::playout(&mut criterion);
    wire::frames(&mut criterion);
    criterion.final_summary();
    if let Err(why) = means::report() {
        eprintln!("native: {why}");
    }
}
