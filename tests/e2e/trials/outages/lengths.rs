//! Outages of each length and kind. Most of it is waiting, and what each kind leads to is held in its own trials: so these are made
//! where they are asked for, by `VOCADESK_OUTAGES=all`.

use std::path::PathBuf;
use std::time::Duration;

use holds::holds;

use super::{RATE_HZ, SOUND_IS_COMPARED, echo, is_heard_whole, lose, talk};
use crate::trial::{Trial, trial};
use gateway::Record;
use gateway::config::Feature;
use gateway::misbehave::{Act, Loss};
use support::engine::Microphone;
use support::evidence::evidence_folder;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::sound::{self, Step};
use support::stage::{Setting, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    if std::env::var_os("VOCADESK_OUTAGES").is_none() {
        return Vec::new();
    }
    let patient = Setting {
        deadline: Duration::from_secs(1_800),
        ..echo(&Feature::ALL)
    };
    vec![
        trial!(
            sentences_across_outages_of_each_length_and_kind_are_heard_whole,
            patient.clone()
        )
        .alone(SOUND_IS_COMPARED),
        trial!(
            an_outage_of_each_kind_that_is_longer_than_the_budget_ends_the_call,
            patient.clone()
        ),
        trial!(
            ten_outages_in_a_call_of_five_minutes_lose_nothing_that_is_counted,
            Setting {
                microphone: counts(),
                ..patient
            }
        )
        .in_one_engine(
            "its microphone is a file: a captured one, as of the others, loses some by itself",
        )
        .alone(SOUND_IS_COMPARED),
    ]
}

const LENGTHS_SECS: [u64; 4] = [1, 5, 10, 25];
const TOO_LONG: Duration = Duration::from_secs(35);

/// Enough for the sentence, and for what the outage has held back.
const BESIDE_OUTAGE_SECS: u64 = 9;

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Nothing comes through, and nobody says so.
    Silent,
    Reset,
    ServerCloses,
}

const KINDS: [Kind; 3] = [Kind::Silent, Kind::Reset, Kind::ServerCloses];

/// For so long there is no line.
async fn outage(stage: &Stage, kind: Kind, lasts: Duration) -> Result<(), Failure> {
    let loss = match kind {
        Kind::Silent => {
            stage.gateway.refuse_sockets(true);
            stage.gateway.act(Act::silence(lasts));
            tokio::time::sleep(lasts).await;
            stage.gateway.refuse_sockets(false);
            return Ok(());
        }
        Kind::Reset => Loss::Reset,
        Kind::ServerCloses => Loss::Close(1011),
    };
    lose(stage, loss, lasts).await
}

#[holds("5b.kept", "5b.line-lost", "5b.late")]
async fn sentences_across_outages_of_each_length_and_kind_are_heard_whole(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for secs in LENGTHS_SECS {
        for kind in KINDS {
            let about = |failure| Failure(format!("{kind:?} for {secs} s: {failure}"));
            talk(stage, 2 * super::FRAMES_PER_SEC)
                .await
                .map_err(about)?;
            let lasts = Duration::from_secs(secs);
            outage(stage, kind, lasts).await.map_err(about)?;
            let heard = is_heard_whole(stage, (secs + BESIDE_OUTAGE_SECS) as usize).await;
            let call = heard.map_err(about)?;
            // A silent line that speaks again before anybody has doubted it was never lost.
            let times = call.line.resumed.len();
            let may_be_none = matches!(kind, Kind::Silent) && secs <= 10;
            ensure!(
                times == 1 || may_be_none && times == 0,
                "{kind:?} for {secs} s: resumed {times} times"
            );
        }
    }
    Ok(())
}

#[holds("3.network-no-life", "2.error-then-end", "4.release-once")]
async fn an_outage_of_each_kind_that_is_longer_than_the_budget_ends_the_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (nth, kind) in KINDS.into_iter().enumerate() {
        talk(stage, super::FRAMES_PER_SEC).await?;
        outage(stage, kind, TOO_LONG).await?;
        let error = stage.error(1, "network").await?;
        ensure!(
            error.message().contains("tried to come back for 30 s"),
            "{kind:?}: {error:?}"
        );
        // As in the trial of a short budget: from when the page was told of the loss. A silent line is told of after 10 s.
        let most_ms = match kind {
            Kind::Silent => 21_500.0,
            Kind::Reset | Kind::ServerCloses => 30_500.0,
        };
        let shown_for = stage.run("return failedMs - shownMs").await?.as_f64();
        ensure!(
            shown_for.is_some_and(|ms| ms <= most_ms),
            "{kind:?}: {shown_for:?} ms"
        );
        stage.event(END, 1, SOON).await?;
        stage.microphone_is_off().await?;
        stage.released(nth + 1).await?;
        let kinds = stage.kinds_since(0).await?;
        ensure!(kinds == [START, ERROR, END], "{kind:?}: {kinds:?}");
    }
    Ok(())
}

