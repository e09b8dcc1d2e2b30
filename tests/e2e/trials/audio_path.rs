//! The promise of the three wings: a page that stands still for two seconds loses not one word, in
//! neither direction.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::engine::{Engine, Relays};
use crate::failure::{Failure, ensure};
use crate::gateway::Call;
use crate::gateway::agent::{AgentKind, speech};
use crate::gateway::config::Embed;
use crate::gateway::misbehave::Act;
use crate::gateway::record::MicFrame;
use crate::page::Page;
use crate::runner::{Trial, trial};
use crate::sound::{self, Followed};
use crate::stage::{Setting, Stage, speaks_after};

const BLOCK: Duration = Duration::from_secs(2);
/// How long a frame may wait for the socket.
const KEPT_SECS: f64 = 1.0;
const FRAME_SECS: f64 = 0.02;
const FRAME_SAMPLES: usize = 480;
const RATE_HZ: u32 = 24_000;

pub fn trials() -> Vec<Trial> {
    let burst = Setting::default().config(|mut config| {
        let frame = |samples: &[i16]| Act::Text(audio_frame(samples));
        let frames = long_speech();
        let frames = frames.chunks(FRAME_SAMPLES).map(frame);
        // A millionth of a second apart: a script of one moment has no order.
        let moments = (0..).map(Duration::from_micros);
        config.agent.script = moments.zip(frames).collect();
        config.embed(Embed::new("emb_demo", AgentKind::Script))
    });
    // A microphone that is quiet: one that beeps would interrupt the parrot.
    let quiet = Setting::microphone(speaks_after(60.0));
    vec![
        trial!(
            a_blocked_page_loses_no_word_of_an_agent_who_said_all_at_once,
            burst
        ),
        trial!(
            a_blocked_page_loses_no_word_of_an_agent_who_speaks_in_real_time,
            quiet
        ),
    ]
}

/// Some eight seconds.
fn long_speech() -> Vec<i16> {
    [speech::greeting(), speech::visitor()].concat()
}

fn audio_frame(samples: &[i16]) -> String {
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    json!({ "type": "audio", "data": STANDARD.encode(bytes) }).to_string()
}

async fn a_blocked_page_loses_no_word_of_an_agent_who_said_all_at_once(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let speech = long_speech();
    let followed = blocked_in_mid_call(stage, &speech).await?;
    // All of it was here before the page stood still. Only in WebKit it had still to be handed on.
    ensure!(
        stage.engine.relays == Relays::Ports || followed.pauses() <= FRAME_SECS,
        "a gap in what was heard: {followed:?}"
    );
    Ok(())
}

async fn a_blocked_page_loses_no_word_of_an_agent_who_speaks_in_real_time(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let speech = speech::greeting();
    blocked_in_mid_call(stage, &speech).await.map(drop)
}

async fn blocked_in_mid_call(stage: &mut Stage, speech: &[i16]) -> Result<Followed, Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    // The agent speaks by now, and still does when the block is over.
    stage.heard_at_gateway(0, 50).await?;
    let (blocked, freed) = stage.block_main_thread(BLOCK).await?;
    // Until the speech is over, and a second for what is under way.
    let mut frames = speech.len() / FRAME_SAMPLES + 50;
    if stage.engine.relays != Relays::Nothing {
        // What the agent said meanwhile is heard as much later.
        frames += (BLOCK.as_secs_f64() / FRAME_SECS) as usize;
    }
    stage.heard_at_gateway(0, frames).await?;
    let heard = stage.heard().await?;
    let heard = heard.last().ok_or("no context")?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;

    no_frame_lost(stage.engine, &call)?;
    let reference = sound::resample(&sound::from_pcm(speech), RATE_HZ, heard.rate);
    let followed = sound::follow(&reference, &heard.samples, heard.rate);
    if stage.engine.relays != Relays::Nothing {
        // It comes late, in both directions; nothing is lost. A pause spoils the piece that it falls into.
        let intact = followed.intact().len();
        ensure!(
            intact + 2 >= followed.delays.len() && followed.left_out() <= FRAME_SECS,
            "words were lost: {followed:?}"
        );
        return Ok(followed);
    }
    let during = call
        .mic
        .iter()
        .filter(|f| (blocked..freed).contains(&f.at))
        .count();
    ensure!(
        during >= 95,
        "{during} frames came while the page stood still"
    );
    let (late, at) = worst_lateness(&call.mic);
    let (from, to) = (blocked - call.mic[0].at, freed - call.mic[0].at);
    ensure!(
        late <= 0.1,
        "the frame at {at:.2} s came {:.0} ms late; the page stood still from {from:.2?} to {to:.2?}",
        late * 1e3
    );

    let found = sound::find(&reference, &heard.samples);
    ensure!(
        found.correlation >= 0.9 && followed.worst >= 0.9,
        "{found:?}, {followed:?}"
    );
    // One frame: a pause that short is no gap that one hears, and none is longer than any other.
    ensure!(
        followed.pauses() <= FRAME_SECS,
        "a gap in what was heard: {followed:?}"
    );
    Ok(followed)
}

/// As many frames as fit between the first and the last: how soon a busy machine brings the first one
/// after `started` is no matter of loss.
fn no_frame_lost(engine: &Engine, call: &Call) -> Result<(), Failure> {
    let (first, last) = (&call.mic[0], &call.mic[call.mic.len() - 1]);
    let seconds = (last.at - first.at).as_secs_f64();
    let (due, came) = (seconds / FRAME_SECS + 1.0, call.mic.len() as f64);
    // Two: either of the outermost frames may come a frame's length early or late. And what a capture
    // device's clock may slip: five frames are a tenth of a second, and a word is longer.
    let slipped = if engine.microphone_slips { 5.0 } else { 0.0 };
    // A socket that stood still with the page gets the newest second of what waited for it, and what it had
    // taken before; the rest would only come late. So a second less what it took is left out.
    let stale = match engine.relays {
        Relays::Sockets => (BLOCK.as_secs_f64() - KEPT_SECS) / FRAME_SECS,
        Relays::Nothing | Relays::Ports => 0.0,
    };
    ensure!(
        stale == 0.0 || due - came >= stale / 2.0,
        "{came} frames in {seconds:.3} s: some came that had waited for over a second"
    );
    // Relayed frames may come all at once: then the first is late, and more of them fit in less time.
    let too_many = came - due > 2.0 + slipped && engine.relays == Relays::Nothing;
    ensure!(
        due - came <= 2.0 + slipped + stale && !too_many,
        "{came} frames in {seconds:.3} s; the call took {:?}",
        call.duration()
    );
    Ok(())
}

/// By how many seconds the latest frame came behind a steady schedule, and when that was: the schedule
/// is the line that fits the arrivals best, because the fake microphone's clock is not quite the
/// gateway's.
fn worst_lateness(frames: &[MicFrame]) -> (f64, f64) {
    let first = frames[0].at;
    let points: Vec<(f64, f64)> = (0..)
        .zip(frames)
        .map(|(n, f)| (f64::from(n), (f.at - first).as_secs_f64()))
        .collect();
    let count = points.len() as f64;
    let mean_x = points.iter().map(|p| p.0).sum::<f64>() / count;
    let mean_y = points.iter().map(|p| p.1).sum::<f64>() / count;
    let covariance: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    let variance: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    let slope = covariance / variance;
    let late = |p: &(f64, f64)| p.1 - (mean_y + slope * (p.0 - mean_x));
    let all = points.iter().map(|p| (late(p), p.1));
    all.fold(
        (0.0, 0.0),
        |worst, one| if one.0 > worst.0 { one } else { worst },
    )
}
