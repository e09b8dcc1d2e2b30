//! What a page that stands still for two seconds does to a call's sound.

use std::time::{Duration, Instant};

use super::client::{self, ALL};
use super::probe::{self, Clock, SAMPLES_PER_MS, Seen};
use gateway::Call;
use gateway::agent::AgentKind;
use gateway::config::{Config, Embed};
use gateway::record::MicFrame;
use support::failure::Failure;
use support::report::Table;
use support::stage::Stage;

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
            "mic, 20 ms",
            "over 100 ms late",
            "worst, ms",
            "left out",
            "silent 20 ms",
            "behind before, ms",
            "behind after, ms",
            "clicks lost",
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
    for client in ALL {
        probe::begin(stage, client, EMBED).await?;
        let (blocked, seen) = stand_still(stage).await?;
        let call = probe::end(stage, client).await?;
        let words = [stage.engine.name, &client::name(client)];
        table.row(&words, &figures(&call, &seen, &clock, blocked));
    }
    Ok(())
}

/// When the page stood still, and what its probe saw in all.
async fn stand_still(stage: &Stage) -> Result<(Instant, Seen), Failure> {
    tokio::time::sleep(BEFORE).await;
    let (blocked, _) = stage.block_main_thread(BLOCK).await?;
    tokio::time::sleep(AFTER).await;
    Ok((blocked, probe::seen(stage).await?))
}

fn figures(call: &Call, seen: &Seen, clock: &Clock, blocked: Instant) -> [f64; 8] {
    let frames = frames(call, blocked);
    let (before, after, lost) = behind(seen, call, clock, blocked);
    [
        call.mic.iter().map(samples_ms).sum::<f64>() / FRAME_MS,
        frames.late,
        frames.worst_ms,
        frames.left_out,
        silent(seen, clock.epoch_ms(blocked)) as f64,
        before,
        after,
        lost,
    ]
}

/// What became of the microphone's sound, in frames of 20 ms however long the client's own are.
struct Frames {
    late: f64,
    worst_ms: f64,
    left_out: f64,
}

/// A steady schedule is what the frames before the block give. Where some were left out, it is counted from
/// the end, too: what comes after a gap is not late for it.
fn frames(call: &Call, blocked: Instant) -> Frames {
    let ms = |at: Instant| at.saturating_duration_since(call.mic[0].at).as_secs_f64() * 1e3;
    let mut said_ms = 0.0;
    let drift = call.mic.iter().map(|frame| {
        said_ms += samples_ms(frame);
        ms(frame.at) - said_ms
    });
    let drift: Vec<_> = drift.collect();
    let count = call.mic.len();
    let steady = call.mic.iter().take_while(|f| f.at < blocked).count();
    let middle = |drift: &[f64]| probe::quantile(drift, 0.5);
    let (before, after) = (middle(&drift[..steady]), middle(&drift[count - steady..]));
    let is_late = |drift: f64| drift - before.max(after) > LATE_MS;
    let all = drift.iter().zip(&call.mic);
    let late = all.filter(|(drift, _)| is_late(**drift));
    let late_ms = late.fold(0.0, |sum, (_, frame)| sum + samples_ms(frame));
    let latest = drift.iter().map(|drift| drift - before).fold(0.0, f64::max);
    Frames {
        late: late_ms / FRAME_MS,
        worst_ms: latest,
        left_out: ((after - before) / FRAME_MS).round().max(0.0),
    }
}

fn samples_ms(frame: &MicFrame) -> f64 {
    frame.samples.len() as f64 / SAMPLES_PER_MS
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

/// How long after it was sent a click is heard, before the block and in the last seconds; and how many between
/// the first and the last that were heard never were.
fn behind(seen: &Seen, call: &Call, clock: &Clock, blocked: Instant) -> (f64, f64, f64) {
    let (_, sent) = probe::clicks(call, clock);
    let delays = probe::heard(seen, &sent);
    let (from, to) = (
        clock.epoch_ms(blocked),
        clock.epoch_ms(blocked + BLOCK + AFTER - END),
    );
    let of = |wanted: &dyn Fn(f64) -> bool| {
        let wanted = delays.iter().filter(|(heard, _)| wanted(*heard));
        let delays: Vec<_> = wanted.map(|(_, delay)| *delay).collect();
        probe::quantile(&delays, 0.5)
    };
    let sent_at = |of: Option<&(f64, f64)>| of.map_or(f64::NAN, |(heard, delay)| heard - delay);
    // A millisecond more: sums are not exact.
    let (first, last) = (sent_at(delays.first()) - 1.0, sent_at(delays.last()) + 1.0);
    let between = sent.iter().filter(|at| (first..last).contains(*at)).count();
    let lost = between as f64 - delays.len() as f64;
    (of(&|heard| heard < from), of(&|heard| heard > to), lost)
}
