//! With whom `scripts/demo --check` talks, what the visitor says, and what has to come back.

use std::path::PathBuf;
use std::time::Instant;

use gateway::record::Transcript;
use gateway::{Config, Record};
use support::engine::Microphone;
use support::failure::Failure;
use support::sentences::says;
use support::stage::{Stage, data};

use super::ANSWER_DEADLINE;

/// The gateway's own parrot, or the workshop of tests/interop/pipecat at this URL.
pub enum FarEnd {
    Parrot,
    Workshop(String),
}

/// The answer's transcript, and the question's.
pub struct Answer {
    pub at: Instant,
    pub asked: String,
    pub answered: String,
}

/// As the workshop recognises it, and as its rules answer.
const QUESTION: &str = "when are you open on saturday";
const ON_SATURDAY: &str = "On Saturday we are open from ten to two.";

/// The workshop has greeted by then.
const ASKED_AFTER_SECS: f64 = 6.0;

impl FarEnd {
    /// `--agent URL`, or nothing.
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        match (arguments.next().as_deref(), arguments.next()) {
            (None, _) => Ok(Self::Parrot),
            (Some("--agent"), Some(url)) => Ok(Self::Workshop(url)),
            _ => Err("usage: demo-check [--agent URL]".into()),
        }
    }

    pub fn microphone(&self) -> Microphone {
        match self {
            Self::Parrot => Microphone::Plays(data("speech/visitor-48k.wav")),
            Self::Workshop(_) => says("demo", &[(ASKED_AFTER_SECS, "speech/saturday.wav")]),
        }
    }

    /// What the visitor says, as a file.
    pub fn sentence(&self) -> PathBuf {
        data(match self {
            Self::Parrot => "speech/visitor.wav",
            Self::Workshop(_) => "speech/saturday.wav",
        })
    }

    pub fn configured(&self, config: Config) -> Result<Config, Failure> {
        match self {
            Self::Parrot => Ok(config),
            Self::Workshop(url) => config.parrot_at(url).map_err(Failure),
        }
    }

    /// Waits until the agent answers what it has heard.
    pub async fn answer(&self, stage: &Stage) -> Result<Answer, Failure> {
        let is_asked = |t: &&Transcript| match self {
            Self::Parrot => t.role == "user",
            Self::Workshop(_) => t.role == "user" && t.text == QUESTION,
        };
        let is_answer = |t: &&Transcript| match self {
            Self::Parrot => t.role == "assistant",
            Self::Workshop(_) => t.role == "assistant" && t.text == ON_SATURDAY,
        };
        let wait = stage
            .gateway
            .wait_for("the answer", ANSWER_DEADLINE, |record: &Record| {
                let mut transcripts = record.calls.first()?.transcripts.iter();
                let asked = transcripts.find(is_asked)?;
                let answered = transcripts.find(is_answer)?;
                Some(Answer {
                    at: answered.at,
                    asked: asked.text.clone(),
                    answered: answered.text.clone(),
                })
            });
        let answer = wait.await;
        answer.map_err(|why| {
            let record = stage.gateway.record();
            let told = record.calls.iter().flat_map(|c| &c.transcripts);
            let told: Vec<_> = told.map(|t| format!("{}: {}", t.role, t.text)).collect();
            Failure(format!("{why}; transcripts: {told:?}"))
        })
    }
}