/// The microphone counts for so long, and is silent then: what an outage has held back is heard later.
const COUNTED_SECS: usize = 285;
const SILENT_AFTER_SECS: usize = 150;

fn counts() -> Microphone {
    const FILE_HZ: u32 = 48_000;
    let make = || -> Result<PathBuf, Failure> {
        let mut samples = sound::counting_tone(COUNTED_SECS, FILE_HZ);
        samples.resize(samples.len() + SILENT_AFTER_SECS * FILE_HZ as usize, 0.0);
        let file = evidence_folder()?.join("counts.wav");
        sound::write_wav(&file, FILE_HZ, &samples)?;
        Ok(file)
    };
    Microphone::Plays(make().expect("the file can be written"))
}

/// When, in milliseconds since the last, the line is lost, and for how long. After every third the next falls into what is sent again.
fn outages() -> impl Iterator<Item = (u64, u64)> {
    let moments: Vec<_> = super::moments(30_000).take(20).collect();
    (0..10).map(move |nth| {
        let (after_ms, lasts_ms) = (moments[2 * nth], 500 + moments[2 * nth + 1] / 4);
        match nth % 3 {
            2 => (after_ms % 400, lasts_ms),
            _ => (after_ms + 8_000, lasts_ms),
        }
    })
}

/// Each line that was lost was taken up again; a silent one that speaks again in time was never lost.
async fn is_back(stage: &Stage) -> Result<(), Failure> {
    let resumed = |r: &Record| {
        let line = &r.calls.last()?.line;
        (line.resumed.len() >= line.lost.len()).then_some(())
    };
    let gateway = &stage.gateway;
    Ok(gateway.wait_for("a resumed call", SOON, resumed).await?)
}

#[holds("5b.numbers", "5b.ack", "5b.kept")]
async fn ten_outages_in_a_call_of_five_minutes_lose_nothing_that_is_counted(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::with_raw_microphone()).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, super::FRAMES_PER_SEC).await?;
    for ((after_ms, lasts_ms), kind) in outages().zip(KINDS.into_iter().cycle()) {
        tokio::time::sleep(Duration::from_millis(after_ms)).await;
        outage(stage, kind, Duration::from_millis(lasts_ms)).await?;
        is_back(stage).await?;
    }
    // All has been said when the gateway hears silence, and all was heard when the visitor does.
    let frames = (COUNTED_SECS + 5) * super::FRAMES_PER_SEC;
    stage.heard_at_gateway(0, frames).await?;
    stage
        .until(IS_SILENT, Duration::from_secs(SILENT_AFTER_SECS as u64))
        .await?;
    let heard = stage.heard().await?;
    let heard = heard.last().ok_or("no context")?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;

    let said = inner(sound::count(&sound::from_pcm(&call.mic_samples()), RATE_HZ));
    let sent = inner(sound::count(
        &sound::from_pcm(&call.sent_samples()),
        RATE_HZ,
    ));
    let heard = inner(sound::count(&heard.samples, heard.rate));
    ensure!(
        said.len() > (COUNTED_SECS - 10) * 20,
        "{} steps",
        said.len()
    );
    for (by, steps) in [("the agent", &said), ("the visitor", &heard)] {
        let wrong = sound::miscounted(steps);
        ensure!(wrong.is_empty(), "{by} heard {wrong:?}");
    }
    ensure!(
        said.len() == sent.len() && sent.len() == heard.len(),
        "{} said, {} sent, {} heard",
        said.len(),
        sent.len(),
        heard.len()
    );
    ensure!(
        call.line.gaps == 0 && call.line.duplicates == 0,
        "{:?}",
        call.line
    );
    stage.released(1).await
}

/// For two seconds: a pause that the network makes is over then.
const IS_SILENT: &str = "(() => {
  const silent = !__harness.sounds();
  window.silentSince = silent ? window.silentSince ?? performance.now() : undefined;
  return silent && performance.now() - silentSince > 2000;
})()";

/// Without the steps at either end, of which some was cut off.
fn inner(mut steps: Vec<Step>) -> Vec<Step> {
    steps.pop();
    steps.drain(..1.min(steps.len()));
    steps
}
