//! Talking with the workshop: it answers, falls silent when talked over, says goodbye; what happens when it or the line is
//! lost.

use holds::holds;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::loudness::Loudness;
use super::program::Program;
use super::{AFTER_GREETING_SECS, ON_SATURDAY, SATURDAY, SERVICE, THANK_YOU, far, page};
use crate::trial::{Trial, trial};
use gateway::misbehave::{Act, Loss};
use gateway::record::EndedBy;
use gateway::{Call, Record};
use support::failure::{Failure, ensure};
use support::page::button;
use support::sentences::says;
use support::sound;
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON, START};

/// A question, its recognition, an answer of three seconds; and a machine that is busy.
const ANSWERED: Duration = Duration::from_secs(40);

pub fn trials() -> Vec<Trial> {
    let asks = || far(says("asks", &[(AFTER_GREETING_SECS, SATURDAY)]));
    let interrupts = || {
        // The answer's first sentence begins 0.6 s after the question, and lasts 2 s.
        let sentences = [(AFTER_GREETING_SECS, SERVICE), (1.7, SATURDAY)];
        far(says("interrupts", &sentences))
    };
    let service = || far(says("service", &[(AFTER_GREETING_SECS, SERVICE)]));
    let goodbye = || far(says("goodbye", &[(AFTER_GREETING_SECS, THANK_YOU)]));
    let one = "the agent and the gateway are the same, whatever the browser";
    let real_time = "recognition in real time wants a core";
    let measures = "300 ms";
    let trial = |trial: Trial| trial.alone(real_time);
    vec![
        trial(trial!(a_question_is_answered, asks())),
        trial(trial!(the_agent_says_goodbye_and_ends_the_call, goodbye())).in_one_engine(one),
        trial!(
            talking_over_the_agent_silences_it_within_300_ms,
            interrupts()
        )
        .alone(measures),
        trial(trial!(
            an_agent_that_is_killed_ends_the_call_as_unknown,
            service()
        ))
        .in_one_engine(one),
        trial(trial!(a_visitor_hangs_up_while_the_agent_speaks, service())).in_one_engine(one),
        trial(trial!(two_calls_at_once_are_both_answered, asks())).in_one_engine(one),
        trial(trial!(
            a_question_across_an_outage_of_five_seconds_is_answered,
            asks()
        ))
        .in_one_engine(one),
        trial(trial!(
            an_answer_across_an_outage_of_five_seconds_is_heard_whole,
            service()
        ))
        .in_one_engine(one),
        trial(trial!(an_agent_that_is_not_there_is_ws_failed, asks())).in_one_engine(one),
    ]
}

/// A transcript, as the page is told it.
#[derive(Clone, Debug, Deserialize)]
struct Said {
    role: String,
    text: String,
    seq: u64,
}

async fn said(stage: &Stage) -> Result<Vec<Said>, Failure> {
    Ok(serde_json::from_value(stage.run("return said").await?)?)
}

/// Waits until the page was told that this was said; `begins` is enough.
async fn hears(stage: &Stage, role: &str, begins: &str) -> Result<(), Failure> {
    let expression =
        format!("said.some((s) => s.role === '{role}' && s.text.startsWith({begins:?}))");
    let found = stage.until(&expression, ANSWERED).await;
    match found {
        Ok(_) => Ok(()),
        Err(Failure(why)) => Err(Failure(format!(
            "{why}; told were {:?}",
            said(stage).await?
        ))),
    }
}

async fn lose(stage: &Stage, outage: Duration) -> Result<(), Failure> {
    stage.gateway.refuse_sockets(true);
    stage.gateway.act(Act::Lose(Loss::Reset));
    let lost = |r: &Record| (!r.calls.first()?.line.lost.is_empty()).then_some(());
    stage.gateway.wait_for("a lost line", SOON, lost).await?;
    tokio::time::sleep(outage).await;
    stage.gateway.refuse_sockets(false);
    let resumed = |r: &Record| (!r.calls.first()?.line.resumed.is_empty()).then_some(());
    stage
        .gateway
        .wait_for("a resumed call", SOON * 2, resumed)
        .await?;
    Ok(())
}

