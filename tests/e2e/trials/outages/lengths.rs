//! Outages of each length and kind. Most of it is waiting, and what each kind leads to is held in its own trials: so these are made
//! where they are asked for, by `VOCADESK_OUTAGES=all`.

use std::time::Duration;

use holds::holds;

use super::{SOUND_IS_COMPARED, echo, is_heard_whole, lose, talk};
use crate::trial::{Trial, trial};
use gateway::config::Feature;
use gateway::misbehave::{Act, Loss};
use support::failure::{Failure, ensure};
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
            patient
        ),
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
