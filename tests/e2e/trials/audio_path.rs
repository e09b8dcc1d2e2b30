//! The promise of the three threads: a page that stands still for two seconds loses not one word, in
//! neither direction.

use holds::holds;
use std::ops::Range;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::trial::{Trial, trial};
use gateway::Call;
use gateway::agent::{AgentKind, speech};
use gateway::config::Embed;
use gateway::misbehave::Act;
use support::arrivals::{self, FRAME_SECS};
use support::engine::{Engine, Relays};
use support::failure::{Failure, ensure};
use support::page::Page;
use support::sound::{self, Followed};
use support::stage::{Setting, Stage, speaks_after};

const BLOCK: Duration = Duration::from_secs(2);
/// How long a frame may wait for the socket.
const KEPT_SECS: f64 = 1.0;
/// What a page on a busy machine may need after that.
const GETS_GOING_SECS: f64 = 0.3;
/// A quarter of what a frame that waits for the page may be late.
const LATE_SECS: f64 = 0.5;
const FRAME_SAMPLES: usize = 480;
const RATE_HZ: u32 = 24_000;

pub fn trials() -> Vec<Trial> {
    let burst = Setting::default().config(|mut config| {
        let frame = |samples: &[i16]| Act::Text(audio_frame(samples));
        let frames = speech::greeting();
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
        )
        .alone("a pause of one frame (0.02 s) is a failure"),
        trial!(
            a_blocked_page_loses_no_word_of_an_agent_who_speaks_in_real_time,
            quiet
        )
        .alone("95 of 100 frames in the block, 0.5 s of pauses"),
    ]
}

fn audio_frame(samples: &[i16]) -> String {
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    json!({ "type": "audio", "data": STANDARD.encode(bytes) }).to_string()
}

#[holds("5.burst-played")]
async fn a_blocked_page_loses_no_word_of_an_agent_who_said_all_at_once(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (followed, _) = blocked_in_mid_call(stage, &speech::greeting()).await?;
    // All of it was here before the page stood still. Only in WebKit it had still to be handed on. One frame: a pause
    // that short is no gap that one hears.
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
    let (followed, call) = blocked_in_mid_call(stage, &speech).await?;
    // What a busy gateway sent too late was heard late, and so was what a busy browser handed on too late (measured
    // with six programs at once on each core: 0.14 s). What waits for the page leaves a gap of two seconds.
    let may_pause = LATE_SECS + sent_late(&call);
    ensure!(
        stage.engine.relays != Relays::Nothing || followed.pauses() <= may_pause,
        "gaps in what was heard, of more than {may_pause:.3} s: {followed:?}"
    );
    Ok(())
}

async fn blocked_in_mid_call(
    stage: &mut Stage,
    speech: &[i16],
) -> Result<(Followed, Call), Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    // The agent speaks by now, and still does when the block is over: it does so for 4.2 s.
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

    no_frame_lost(stage.engine, &call, freed - blocked)?;
    let reference = sound::resample(&sound::from_pcm(speech), RATE_HZ, heard.rate);
    let followed = sound::follow(&reference, &heard.samples, heard.rate);
    // Where the browser relays it comes late, in both directions; nothing is lost.
    ensure!(
        followed.lost() == 0 && followed.left_out() <= FRAME_SECS,
        "words were lost: {followed:?}"
    );
    if stage.engine.relays == Relays::Nothing {
        frames_came_meanwhile(&call, &(blocked..freed))?;
    }
    Ok((followed, call))
}

/// While the page stood still, and about when they were due. A frame that had to wait for the page would come up to
/// two seconds late, and none would come meanwhile.
fn frames_came_meanwhile(call: &Call, still: &Range<Instant>) -> Result<(), Failure> {
    let during = call.mic.iter().filter(|f| still.contains(&f.at)).count();
    // Of a hundred.
    ensure!(
        during >= 95,
        "{during} frames came while the page stood still"
    );
    let frames = arrivals::due_and_late(&call.mic);
    let (within, outside): (Vec<_>, Vec<_>) =
        frames.iter().partition(|(due, _)| still.contains(due));
    let worst = |of: &[&(Instant, f64)]| of.iter().map(|(_, late)| *late).fold(0.0, f64::max);
    let (within, outside) = (worst(&within), worst(&outside));
    // How late they are when the page goes on is the machine's doing.
    ensure!(
        within <= outside + 0.1,
        "a frame came {:.0} ms late while the page stood still, {:.0} ms at other times",
        within * 1e3,
        outside * 1e3
    );
    Ok(())
}

/// As many frames as were due between the first and the last second.
fn no_frame_lost(engine: &Engine, call: &Call, blocked: Duration) -> Result<(), Failure> {
    let missing = arrivals::behind(&call.mic) / FRAME_SECS;
    // What a capture device's clock may slip: five frames are a tenth of a second, and a word is longer.
    let slipped = if engine.microphone_slips { 5.0 } else { 0.0 };
    // A socket that stood still with the page gets the newest second of what waited for it, and what it had
    // taken before; the rest would only come late. So a second less what it took is left out.
    let stale = match engine.relays {
        Relays::Sockets => (blocked.as_secs_f64() + GETS_GOING_SECS - KEPT_SECS) / FRAME_SECS,
        Relays::Nothing | Relays::Ports => 0.0,
    };
    ensure!(
        stale == 0.0 || missing >= (BLOCK.as_secs_f64() - KEPT_SECS) / FRAME_SECS / 2.0,
        "{missing:.1} frames are missing: some came that had waited for over a second"
    );
    // Where the first second's frames were relayed all at once, they were late, and those that follow seem too many.
    let too_many = missing < -2.0 - slipped && engine.relays == Relays::Nothing;
    ensure!(
        missing <= 2.0 + slipped + stale && !too_many,
        "{missing:.1} of {} frames are missing; the call took {:?}",
        call.mic.len(),
        call.duration()
    );
    Ok(())
}

/// By how many seconds the agent's worst frame left after its time to be heard: the parrot is ahead, and begins with
/// all that it is ahead.
fn sent_late(call: &Call) -> f64 {
    let after = |n: usize| (call.sent[n].at - call.sent[0].at).as_secs_f64();
    let late = (0..call.sent.len()).map(|n| after(n) - n as f64 * FRAME_SECS);
    late.fold(0.0, f64::max)
}