/// Waits until the gateway has had nothing to send for a second.
async fn has_said_all(stage: &Stage) -> Result<(), Failure> {
    let quiet = |r: &Record| {
        let last = r.calls.first()?.sent.last()?;
        (last.at.elapsed() > Duration::from_secs(1)).then_some(())
    };
    stage
        .gateway
        .wait_for("the answer's end", ANSWERED, quiet)
        .await?;
    Ok(())
}

/// After an outage the playout catches up in the pauses, one after another: a piece around a pause that was cut is none of what
/// was said any more, though all of it was heard. Between two whole pieces no more than that may be left out: a word is longer.
const CUT_SECS: f64 = 0.4;

/// Of so many pieces one may be so.
const PIECES_TO_A_CUT: usize = 10;

/// All that the agent has sent comes to the speaker, to its end. What came in a burst is played in its own time.
async fn all_is_heard(stage: &Stage) -> Result<(), Failure> {
    let until = Instant::now() + SOON;
    loop {
        let sent = sound::from_pcm(&stage.gateway.record().calls[0].sent_samples());
        let heard = stage.heard().await?;
        let heard = heard.last().ok_or("no context")?;
        let sent = sound::resample(&sent, 24_000, heard.rate);
        let followed = sound::follow(&sent, &heard.samples, heard.rate);
        let delays = followed.intact();
        let left_out = delays.windows(2).map(|pair| pair[0] - pair[1]);
        let no_word_is_missing = left_out.fold(0.0, f64::max) <= CUT_SECS
            && followed.lost() <= 1 + followed.delays.len() / PIECES_TO_A_CUT
            && followed.correlations.last().is_some_and(|last| *last > 0.9);
        if no_word_is_missing {
            return Ok(());
        }
        ensure!(Instant::now() < until, "words were lost: {followed:?}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn no_faults(stage: &Stage) -> Result<Call, Failure> {
    let call = stage.ended_at_gateway(0).await?;
    ensure!(call.agent_faults.is_empty(), "{:?}", call.agent_faults);
    Ok(call)
}

async fn a_question_is_answered(stage: &mut Stage) -> Result<(), Failure> {
    let _agent = Program::workshop()?;
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    hears(stage, "assistant", "Bicycle workshop").await?;
    hears(stage, "user", "when are you open on saturday").await?;
    hears(stage, "assistant", ON_SATURDAY).await?;
    has_said_all(stage).await?;
    all_is_heard(stage).await?;
    // The visitor's words have grown under one number.
    let said = said(stage).await?;
    let user: Vec<_> = said.iter().filter(|s| s.role == "user").collect();
    ensure!(
        user.len() > 1
            && user.iter().all(|s| s.seq == user[0].seq)
            && user[user.len() - 1].text == "when are you open on saturday",
        "{said:?}"
    );
    stage.hang_up("#call").await?;
    let call = no_faults(stage).await?;
    ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    stage.released(1).await
}

async fn the_agent_says_goodbye_and_ends_the_call(stage: &mut Stage) -> Result<(), Failure> {
    let _agent = Program::workshop()?;
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    stage.event(END, 1, ANSWERED).await?;
    hears(stage, "assistant", "Thank you for calling. Goodbye!").await?;
    all_is_heard(stage).await?;
    let call = no_faults(stage).await?;
    ensure!(call.ended_by == Some(EndedBy::Agent), "{:?}", call.ended_by);
    let (ending, end) = (call.agent_ending, call.end_call);
    ensure!(ending.is_some() && ending < end, "{ending:?} {end:?}");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    Ok(())
}

/// The issue's: from the first sound of the visitor to the agent's last, both at the browser's edge.
const SILENCED_MS: f64 = 300.0;

async fn talking_over_the_agent_silences_it_within_300_ms(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let _agent = Program::workshop()?;
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    hears(stage, "assistant", "A service is").await?;
    hears(stage, "assistant", ON_SATURDAY).await?;
    has_said_all(stage).await?;
    let loudness = Loudness::of(stage).await?;
    let [_, second] = loudness.visitor[..] else {
        return Err(Failure(format!("not two sentences: {loudness:?}")));
    };
    let interrupted = loudness.agent_at(second.from);
    let interrupted = interrupted.ok_or_else(|| format!("nobody was interrupted: {loudness:?}"))?;
    let silenced = interrupted.to - second.from;
    println!("from the visitor's first sound to the agent's last: {silenced:.0} ms");
    ensure!(silenced < SILENCED_MS, "{silenced:.0} ms: {loudness:?}");
    // And then it answers.
    ensure!(
        loudness.agent_after(second.to).is_some(),
        "no answer: {loudness:?}"
    );
    stage.hang_up("#call").await?;
    no_faults(stage).await?;
    Ok(())
}

#[holds("3.unknown-error-frame")]
async fn an_agent_that_is_killed_ends_the_call_as_unknown(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let mut agent = Program::workshop()?;
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    hears(stage, "assistant", "A service is").await?;
    agent.kill()?;
    let error = stage.error(1, "unknown").await?;
    ensure!(
        error.message().contains("the agent's connection was lost"),
        "{error:?}"
    );
    stage.event(END, 1, SOON).await?;
    stage.microphone_is_off().await?;
    stage.released(1).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, ERROR, END], "{kinds:?}");
    let call = stage.ended_at_gateway(0).await?;
    ensure!(
        call.ended_by == Some(EndedBy::AgentLost),
        "{:?}",
        call.ended_by
    );
    // The next one takes the next call.
    let _agent = Program::workshop()?;
    stage.good_call("#call").await
}

