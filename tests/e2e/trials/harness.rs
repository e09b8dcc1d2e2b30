//! The instruments, before anything is measured with them: what the tap hears, what the microphone
//! of each setting is, what the network log sees.

use holds::holds;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::trial::{Trial, trial};
use support::engine::{Microphone, Relays};
use support::failure::{Failure, ensure};
use support::network;
use support::page::{Page, Placement};
use support::sound;
use support::speech::came_through;
use support::stage::{Setting, Stage, data, speaks_after};

const SOON: Duration = Duration::from_secs(10);

const LEAD_SECS: f64 = 3.0;

/// A quarter of the two seconds that a tap loses which waits for the page.
const LATE_SECS: f64 = 0.5;

pub fn trials() -> Vec<Trial> {
    // Firefox's stream begins up to two seconds after its device was opened.
    let speaks = Setting::microphone(speaks_after(LEAD_SECS));
    vec![
        trial!(the_tap_hears_what_the_fake_microphone_plays, speaks.clone())
            .alone("waveform of a real-time microphone"),
        trial!(
            the_fake_microphone_speaks_again_when_it_is_opened_again,
            speaks
        )
        .alone("waveform of a real-time microphone"),
        trial!(the_tap_loses_nothing_while_the_main_thread_is_blocked)
            .alone("0.2 s too much and 0.5 s too little of a real-time sound"),
        trial!(
            a_denied_microphone_is_denied,
            Setting::microphone(Microphone::Denied)
        ),
        trial!(
            a_missing_microphone_is_missing,
            Setting::microphone(Microphone::Missing)
        ),
        trial!(the_network_log_sees_what_a_worker_asks_for)
            .own_browser("reads the network log (stage.leave())"),
        trial!(the_snippet_loads_the_release_from_the_cdn_by_its_real_hash).in_one_engine(
            "a constant of the release; every other trial loads by that hash in all",
        ),
    ]
}

fn bare(body: &str) -> Page {
    Page::default().script(Placement::Absent).body(body)
}

/// Sends the microphone straight to the speaker once `#go` is clicked.
const LOOPBACK: &str = r#"<button id="go">go</button><script>
  go.onclick = async () => {
    const context = window.context = new AudioContext();
    const processed = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    // Unless it is told, WebKitGTK does not know the microphone's rate at first: on a busy machine the sentence
    // comes 9 % slower and lower.
    processed.sampleRate = context.sampleRate;
    try {
      // The tap's module loads first, or the sentence's first words would be missed.
      const quiet = new ConstantSourceNode(context, { offset: 0 });
      quiet.connect(context.destination);
      quiet.start();
      while ((await __harness.heard()).length === 0);
      const stream = window.stream = await navigator.mediaDevices.getUserMedia({ audio: processed });
      new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(context.destination);
      window.outcome = "open";
    } catch (error) {
      window.outcome = error.name;
    }
  };
</script>"#;

async fn microphone_outcome(stage: &mut Stage) -> Result<String, Failure> {
    stage.open(&bare(LOOPBACK)).await?;
    stage.click("#go").await?;
    let outcome = stage.until("window.outcome", SOON).await?;
    Ok(outcome.as_str().unwrap_or_default().to_owned())
}

async fn the_tap_hears_what_the_fake_microphone_plays(stage: &mut Stage) -> Result<(), Failure> {
    let (rate, sentence) = sound::read_wav(&data("speech/visitor.wav"))?;
    let outcome = microphone_outcome(stage).await?;
    ensure!(outcome == "open", "getUserMedia: {outcome}");
    let seconds = sentence.len() as f64 / f64::from(rate) + LEAD_SECS;
    // The context's own clock says when the sentence is over.
    let over = format!("context.currentTime > {}", seconds + 2.0);
    stage
        .until(&over, SOON + Duration::from_secs_f64(seconds))
        .await?;
    let heard = stage.heard().await?;
    let [heard] = heard.as_slice() else {
        return Err(Failure(format!("{} contexts, not one", heard.len())));
    };
    let sentence = sound::resample(&sentence, rate, heard.rate);
    came_through(stage.engine, &sentence, &heard.samples, heard.rate)
}

