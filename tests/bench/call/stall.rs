//! What a page that stands still for two seconds does to a call's sound.

use std::time::{Duration, Instant};

use super::control;
use super::probe::{self, Clock, Seen};
use crate::failure::Failure;
use crate::gateway::Call;
use crate::gateway::agent::AgentKind;
use crate::gateway::config::{Config, Embed};
use crate::report::Table;
use crate::stage::Stage;

/// Steady before the block; afterwards so long that three of the agent's pauses are over.
const BEFORE: Duration = Duration::from_secs(3);
const BLOCK: Duration = Duration::from_secs(2);
const AFTER: Duration = Duration::from_secs(16);

/// How long the agent still speaks without a pause after the block, and how much of the end is looked at.
const STEADY: Duration = Duration::from_secs(1);
const END: Duration = Duration::from_secs(3);

/// Whose agent speaks without a pause.
const EMBED: &str = "emb_metronome";

/// In milliseconds.
const FRAME_MS: f64 = 20.0;
const LATE_MS: f64 = 100.0;

/// Under this nothing of the tone is in 20 ms of sound: half of it.
const SILENT: f64 = 0.05;

pub fn table() -> Table {
    Table::new(
        "A page that stands still for 2 s in a call of 20 s with an agent who speaks in real time",
        &["engine", "client"],
        &[
            "mic frames",
            "over 100 ms late",
            "worst, ms",
            "left out",
            "silent 20 ms",
            "behind before, ms",
            "behind after, ms",
        ],
    )
}

/// With an agent that speaks without a pause.
pub fn config(config: Config) -> Config {
    config.embed(Embed::new(EMBED, AgentKind::Metronome))
}

/// Measures one engine's rows: the control's says what the engine does to whoever sends from a Worker.
pub async fn measure(stage: &mut Stage, table: &mut Table) -> Result<(), Failure> {
    let clock = Clock::new();
    probe::begin(stage, EMBED).await?;
    let (blocked, seen) = stand_still(stage).await?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;
    row(
        stage,
        table,
        "a call",
        &figures(&call, &seen, &clock, blocked),
    );

    probe::begin_control(stage, EMBED).await?;
    let (blocked, seen) = stand_still(stage).await?;
    control::end(stage).await?;
    let call = stage.ended_at_gateway(1).await?;
    row(
        stage,
        table,
        "control",
        &figures(&call, &seen, &clock, blocked),
    );
    Ok(())
}

fn row(stage: &Stage, table: &mut Table, client: &str, figures: &[f64]) {
    table.row(&[stage.engine.name, client], figures);
}

/// When the page stood still, and what its probe saw in all.
async fn stand_still(stage: &Stage) -> Result<(Instant, Seen), Failure> {
    tokio::time::sleep(BEFORE).await;
    let (blocked, _) = stage.block_main_thread(BLOCK).await?;
    tokio::time::sleep(AFTER).await;
    Ok((blocked, probe::seen(stage).await?))
}

fn figures(call: &Call, seen: &Seen, clock: &Clock, blocked: Instant) -> [f64; 7] {
    let frames = frames(call, blocked);
    let (before, after) = behind(seen, call, clock, blocked);
    [
        call.mic.len() as f64,
        frames.late as f64,
        frames.worst_ms,
        frames.left_out,
        silent(seen, clock.epoch_ms(blocked)) as f64,
        before,
        after,
    ]
}

/// What became of the microphone's frames.
struct Frames {
    late: usize,
    worst_ms: f64,
    left_out: f64,
}

/// A steady schedule is what the frames before the block give. Where some were left out, it is counted from
/// the end, too: what comes after a gap is not late for it.
fn frames(call: &Call, blocked: Instant) -> Frames {
    let ms = |at: Instant| at.saturating_duration_since(call.mic[0].at).as_secs_f64() * 1e3;
    let drift = |n: usize| ms(call.mic[n].at) - n as f64 * FRAME_MS;
    let count = call.mic.len();
    let middle =
        |range: std::ops::Range<usize>| probe::quantile(&range.map(drift).collect::<Vec<_>>(), 0.5);
    let steady = call.mic.iter().take_while(|f| f.at < blocked).count();
    let (before, after) = (middle(0..steady), middle(count - steady..count));
    let late = |n: &usize| drift(*n) - before.max(after) > LATE_MS;
    let latest = (0..count).map(|n| drift(n) - before).fold(0.0, f64::max);
    Frames {
        late: (0..count).filter(late).count(),
        worst_ms: latest,
        left_out: ((after - before) / FRAME_MS).round().max(0.0),
    }
}

/// Windows of the speaker's sound with nothing in them, from the block's begin on, while the agent speaks.
fn silent(seen: &Seen, from: f64) -> usize {
    let to = from + (BLOCK + STEADY).as_secs_f64() * 1e3;
    let during = seen
        .windows
        .iter()
        .filter(|(at, _)| (from..to).contains(at));
    during.filter(|(_, loudest)| *loudest < SILENT).count()
}

/// How long after it was sent a click is heard, before the block and in the last seconds.
fn behind(seen: &Seen, call: &Call, clock: &Clock, blocked: Instant) -> (f64, f64) {
    let (_, sent) = probe::clicks(call, clock);
    let delays = probe::heard(seen, sent);
    let (from, to) = (
        clock.epoch_ms(blocked),
        clock.epoch_ms(blocked + BLOCK + AFTER - END),
    );
    let of = |wanted: &dyn Fn(f64) -> bool| {
        let wanted = delays.iter().filter(|(heard, _)| wanted(*heard));
        let delays: Vec<_> = wanted.map(|(_, delay)| *delay).collect();
        probe::quantile(&delays, 0.5)
    };
    (of(&|heard| heard < from), of(&|heard| heard > to))
}
