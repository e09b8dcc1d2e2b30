//! When a click passed: at the microphone, at the gateway both ways, and at the speaker.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::client::Client;
use gateway::{Answer, Call};
use support::failure::Failure;
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::SOON;

/// A click in PCM16: the tone under it is a tenth of full scale.
const LOUD: u16 = 13_000;

pub const SAMPLES_PER_MS: f64 = 24.0;

/// Between two clicks there are more samples than that which are none: 60 ms.
const APART: usize = 1_440;

/// As often clicks come, in milliseconds: what is later than that cannot be told from the next one.
const PERIOD_MS: f64 = 230.0;

/// What a lost click costs in [`heard`], beside milliseconds of a delay's change: less than a period, which is
/// what a gap without a loss costs, so that the pauses decide. The first delay counts for more than a jump
/// that it could make smaller.
const LOST_COST: f64 = 50.0;
const FIRST_COST: f64 = 2.0;

/// Sound is made in blocks ahead of its time.
const EARLY_MS: f64 = 30.0;

/// What the page's probe saw, in milliseconds since the epoch.
#[derive(Clone, Debug, Deserialize)]
pub struct Seen {
    pub spoken: Vec<f64>,
    pub heard: Vec<f64>,
    /// When each 20 ms of the speaker's sound ended, and their loudest sample.
    pub windows: Vec<(f64, f64)>,
}

/// Opens a page whose microphone clicks, and makes a call with this embed's agent: ours, or another client's.
pub async fn begin(stage: &Stage, client: Option<Client>, embed: &str) -> Result<(), Failure> {
    let page = page(stage);
    if let Some(client) = client {
        client.open(stage, page, embed).await?;
        client.talk(stage).await?;
    } else {
        stage.open(&page.body(button("call", embed))).await?;
        stage.state("#call", "idle").await?;
        stage.start_call("#call").await?;
    }
    stage.until("probe.heard.length > 1", SOON).await.map(drop)
}

/// Ends it, and gives what the gateway has of it.
pub async fn end(stage: &Stage, client: Option<Client>) -> Result<Call, Failure> {
    let call = stage.gateway.record().calls.len().saturating_sub(1);
    match client {
        Some(client) => client.hang_up(stage).await?,
        None => stage.hang_up("#call").await.map(drop)?,
    }
    stage.ended_at_gateway(call).await
}

/// A page whose microphone clicks.
pub fn page(stage: &Stage) -> Page {
    super::without_tap(stage);
    let script = Answer::new(200, "text/javascript", include_str!("probe.js"));
    stage.gateway.site_answer("/harness/probe.js", script);
    Page::default().head(r#"<script src="/harness/probe.js"></script>"#)
}

pub async fn seen(stage: &Stage) -> Result<Seen, Failure> {
    Ok(serde_json::from_value(stage.run("return probe").await?)?)
}

/// This process's clock as the page's tells the time.
pub struct Clock {
    instant: Instant,
    epoch_ms: f64,
}

impl Clock {
    pub fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            instant: Instant::now(),
            epoch_ms: since.unwrap_or_default().as_secs_f64() * 1e3,
        }
    }

    pub fn epoch_ms(&self, at: Instant) -> f64 {
        let ms =
            |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64() * 1e3;
        self.epoch_ms + ms(self.instant, at) - ms(at, self.instant)
    }
}

/// When clicks passed the gateway: the frames in which the microphone's came, and the agent's as if it had
/// begun its frame, for a sample is played so much later as it stands behind its frame's first.
pub fn clicks(call: &Call, clock: &Clock) -> (Vec<f64>, Vec<f64>) {
    let mic = call.mic.iter().map(|f| (f.at, f.samples.as_slice()));
    let sent = call.sent.iter().map(|f| (f.at, f.samples.as_slice()));
    let came = in_frames(mic, clock).into_iter().map(|(at, _)| at);
    let left = in_frames(sent, clock).into_iter();
    (came.collect(), left.map(|(at, place)| at + place).collect())
}

/// When each came, and its place in its frame.
fn in_frames<'a>(
    frames: impl Iterator<Item = (Instant, &'a [i16])>,
    clock: &Clock,
) -> Vec<(f64, f64)> {
    let mut clicks = Vec::new();
    let mut quiet = usize::MAX;
    for (at, samples) in frames {
        let loud = |s: &i16| s.unsigned_abs() > LOUD;
        // One that lies across two frames is one.
        if let Some(place) = samples.iter().position(loud)
            && quiet.saturating_add(place) > APART
        {
            clicks.push((clock.epoch_ms(at), place as f64 / SAMPLES_PER_MS));
        }
        quiet = match samples.iter().rev().position(loud) {
            Some(rest) => rest,
            None => quiet.saturating_add(samples.len()),
        };
    }
    clicks
}

/// How long after the last of `causes` before it each of `effects` came.
pub fn delays(causes: &[f64], effects: &[f64]) -> Vec<f64> {
    let before = |effect: &f64| causes.iter().rev().find(|cause| *cause <= effect);
    let delays = effects.iter().filter_map(|e| Some(e - before(e)?));
    delays.filter(|delay| *delay < PERIOD_MS).collect()
}

/// When each click was heard, and how long after it was sent. Clicks are all alike, and a client may lose some:
/// of all ways to tell which was which, in order, this is the one in which the delay changes least. The
/// pauses tell: clicks that are taken for their neighbours jump at each.
pub fn heard(seen: &Seen, sent: &[f64]) -> Vec<(f64, f64)> {
    let heard = &seen.heard;
    // For each heard, if it was this sent: the least cost so far, and which the one before it was.
    let mut ways: Vec<Vec<(f64, usize)>> = Vec::new();
    for (i, at) in heard.iter().enumerate() {
        let way = |(n, left): (usize, &f64)| {
            let delay = at - left;
            if delay < -EARLY_MS {
                return (f64::INFINITY, 0);
            }
            let Some(last) = i.checked_sub(1) else {
                return (delay * FIRST_COST, 0);
            };
            let steps = (0..n).map(|before| {
                let change = delay - (heard[last] - sent[before]);
                let lost = (n - before - 1) as f64;
                (
                    ways[last][before].0 + change.abs() + lost * LOST_COST,
                    before,
                )
            });
            let least = steps.min_by(|one, other| one.0.total_cmp(&other.0));
            least.unwrap_or((f64::INFINITY, 0))
        };
        let all = sent.iter().enumerate().map(way).collect();
        ways.push(all);
    }
    let least = ways.last().and_then(|last| {
        let ends = (0..last.len()).filter(|n| last[*n].0.is_finite());
        ends.min_by(|one, other| last[*one].0.total_cmp(&last[*other].0))
    });
    let Some(mut n) = least else {
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for (at, ways) in heard.iter().zip(&ways).rev() {
        pairs.push((*at, at - sent[n]));
        n = ways[n].1;
    }
    pairs.reverse();
    pairs
}

/// The value that this part of all stays under.
pub fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = (part * last as f64).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}
