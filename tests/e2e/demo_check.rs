//! `scripts/demo --check`: the demo's own page in a real browser, one real call to the parrot, and what
//! came of it as one line of JSON on stdout. Fails unless the sentence arrived and the answer was heard.
//! With `--agent URL` the call is to the bicycle workshop of tests/interop/pipecat, which is asked a question.
//!
//! The gateway runs in this process, where its record can be read; page, folder and gateway are those of
//! `scripts/demo`. Added to the page are the harness's tap in front of the speaker and a microphone that
//! the browser leaves as it is.

mod demo_far_end;

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use demo_far_end::{Answer, FarEnd};
use gateway::{Call, Config};
use support::browser::Browser;
use support::driver::Driver;
use support::evidence::evidence_folder;
use support::failure::{Failure, ensure};
use support::stage::{PageEvent, Setting, Stage};

/// Above the call's own steps added up; only a hang takes longer.
const DEADLINE: Duration = Duration::from_secs(180);
const SOON: Duration = Duration::from_secs(20);

/// Greeting and sentence together last 8 s and may follow one another.
const ANSWER_DEADLINE: Duration = Duration::from_secs(40);

/// An agent sends each 20 ms at most 200 ms ahead of its time. Quiet for this long, it has said all,
/// and the speaker has played it.
const ALL_SAID: Duration = Duration::from_secs(1);

/// The same waveform at another volume and rate is 1; a wrong or torn one is far below this.
const HEARD: f64 = 0.9;

/// Chromium's stand-in for a microphone gives blocks of 10 ms, and on a busy machine one too many: the sentence as one waveform
/// correlates with 0.82 then, each piece of it before and after with 0.99. The piece around it may be in two parts.
const TORN_PARTS: usize = 2;

/// Chromium's echo cancellation and noise suppression bend the waveform (correlation 0.74 with the file,
/// 0.99 without them), and the browser's filters are not what is checked.
const RAW_MICROPHONE: &str = r#"<script>
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  devices.getUserMedia = ({ audio }) => getUserMedia({ audio: { ...audio, ...off } });
</script>"#;

const BUTTON: &str = "#call-workshop";
const RATE_HZ: u32 = 24_000;

/// The line on stdout; what a check that broke off did not come to is null.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Findings {
    /// From the click to `vocadesk:start`, by the page's clock.
    start_ms: Option<u64>,
    /// Frames that the gateway got, of 20 ms.
    mic_frames: Option<usize>,
    /// Frames that the agent sent.
    agent_frames: Option<usize>,
    /// The agent's answer against what came to the speaker.
    heard_correlation: Option<f64>,
    /// The recorded sentence against what came to the gateway, the mean of its pieces.
    mic_correlation: Option<f64>,
    /// What the workshop has understood, and said.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<String>,
    /// As `vocadesk:end` says it.
    duration_ms: Option<u64>,
    /// Every event of the page, with its time since the click.
    events: Vec<Value>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut findings = Findings::default();
    let outcome = tokio::select! {
        outcome = check(&mut findings) => outcome,
        () = asked_to_end() => Err("stopped".into()),
    };
    println!(
        "{}",
        serde_json::to_string(&findings).expect("numbers and texts")
    );
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("demo --check: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C, or the TERM that a script sends: the browser must go with us.
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut term) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
        }
        Err(_) => std::future::pending().await,
    }
}

async fn check(findings: &mut Findings) -> Result<(), Failure> {
    let far_end = FarEnd::read(std::env::args().skip(1))?;
    let mut setting = Setting::microphone(far_end.microphone());
    setting.config = far_end.configured(demo_config())?;
    let engine = *support::engine::wanted()
        .first()
        .ok_or("VOCADESK_ENGINES names no engine")?;
    let driver = Driver::start(engine)?;
    let browser = Browser::start(engine, &driver, &setting).await?;
    let mut stage = Stage::set(engine, &driver, &setting, browser).await?;
    let outcome = tokio::time::timeout(DEADLINE, call(&stage, &far_end, findings)).await;
    let outcome = outcome.unwrap_or_else(|_| Err(Failure(format!("no call within {DEADLINE:?}"))));
    if outcome.is_err() {
        match stage.keep_evidence("demo-check").await {
            Ok(words) => eprintln!("{words}"),
            Err(why) => eprintln!("no evidence: {why}"),
        }
    }
    stage.leave().await?;
    outcome
}

/// As `scripts/demo` starts its gateway.
fn demo_config() -> Config {
    Config {
        site: Some(demo_folder()),
        verbose: true,
        ..Config::default()
    }
}

fn demo_folder() -> std::path::PathBuf {
    support::project().join("tests/gateway/demo")
}

