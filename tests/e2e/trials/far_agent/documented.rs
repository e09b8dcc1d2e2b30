//! The server of docs/agents.md, taken from there: what a reader copies is what is tried.

use std::time::Duration;

use super::program::Program;
use super::{SATURDAY, far, page};
use crate::trial::{Trial, trial};
use gateway::Record;
use support::evidence::evidence_folder;
use support::failure::{Failure, ensure};
use support::sentences::says;
use support::sound;
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    let asks = far(says("early", &[(3.0, SATURDAY)]));
    vec![
        trial!(the_server_of_the_document_takes_calls, asks)
            .alone("recorded speech is looked for in what is heard")
            .in_one_engine("the server is the same, whatever the browser"),
    ]
}

/// The sentence goes through Opus twice (0.87 was measured), and a browser's stand-in microphone gives a block of 10 ms too many
/// now and then. Another sentence has 0.3 and less.
const SAID_BACK: f64 = 0.7;

/// The document's only block of Python, as a file.
pub fn server() -> Result<Program, Failure> {
    let text = std::fs::read_to_string(support::project().join("docs/agents.md"))?;
    let mut blocks = text.split("```python\n").skip(1);
    let block = blocks.next().and_then(|rest| rest.split("```").next());
    let block = block.ok_or("docs/agents.md has no Python")?;
    ensure!(blocks.next().is_none(), "docs/agents.md has two servers");
    let lines = block.lines().count();
    ensure!(lines <= 60, "it has {lines} lines, and should have 60");
    let file = evidence_folder()?.join("documented_server.py");
    std::fs::write(&file, block)?;
    Program::start(&file)
}

async fn the_server_of_the_document_takes_calls(stage: &mut Stage) -> Result<(), Failure> {
    let _server = server()?;
    stage.open(&page()).await?;
    stage.start_call("#call").await?;
    // The sentence is said, and said back.
    stage.heard_at_gateway(0, 10 * 50).await?;
    let (rate, sentence) = sound::read_wav(&support::stage::data(SATURDAY))?;
    let heard = stage.heard().await?;
    let heard = heard.last().ok_or("no context")?;
    let sentence = sound::resample(&sentence, rate, heard.rate);
    let found = sound::find(&sentence, &heard.samples);
    ensure!(found.correlation > SAID_BACK, "not said back: {found:?}");
    let told = |r: &Record| (!r.calls.first()?.transcripts.is_empty()).then_some(());
    stage.gateway.wait_for("a transcript", SOON, told).await?;
    stage.hang_up("#call").await?;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(call.agent_faults.is_empty(), "{:?}", call.agent_faults);
    Ok(())
}
