//! How long a turn takes, printed: twenty questions to the workshop, and the same way with an agent that takes no time, the
//! server of docs/agents.md. Only that there are figures is tried; a busy machine changes each.

use std::fmt::Write as _;

use serde_json::Value;
use std::time::Duration;

use super::documented::server;
use super::loudness::Loudness;
use super::program::Program;
use super::{SATURDAY, far, page};
use crate::trial::{Trial, trial};
use gateway::Record;
use support::failure::{Failure, ensure};
use support::sentences::says;
use support::stage::Stage;

const TURNS: usize = 20;

/// Recognition, and an answer of three seconds.
const BETWEEN_SECS: f64 = 6.0;
const TURN_SECS: f64 = 8.0;

pub fn trials() -> Vec<Trial> {
    let questions = || {
        let mut setting = far(says("questions", &[(BETWEEN_SECS, SATURDAY); TURNS]));
        setting.deadline = Duration::from_secs(600);
        setting
    };
    let alone = "figures";
    let one = "what the engines take is measured by scripts/bench call";
    vec![
        trial!(twenty_turns_with_the_workshop_have_figures, questions())
            .alone(alone)
            .in_one_engine(one),
        trial!(
            ten_turns_with_an_agent_that_takes_no_time_have_figures,
            questions()
        )
        .alone(alone)
        .in_one_engine(one),
    ]
}

/// Makes a call until the visitor has said so many sentences and heard what comes of the last.
async fn converse(stage: &Stage, turns: usize) -> Result<Loudness, Failure> {
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    let frames = (turns as f64 * TURN_SECS * 50.0) as usize + 150;
    stage.heard_at_gateway(0, frames).await?;
    let loudness = Loudness::of(stage).await?;
    stage.hang_up("#call").await?;
    stage.ended_at_gateway(0).await?;
    Ok(loudness)
}

fn quantiles(mut of: Vec<f64>) -> String {
    of.sort_by(f64::total_cmp);
    let at = |share: f64| of[((of.len() - 1) as f64 * share).round() as usize];
    if of.is_empty() {
        return "none".to_owned();
    }
    format!(
        "p50 {:.0} ms, p90 {:.0} ms, of {}",
        at(0.5),
        at(0.9),
        of.len()
    )
}

async fn twenty_turns_with_the_workshop_have_figures(stage: &mut Stage) -> Result<(), Failure> {
    let agent = Program::workshop()?;
    let loudness = converse(stage, TURNS).await?;
    let answers = loudness.visitor.iter().filter_map(|words| {
        let answer = loudness.agent_after(words.to)?;
        // A later one is that of another question.
        (answer.from - words.to < 4_000.0).then_some(answer.from - words.to)
    });
    let answers: Vec<_> = answers.collect();
    let turns = agent.told();
    let of = |name: &str| {
        let figures = turns.iter().filter_map(|turn| turn[name].as_f64());
        quantiles(figures.collect())
    };
    let mut text = String::new();
    let _ = writeln!(
        text,
        "visitor's last sound to agent's first: {}",
        quantiles(answers.clone())
    );
    for (name, what) in [
        ("voiceMs", "  voice activity, from the last word to its end"),
        ("recognitionMs", "  recognition, from there to the text"),
        ("speechMs", "  speech, from there to its first sound"),
    ] {
        let _ = writeln!(text, "{what}: {}", of(name));
    }
    println!("{text}");
    let recognised = |record: &Record| {
        let transcripts = &record.calls.first()?.transcripts;
        Some(
            transcripts
                .iter()
                .filter(|t| t.text == super::ON_SATURDAY)
                .count(),
        )
    };
    let right = recognised(&stage.gateway.record()).unwrap_or_default();
    println!("answered with Saturday's hours: {right} of {TURNS}");
    ensure!(
        answers.len() >= TURNS - 2 && turns.iter().any(Value::is_object),
        "{} turns: {loudness:?} {turns:?}",
        answers.len()
    );
    Ok(())
}

async fn ten_turns_with_an_agent_that_takes_no_time_have_figures(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let _server = server()?;
    let loudness = converse(stage, TURNS / 2).await?;
    let ways = loudness.visitor.iter().filter_map(|words| {
        let back = loudness.agent_after(words.from)?;
        (back.from - words.from < 1_000.0).then_some(back.from - words.from)
    });
    let ways: Vec<_> = ways.collect();
    println!(
        "ours, from the visitor's first sound to the same sound at the speaker: {}",
        quantiles(ways.clone())
    );
    ensure!(ways.len() >= TURNS / 2 - 1, "{loudness:?}");
    Ok(())
}
