//! Opus (wire version 2): a call that speaks it, and one whose codecs are missing, lie or die.

use holds::holds;
use std::path::PathBuf;
use std::time::Duration;

use super::outages::{FRAMES_PER_SEC, is_heard_whole, lose, resumed, talk};
use crate::trial::{Trial, trial};
use gateway::Call;
use gateway::agent::AgentKind;
use gateway::config::{Embed, Feature};
use gateway::misbehave::Loss;
use support::engine::{Microphone, Without};
use support::evidence::evidence_folder;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::sound;
use support::stage::{Setting, Stage, speaks_after};

pub fn trials() -> Vec<Trial> {
    // The echo says all that it hears: one sentence tells of both ways.
    let echo = || {
        Setting::microphone(speaks_after(1.5)).config(|config| {
            let config = config.embed(Embed::new("emb_demo", AgentKind::Echo));
            config.features(&[Feature::Binary, Feature::Opus])
        })
    };
    let sound_is_compared =
        "each word is followed, and a browser that has no time loses some by itself";
    let one = "what becomes of the voice is pure code, held against a model natively; how each engine's own codecs fail is not ours";
    vec![
        trial!(a_sentence_goes_both_ways_as_opus, echo())
            .also_without(&[Without::Worker])
            .listens(sound_is_compared),
        trial!(
            tones_that_go_as_opus_keep_their_level,
            Setting {
                microphone: tones(),
                ..echo()
            }
        )
        .in_one_engine("of the other engines' microphones nobody knows the level"),
        trial!(
            a_call_that_speaks_opus_is_resumed_and_its_sentence_heard_whole,
            echo().config(|config| config.features(&Feature::ALL))
        )
        .in_one_engine(one)
        .listens(sound_is_compared),
        trial!(
            whatever_an_encoder_does_the_voice_goes_on_in_the_same_call,
            echo()
        )
        .in_one_engine(one)
        .listens(sound_is_compared),
        trial!(
            whatever_a_decoder_does_the_agent_is_heard_on_in_the_same_call,
            echo()
        )
        .in_one_engine(one)
        .listens(sound_is_compared),
        trial!(
            a_browser_without_opus_or_with_an_answer_that_never_comes_offers_none,
            echo()
        )
        .in_one_engine(one),
    ]
}

/// Each of the page's own codecs may be replaced where the call runs on the page's thread: the page takes its Worker away.
fn page(codecs: &str) -> Page {
    Page::default().head(format!("<script>delete window.Worker; {codecs}</script>"))
}

/// Nothing went as PCM.
fn all_went_as_opus(call: &Call) -> Result<(), Failure> {
    let (opus, all) = (call.line.opus_packets, call.mic.len());
    ensure!(opus == all, "{opus} packets of {all}");
    Ok(())
}

#[holds("5b.binary-opus", "5b.features-kinds", "5b.answer")]
async fn a_sentence_goes_both_ways_as_opus(stage: &mut Stage) -> Result<(), Failure> {
    talk(stage, FRAMES_PER_SEC).await?;
    let call = is_heard_whole(stage, 8).await?;
    ensure!(call.line.features == ["binary", "opus"], "{:?}", call.line);
    all_went_as_opus(&call)
}

const TONES_HZ: [f64; 7] = [100.0, 200.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0];

/// A quarter of full scale: -12 dB.
const LEVEL: f64 = 0.25;

/// A microphone of half a second of each tone, one after the other, with pauses.
fn tones() -> Microphone {
    const RATE: u32 = 48_000;
    let make = || -> Result<PathBuf, Failure> {
        let second = RATE as usize;
        let mut samples = vec![0.0; second];
        for hz in TONES_HZ {
            let step = std::f64::consts::TAU * hz / f64::from(RATE);
            samples.extend((0..second / 2).map(|n| (LEVEL * (step * n as f64).sin()) as f32));
            samples.resize(samples.len() + second / 5, 0.0);
        }
        samples.resize(samples.len() + 20 * second, 0.0);
        let file = evidence_folder()?.join("tones.wav");
        sound::write_wav(&file, RATE, &samples)?;
        Ok(file)
    };
    Microphone::Plays(make().expect("the file can be written"))
}

/// How loud a tone is in these samples at 24 kHz (Goertzel).
fn level(samples: &[i16], hz: f64) -> f64 {
    let step = std::f64::consts::TAU * hz / 24_000.0;
    let (mut re, mut im) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let sample = f64::from(*sample) / 32_768.0;
        re += sample * (step * n as f64).cos();
        im += sample * (step * n as f64).sin();
    }
    2.0 * re.hypot(im) / samples.len() as f64
}