async fn the_fake_microphone_speaks_again_when_it_is_opened_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (rate, sentence) = sound::read_wav(&data("speech/visitor.wav"))?;
    let seconds = sentence.len() as f64 / f64::from(rate) + LEAD_SECS;
    let over = format!("context.currentTime > {}", seconds + 2.0);
    let deadline = SOON + Duration::from_secs_f64(seconds);
    microphone_outcome(stage).await?;
    stage.until(&over, deadline).await?;
    stage
        .run("window.outcome = ''; stream.getTracks()[0].stop()")
        .await?;
    stage.click("#go").await?;
    stage.until("window.outcome", SOON).await?;
    stage.until(&over, deadline).await?;
    let heard = stage.heard().await?;
    let last = heard.last().ok_or("no context")?;
    let reference = sound::resample(&sentence, rate, last.rate);
    came_through(stage.engine, &reference, &last.samples, last.rate)
}

async fn the_tap_loses_nothing_while_the_main_thread_is_blocked(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let outcome = microphone_outcome(stage).await?;
    ensure!(outcome == "open", "getUserMedia: {outcome}");
    // How much was heard, and between when and when that was asked for.
    let look = async |stage: &Stage| -> Result<(f64, Instant, Instant), Failure> {
        let from = Instant::now();
        let heard = stage.heard().await?;
        let seconds = heard[0].samples.len() as f64 / f64::from(heard[0].rate);
        Ok((seconds, from, Instant::now()))
    };
    let before = look(stage).await?;
    stage.block_main_thread(Duration::from_secs(2)).await?;
    let after = look(stage).await?;
    let heard = after.0 - before.0;
    let least = (after.1 - before.2).as_secs_f64();
    let most = (after.2 - before.1).as_secs_f64();
    // A null sink renders in bursts of some 20 ms, and a busy machine's speaker is late for some of them.
    // Where the page relays the tap's answers, the first look comes late and sees too little.
    let too_much = heard > most + 0.2 && stage.engine.relays != Relays::Ports;
    ensure!(
        heard > least - LATE_SECS && !too_much,
        "{heard} s heard in {least} to {most} s"
    );
    Ok(())
}

async fn a_denied_microphone_is_denied(stage: &mut Stage) -> Result<(), Failure> {
    let outcome = microphone_outcome(stage).await?;
    ensure!(outcome == "NotAllowedError", "getUserMedia: {outcome}");
    Ok(())
}

async fn a_missing_microphone_is_missing(stage: &mut Stage) -> Result<(), Failure> {
    let outcome = microphone_outcome(stage).await?;
    let name = stage.engine.says_missing;
    ensure!(outcome == name, "getUserMedia: {outcome}");
    Ok(())
}

async fn the_network_log_sees_what_a_worker_asks_for(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&bare("")).await?;
    // Ports where nothing answers; the attempt is what counts.
    let script = r#"
      const [ours, stranger, socket] = arguments;
      const text = `
        const socketFails = new Promise((done) => { new WebSocket("${socket}").onerror = done; });
        fetch("${ours}").catch(() => 0)
          .then(() => fetch("${stranger}")).catch(() => socketFails).then(() => postMessage(1))`;
      window.worker = new Worker(URL.createObjectURL(new Blob([text])));
      worker.onmessage = () => { window.asked = true; };"#;
    let stranger = "http://127.0.0.1:49151/elsewhere";
    let socket = "ws://127.0.0.1:49150/elsewhere";
    let args = vec![
        json!(stage.gateway.api_url()),
        json!(stranger),
        json!(socket),
    ];
    stage.browser()?.run(script, args).await?;
    stage.until("window.asked", SOON).await?;
    let Some(requests) = stage.leave().await? else {
        return Ok(());
    };
    let strangers = stage.strangers(&requests);
    ensure!(
        strangers == ["http://127.0.0.1:49150", "http://127.0.0.1:49151"],
        "{strangers:?}"
    );
    let all = network::origins(&requests);
    let (site, api) = (stage.gateway.site_url(), stage.gateway.api_url());
    ensure!(
        all.contains(&site) && all.contains(&api),
        "{all:?} lacks {site} or {api}"
    );
    Ok(())
}

#[holds("1.snippet", "1.version")]
async fn the_snippet_loads_the_release_from_the_cdn_by_its_real_hash(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    let version = stage.run("return window.Vocadesk?.version").await?;
    ensure!(version == env!("CARGO_PKG_VERSION"), "version {version}");
    Ok(())
}
