//! The instruments, before anything is measured with them: what the tap hears, what the microphone
//! of each setting is, what the network log sees.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::trial::{Trial, trial};
use support::engine::Relays;
use support::failure::{Failure, ensure};
use support::network;
use support::page::{Page, Placement};
use support::sound;
use support::speech::came_through;
use support::stage::{Setting, Stage, data, speaks_after};
use support::tap::Heard;
use support::visitor::SOON;

const LEAD_SECS: f64 = 3.0;

/// A quarter of the two seconds that a tap loses which waits for the page.
const LATE_SECS: f64 = 0.5;

pub fn trials() -> Vec<Trial> {
    // Firefox's stream begins up to two seconds after its device was opened.
    let speaks = Setting::microphone(speaks_after(LEAD_SECS));
    vec![
        trial!(
            the_fake_microphone_speaks_again_when_it_is_opened_again,
            speaks
        )
        .alone("waveform of a real-time microphone"),
        trial!(the_tap_loses_nothing_while_the_main_thread_is_blocked)
            .alone("0.2 s too much and 0.5 s too little of a real-time sound"),
        trial!(the_network_log_sees_what_a_worker_asks_for)
            .own_browser("reads the network log (stage.leave())"),
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
    outcome(stage).await
}

async fn outcome(stage: &Stage) -> Result<String, Failure> {
    let outcome = stage.until("window.outcome", SOON).await?;
    Ok(outcome.as_str().unwrap_or_default().to_owned())
}

/// And the tap hears it, both times.
async fn the_fake_microphone_speaks_again_when_it_is_opened_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (rate, sentence) = sound::read_wav(&data("speech/visitor.wav"))?;
    let seconds = LEAD_SECS + sentence.len() as f64 / f64::from(rate);
    for contexts in 1..=2 {
        let outcome = match contexts {
            1 => microphone_outcome(stage).await?,
            _ => opened_again(stage).await?,
        };
        ensure!(outcome == "open", "getUserMedia: {outcome}");
        // By the context's own clock: it is not over before.
        let over = format!("context.currentTime > {seconds}");
        stage
            .until(&over, SOON + Duration::from_secs_f64(seconds))
            .await?;
        let heard = heard_to_its_end(stage, contexts).await?;
        let reference = sound::resample(&sentence, rate, heard.rate);
        came_through(stage.engine, &reference, &heard.samples, heard.rate)
            .map_err(|Failure(why)| Failure(format!("time {contexts}: {why}")))?;
    }
    Ok(())
}

async fn opened_again(stage: &Stage) -> Result<String, Failure> {
    stage
        .run("window.outcome = ''; stream.getTracks()[0].stop()")
        .await?;
    stage.click("#go").await?;
    outcome(stage).await
}

/// Louder than what a device adds of its own, and quieter than any word.
const LOUD: f32 = 0.02;

/// The sentence has no pause of this length, and no engine is so late with its last sound.
const OVER_SECS: f64 = 0.7;

/// Waits until the last of so many contexts has heard something, and then nothing for a while.
async fn heard_to_its_end(stage: &Stage, contexts: usize) -> Result<Heard, Failure> {
    let due = Instant::now() + SOON;
    loop {
        let mut heard = stage.heard().await?;
        let found = heard.len();
        ensure!(found == contexts, "{found} contexts, not {contexts}");
        let last = heard.swap_remove(found - 1);
        let loud = last.samples.iter().rposition(|sample| sample.abs() > LOUD);
        let quiet = loud.map(|at| (last.samples.len() - at) as f64 / f64::from(last.rate));
        if quiet.is_some_and(|quiet| quiet >= OVER_SECS) {
            return Ok(last);
        }
        ensure!(
            Instant::now() < due,
            "the sentence was heard {quiet:?} s ago"
        );
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}

const LOOKS_EVERY: Duration = Duration::from_millis(300);

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