#[holds("5b.binary-opus")]
async fn tones_that_go_as_opus_keep_their_level(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::with_raw_microphone()).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 8 * FRAMES_PER_SEC).await?;
    stage.hang_up("#call").await?;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(call.line.opus_packets > 0, "{:?}", call.line);
    let heard = call.mic_samples();
    for hz in TONES_HZ {
        // A fifth of a second of it, wherever it stands.
        let loudest = heard
            .windows(4_800)
            .step_by(600)
            .map(|part| level(part, hz));
        let db = 20.0 * (loudest.fold(0.0, f64::max) / LEVEL).log10();
        ensure!(db.abs() <= 1.0, "{hz} Hz came at {db:.2} dB");
    }
    Ok(())
}

#[holds("5b.kept", "5b.resume-goes-on")]
async fn a_call_that_speaks_opus_is_resumed_and_its_sentence_heard_whole(
    stage: &mut Stage,
) -> Result<(), Failure> {
    talk(stage, 2 * FRAMES_PER_SEC).await?;
    lose(stage, Loss::Reset, Duration::from_secs(4)).await?;
    resumed(stage, 1).await?;
    let call = is_heard_whole(stage, 10).await?;
    all_went_as_opus(&call)
}

#[holds("5b.change-kind", "5b.features-kinds")]
async fn whatever_an_encoder_does_the_voice_goes_on_in_the_same_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    // In the middle of a word, or at once. Silence is not encoded.
    let encoders = [
        "encode(data) { if (++this.count > 100) this.tell(new Error('dead')); else super.encode(data); }",
        "encode(data) { if (++this.count > 100) throw new Error('dead'); super.encode(data); }",
        "encode(data) { if (++this.count <= 100) super.encode(data); }",
        "configure() { throw new Error('dead'); }",
        "encode() {}",
    ];
    for (which, encoder) in encoders.into_iter().enumerate() {
        let codecs = format!(
            "window.AudioEncoder = class extends AudioEncoder {{
               constructor(init) {{ super(init); this.count = 0; this.tell = init.error; }}
               {encoder}
             }};"
        );
        let call = speak(stage, which, &codecs).await?;
        let is_from_the_start = which >= 3;
        let (opus, all) = (call.line.opus_packets, call.mic.len());
        ensure!(
            if is_from_the_start {
                opus == 0
            } else {
                (90..all).contains(&opus)
            },
            "{encoder}: {opus} packets of {all}"
        );
    }
    Ok(())
}

#[holds("5b.change-kind", "5b.features-kinds")]
async fn whatever_a_decoder_does_the_agent_is_heard_on_in_the_same_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let decoders = [
        // It dies of one packet; those that it owes go to the next.
        "decode(chunk) { if (++window.count === 100) throw new Error('dead'); super.decode(chunk); }",
        // It says nothing any more.
        "decode(chunk) { if (++window.count < 100 || window.made > 1) super.decode(chunk); }",
        // There is none: the other side is told by PCM that it is to speak PCM.
        "configure() { throw new Error('dead'); }",
    ];
    for (which, decoder) in decoders.into_iter().enumerate() {
        let codecs = format!(
            "window.count = window.made = 0;
             window.AudioDecoder = class extends AudioDecoder {{
               constructor(init) {{ super(init); window.made += 1; }}
               {decoder}
             }};"
        );
        speak(stage, which, &codecs).await?;
    }
    Ok(())
}

/// A call on a page with these codecs, whose sentence is heard whole.
async fn speak(stage: &mut Stage, which: usize, codecs: &str) -> Result<Call, Failure> {
    stage.open(&page(codecs)).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(which, FRAMES_PER_SEC).await?;
    is_heard_whole(stage, 7)
        .await
        .map_err(|failure| format!("{codecs}: {failure}").into())
}

#[holds("5b.offer")]
async fn a_browser_without_opus_or_with_an_answer_that_never_comes_offers_none(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (which, codecs) in [
        "delete window.AudioEncoder;",
        "delete window.AudioDecoder;",
        "AudioDecoder.isConfigSupported = async () => ({ supported: false });",
        "AudioEncoder.isConfigSupported = () => new Promise(() => {});",
        "AudioEncoder.isConfigSupported = () => { throw new Error('no'); };",
        "AudioEncoder.isConfigSupported = async () => { throw new Error('no'); };",
        "AudioEncoder.isConfigSupported = 7;",
        "Object.defineProperty(window, 'AudioEncoder', { get() { throw new Error('no'); } });",
    ]
    .into_iter()
    .enumerate()
    {
        stage.open(&page(codecs)).await?;
        stage.start_call("#call").await?;
        stage.heard_at_gateway(which, 10).await?;
        stage.hang_up("#call").await?;
        let call = stage.ended_at_gateway(which).await?;
        ensure!(
            call.line.features == ["binary"],
            "{codecs}: {:?}",
            call.line
        );
    }
    Ok(())
}
