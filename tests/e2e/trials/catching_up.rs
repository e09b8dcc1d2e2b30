//! After a stall the agent is soon heard in time again: what it left behind is taken out of the pauses.

use std::time::{Duration, Instant};

use crate::engine::{Relays, Without};
use crate::failure::{Failure, ensure};
use crate::gateway::Record;
use crate::gateway::agent::AgentKind;
use crate::gateway::config::Embed;
use crate::page::Page;
use crate::runner::{Trial, trial};
use crate::stage::{Setting, Stage};

const BLOCK: Duration = Duration::from_secs(2);
const FRAME_SAMPLES: usize = 480;
const FRAMES_PER_SEC: usize = 50;

/// The metronome clicks every 230 ms, over a tone of a tenth of full scale.
const LOUD: f32 = 0.4;
const APART_SECS: f64 = 0.1;

/// It speaks for eight seconds without a pause, then pauses for 0.9 s in every 3.2 s: the two seconds are
/// made up in three of them.
const FRAMES_BEFORE: usize = 3 * FRAMES_PER_SEC;
const FRAMES_IN_ALL: usize = 22 * FRAMES_PER_SEC;

/// When the third of those pauses is over: from then on there was time enough.
const CAUGHT_UP_SECS: f64 = 8.0 + 3.0 * 0.92 + 2.0 * 2.3;

/// Clicks that tell the delay, together: what holds up one of them tells nothing.
const CLICKS: usize = 8;

pub fn trials() -> Vec<Trial> {
    let metronome = Setting::default()
        .config(|config| config.embed(Embed::new("emb_demo", AgentKind::Metronome)));
    vec![trial!(
        after_a_blocked_page_the_agent_is_soon_heard_in_time_again,
        metronome
    )]
}

async fn after_a_blocked_page_the_agent_is_soon_heard_in_time_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    sent(stage, FRAMES_BEFORE).await?;
    stage.block_main_thread(BLOCK).await?;
    sent(stage, FRAMES_IN_ALL).await?;
    let heard = stage.heard().await?;
    let heard = heard.last().ok_or("no context")?;
    let call = stage.gateway.record().calls[0].clone();
    stage.hang_up("#call").await?;

    let samples = |frame: &Vec<i16>| frame.iter().map(|s| f32::from(*s) / 32_768.0).collect();
    let said: Vec<Vec<f32>> = call.sent.iter().map(|f| samples(&f.samples)).collect();
    let since = |at: Instant| at.duration_since(call.sent[0].at).as_secs_f64();
    let said: Vec<usize> = clicks(&said.concat(), 24_000);
    let sent = said.iter().map(|click| {
        let place = click % FRAME_SAMPLES;
        since(call.sent[click / FRAME_SAMPLES].at) + place as f64 / 24_000.0
    });
    let came = clicks(&heard.samples, heard.rate);
    let came = came.into_iter().map(|c| c as f64 / f64::from(heard.rate));
    // Which clock began when is no matter, nor whether the first click was lost in a fade: how the
    // delay grows is.
    let delays: Vec<f64> = came.zip(sent).map(|(came, sent)| came - sent).collect();
    ensure!(delays.len() > 4 * CLICKS, "{} clicks", delays.len());
    let before = middle(&delays[..CLICKS]);
    // Once it was in time it had caught up: what a busy machine brings late after that is another matter.
    let is_due = |click: &usize| *click as f64 >= CAUGHT_UP_SECS * 24_000.0;
    let due = said.iter().position(is_due).unwrap_or(said.len());
    let due = delays.get(due..).unwrap_or_default();
    let after = due.windows(CLICKS).map(middle);
    let after = after
        .min_by(f64::total_cmp)
        .ok_or("the agent was not heard so long")?;
    // From the requirement. Where the page makes the sound itself the playout has seen two seconds of lateness,
    // and holds back what is said next by the 150 ms that are its most; two blocks of 46 ms wait on either side.
    let most = match (stage.engine.without, stage.engine.relays) {
        (Without::Worklet, _) => 0.33,
        (_, Relays::Ports) => 0.1,
        (_, Relays::Nothing | Relays::Sockets) => 0.04,
    };
    ensure!(
        after - before <= most,
        "{:.0} ms behind: {delays:.3?}",
        (after - before) * 1e3
    );
    Ok(())
}

/// Waits until the agent has sent so many frames.
async fn sent(stage: &Stage, frames: usize) -> Result<(), Failure> {
    let sent = |record: &Record| (record.calls.first()?.sent.len() >= frames).then_some(());
    let what = "what the agent says";
    let deadline = Duration::from_secs(30);
    Ok(stage.gateway.wait_for(what, deadline, sent).await?)
}

/// Where clicks begin.
fn clicks(samples: &[f32], rate: u32) -> Vec<usize> {
    let apart = (APART_SECS * f64::from(rate)) as usize;
    let mut found: Vec<usize> = Vec::new();
    for (at, sample) in samples.iter().enumerate() {
        if sample.abs() > LOUD && found.last().is_none_or(|last| at - last > apart) {
            found.push(at);
        }
    }
    found
}

fn middle(of: &[f64]) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
