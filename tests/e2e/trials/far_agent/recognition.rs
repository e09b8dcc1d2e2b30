//! What a recogniser makes of twenty sentences that came as Opus, beside the same as PCM: whoever listens to calls by machine loses
//! nothing by the smaller kind.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use holds::holds;
use serde::Deserialize;

use super::program::python;
use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::{Embed, Feature};
use support::engine::Microphone;
use support::evidence::evidence_folder;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::sentences::{SILENCE_AFTER_SECS, file_of, says};
use support::sound;
use support::stage::{Setting, Stage};

const SENTENCES: &str = "tests/interop/sentences.txt";

/// Longer than any pause within a sentence: `word_errors.py` cuts there.
const PAUSE_SECS: f64 = 1.5;

const RATE_HZ: u32 = 24_000;
const FRAMES_PER_SEC: f64 = 50.0;

/// Of PCM the grammar of the workshop should understand all but a few of the words, or the comparison says nothing.
const MOST_ERRORS_OF_PCM: f64 = 0.1;

pub fn trials() -> Vec<Trial> {
    let microphone = speech().expect("espeak-ng speaks: scripts/setup interop installs it");
    let mut setting = Setting::microphone(microphone).config(|config| {
        let config = config.embed(Embed::new("emb_demo", AgentKind::Silent));
        config.features(&[Feature::Binary, Feature::Opus])
    });
    setting.deadline = Duration::from_secs(600);
    vec![
        trial!(
            twenty_sentences_are_recognised_no_worse_as_opus_than_as_pcm,
            setting
        )
        .alone("every word of a real-time sound counts")
        .in_one_engine("Chromium alone has a microphone that plays a file sample by sample"),
    ]
}

/// A microphone that says the sentences.
fn speech() -> Result<Microphone, Failure> {
    let text = std::fs::read_to_string(support::project().join(SENTENCES))?;
    let spoken = text.lines().enumerate().map(|(nth, sentence)| {
        let file = evidence_folder()?.join(format!("sentence-{nth}.wav"));
        let voice = ["-v", "en-us", "-s", "150", "-w"];
        let mut espeak = Command::new("espeak-ng");
        let said = espeak.args(voice).arg(&file).arg(sentence).status()?;
        ensure!(said.success(), "espeak-ng: {said}");
        Ok(file.to_string_lossy().into_owned())
    });
    let files: Vec<String> = spoken.collect::<Result<_, Failure>>()?;
    let sentences: Vec<_> = files.iter().map(|file| (PAUSE_SECS, &**file)).collect();
    Ok(says("sentences", &sentences))
}

/// What `word_errors.py` prints.
#[derive(Debug, Deserialize)]
struct Errors {
    words: u32,
    sentences: usize,
    grammar: Option<u32>,
    general: Option<u32>,
}

fn word_errors(recording: &Path) -> Result<Errors, Failure> {
    let output = Command::new(python()?)
        .arg(support::project().join("tests/interop/word_errors.py"))
        .arg(recording)
        .arg(support::project().join(SENTENCES))
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Makes a call of all sentences, and has what the gateway heard recognised.
async fn recognised(stage: &mut Stage, nth: usize, codecs: &str) -> Result<Errors, Failure> {
    let (rate, samples) = sound::read_wav(&file_of("sentences")?)?;
    let sentences_secs = samples.len() as f64 / f64::from(rate) - SILENCE_AFTER_SECS;
    // A realm of the page's own, whose codecs can be taken away.
    let head = format!("<script>delete window.Worker; {codecs}</script>");
    stage.open(&Page::default().head(head)).await?;
    stage.start_call("#call").await?;
    let frames = (sentences_secs + 1.0) * FRAMES_PER_SEC;
    stage.heard_at_gateway(nth, frames as usize).await?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(nth).await?;
    let is_opus = call.line.opus_packets > 0;
    ensure!(is_opus == codecs.is_empty(), "{codecs}: {:?}", call.line);
    let recording: PathBuf = evidence_folder()?.join(format!("sentences-heard-{nth}.wav"));
    sound::write_wav(&recording, RATE_HZ, &sound::from_pcm(&call.mic_samples()))?;
    word_errors(&recording)
}

#[holds("5b.binary-opus")]
async fn twenty_sentences_are_recognised_no_worse_as_opus_than_as_pcm(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let pcm = recognised(stage, 0, "delete window.AudioEncoder;").await?;
    let opus = recognised(stage, 1, "").await?;
    println!("word errors as PCM: {pcm:?}; as Opus: {opus:?}");
    ensure!(
        pcm.sentences == 20 && opus.sentences == 20,
        "{pcm:?}; {opus:?}"
    );
    let (of_pcm, of_opus) = (pcm.grammar, opus.grammar);
    let most = f64::from(pcm.words) * MOST_ERRORS_OF_PCM;
    ensure!(of_pcm.is_some_and(|n| f64::from(n) <= most), "{pcm:?}");
    ensure!(
        of_opus <= of_pcm && opus.general <= pcm.general,
        "as PCM: {pcm:?}; as Opus: {opus:?}"
    );
    Ok(())
}