async fn call(stage: &Stage, far_end: &FarEnd, findings: &mut Findings) -> Result<(), Failure> {
    open_demo(stage).await?;
    stage.click(BUTTON).await?;
    let started = stage.event("vocadesk:start", 1, SOON).await;
    // Also of a call that failed: the error's code and message are what one looks for then.
    let clicked_at = stage.run("return clickedAt").await?.as_f64();
    let clicked_at = clicked_at.ok_or("the page saw no click")?;
    findings.events = told(&stage.events().await?, clicked_at);
    findings.start_ms = Some((started?.at - clicked_at).round() as u64);

    let answer = hear_out(stage, far_end).await?;
    if matches!(far_end, FarEnd::Workshop(_)) {
        findings.asked = Some(answer.asked);
        findings.answered = Some(answer.answered);
    }
    let heard = stage.heard().await?;
    stage.click(BUTTON).await?;
    let ended = stage.event("vocadesk:end", 1, SOON).await?;
    findings.duration_ms = ended.detail["durationMs"].as_u64();
    findings.events = told(&stage.events().await?, clicked_at);

    let wait = stage.gateway.wait_for("the call's end", SOON, |record| {
        record.calls.first().filter(|c| c.ended.is_some()).cloned()
    });
    let call: Call = wait.await?;
    findings.mic_frames = Some(call.mic.len());
    findings.agent_frames = Some(call.sent.len());

    let (rate, sentence) = support::sound::read_wav(&far_end.sentence())?;
    let sentence = support::sound::resample(&sentence, rate, RATE_HZ);
    let arrived = support::sound::from_pcm(&call.mic_samples());
    let at_gateway = support::sound::follow(&sentence, &arrived, RATE_HZ);
    let pieces = &at_gateway.correlations;
    let mean = pieces.iter().sum::<f64>() / pieces.len().max(1) as f64;
    findings.mic_correlation = Some(in_thousandths(mean));
    let has_arrived = mean >= HEARD && at_gateway.lost() <= TORN_PARTS;

    let said = call.sent.iter().filter(|frame| frame.at >= answer.at);
    let said: Vec<i16> = said.flat_map(|frame| frame.samples.clone()).collect();
    let said = support::sound::from_pcm(&said);
    let [speaker] = heard.as_slice() else {
        return Err(Failure(format!("{} speakers, not one", heard.len())));
    };
    let said_there = support::sound::resample(&said, RATE_HZ, speaker.rate);
    let at_speaker = support::sound::find(&said_there, &speaker.samples);
    findings.heard_correlation = Some(in_thousandths(at_speaker.correlation));
    if !has_arrived || at_speaker.correlation < HEARD {
        keep_sound("microphone", RATE_HZ, &arrived)?;
        keep_sound("agent", RATE_HZ, &said)?;
        keep_sound("speaker", speaker.rate, &speaker.samples)?;
    }

    ensure!(
        has_arrived,
        "the sentence did not arrive as it was spoken: correlation {mean:.3}, wanted {HEARD}; {} parts of it are missing",
        at_gateway.lost()
    );
    ensure!(
        at_speaker.correlation >= HEARD,
        "the agent's answer was not heard as it was sent: correlation {:.3}, wanted {HEARD}",
        at_speaker.correlation
    );
    Ok(())
}

/// Opens the demo's page with the harness's scripts before all others, and notes the visitor's click.
async fn open_demo(stage: &Stage) -> Result<(), Failure> {
    let html = std::fs::read_to_string(demo_folder().join("index.html"))?;
    let (before, after) = html
        .split_once("<head>")
        .ok_or("the demo's page has no <head>")?;
    let tap = r#"<script src="/harness/tap.js"></script>"#;
    let page = format!("{before}<head>\n{tap}\n{RAW_MICROPHONE}{after}");
    let url = stage.gateway.site_page("/", &page, &[]);
    stage.browser()?.goto(&url).await?;
    let note =
        "addEventListener('click', (event) => { window.clickedAt ??= event.timeStamp; }, true)";
    stage.run(note).await?;
    Ok(())
}

/// Waits until the agent has greeted, answered, and fallen silent; gives when it began with the answer. (The parrot's
/// visitor speaks as soon as the microphone is opened, and talks over the greeting.)
async fn hear_out(stage: &Stage, far_end: &FarEnd) -> Result<Answer, Failure> {
    let wait = stage.gateway.wait_for("the greeting", SOON, |record| {
        let call = record.calls.first()?;
        let greeted = call.transcripts.iter().any(|t| t.role == "assistant");
        (greeted && !call.sent.is_empty()).then_some(())
    });
    wait.await?;
    eprintln!("the agent greets");
    let answer = far_end.answer(stage).await?;
    eprintln!("it hears {:?} and says {:?}", answer.asked, answer.answered);
    // The microphone's frames change the record fifty times a second, so this is looked at in time.
    let wait = stage
        .gateway
        .wait_for("the answer's end", ANSWER_DEADLINE, |record| {
            let last = record.calls.first()?.sent.last()?;
            (last.at > answer.at && last.at.elapsed() > ALL_SAID).then_some(())
        });
    wait.await?;
    Ok(answer)
}

/// For whoever wants to listen to what went wrong.
fn keep_sound(of: &str, rate: u32, samples: &[f32]) -> Result<(), Failure> {
    let file = evidence_folder()?.join(format!("demo-check-{of}.wav"));
    support::sound::write_wav(&file, rate, samples)?;
    eprintln!("sound: {}", file.display());
    Ok(())
}

fn told(events: &[PageEvent], clicked_at: f64) -> Vec<Value> {
    let told = events.iter().map(|event| {
        let at_ms = (event.at - clicked_at).round() as u64;
        json!({ "type": event.kind, "detail": event.detail, "atMs": at_ms })
    });
    told.collect()
}

fn in_thousandths(correlation: f64) -> f64 {
    (correlation * 1_000.0).round() / 1_000.0
}