async fn a_visitor_hangs_up_while_the_agent_speaks(stage: &mut Stage) -> Result<(), Failure> {
    let _agent = Program::workshop()?;
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    hears(stage, "assistant", "A service is").await?;
    stage.hang_up("#call").await?;
    let call = no_faults(stage).await?;
    ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
    stage.released(1).await?;
    // Two seconds, after which a `stop` without an answer is noted.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    no_faults(stage).await?;
    stage.good_call("#call").await
}

async fn two_calls_at_once_are_both_answered(stage: &mut Stage) -> Result<(), Failure> {
    let _agent = Program::workshop()?;
    let both = button("call", "emb_demo") + &button("other", "emb_next");
    stage.open(&page().body(both)).await?;
    stage.start_call("#call").await?;
    stage.start_call("#other").await?;
    let answered = |r: &Record| {
        let answers = |c: &Call| c.transcripts.iter().any(|t| t.text == ON_SATURDAY);
        (r.calls.len() == 2 && r.calls.iter().all(answers)).then_some(())
    };
    stage
        .gateway
        .wait_for("two answers", ANSWERED, answered)
        .await?;
    stage.hang_up("#call").await?;
    stage.hang_up("#other").await?;
    for index in 0..2 {
        let call = stage.ended_at_gateway(index).await?;
        ensure!(call.agent_faults.is_empty(), "{:?}", call.agent_faults);
    }
    Ok(())
}

#[holds("5b.resume-goes-on")]
async fn a_question_across_an_outage_of_five_seconds_is_answered(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let _agent = Program::workshop()?;
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    // In its middle.
    let frames = ((AFTER_GREETING_SECS + 0.8) * 50.0) as usize;
    stage.heard_at_gateway(0, frames).await?;
    lose(stage, Duration::from_secs(5)).await?;
    hears(stage, "user", "when are you open on saturday").await?;
    hears(stage, "assistant", ON_SATURDAY).await?;
    has_said_all(stage).await?;
    all_is_heard(stage).await?;
    stage.hang_up("#call").await?;
    no_faults(stage).await?;
    Ok(())
}

#[holds("5b.resume-goes-on")]
async fn an_answer_across_an_outage_of_five_seconds_is_heard_whole(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let _agent = Program::workshop()?;
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    hears(stage, "assistant", "A service is").await?;
    let frames = |r: &Record| r.calls[0].sent.len();
    let before = frames(&stage.gateway.record());
    lose(stage, Duration::from_secs(5)).await?;
    // What the agent said meanwhile has waited for this, and is four seconds at least.
    let more = |r: &Record| (frames(r) > before + 4 * 50).then_some(());
    stage.gateway.wait_for("the rest", SOON, more).await?;
    has_said_all(stage).await?;
    all_is_heard(stage).await?;
    stage.hang_up("#call").await?;
    no_faults(stage).await?;
    Ok(())
}

#[holds("3.ws-failed")]
async fn an_agent_that_is_not_there_is_ws_failed(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&page()).await?;
    let error = stage.fail_call("#call", "ws_failed").await?;
    ensure!(
        error.message().contains("the agent cannot be reached"),
        "{error:?}"
    );
    stage.released(1).await
}
