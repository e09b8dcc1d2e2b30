//! The ways in which a call ends that is not hung up by its button: each is one `end` and one release.

use holds::holds;
use std::time::Duration;

use crate::trial::{ANYTHING, Trial, trial};
use gateway::agent::{AgentKind, speech};
use gateway::config::Embed;
use gateway::misbehave::{Act, Misbehave};
use gateway::{EndedBy, Gate, ListenerName, Record};
use support::engine::Without;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::prompt::PROMPT;
use support::sound;
use support::speech::was_heard;
use support::stage::{Setting, Stage, speaks_after};
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    let taciturn = Setting::microphone(speaks_after(60.0)).config(|config| {
        let embed = Embed::new("emb_demo", AgentKind::Parrot);
        config.no_greeting().silence_secs(1.0).embed(embed)
    });
    vec![
        trial!(a_goodbye_is_heard_whole_before_the_end, taciturn)
            .also_without(ANYTHING)
            .alone("sound heard whole, and the end against the speaker's clock to 0.1 s"),
        trial!(a_server_that_is_done_ends_the_call_without_an_error)
            .in_one_engine("transfer_call, end_call and close 1000 are pure"),
        trial!(a_host_that_is_taken_away_ends_its_call),
        trial!(destroy_ends_the_call_and_leaves_the_host_as_it_was).also_without(ANYTHING),
        trial!(a_page_that_is_left_ends_its_call_within_two_seconds).also_without(ANYTHING),
        trial!(a_visitor_who_changes_their_mind_hears_of_nothing).also_without(ANYTHING),
    ]
}

/// A device's buffer between the sample that leaves the graph and `currentTime`.
const DEVICE_BUFFER_SECS: f64 = 0.1;

/// Two blocks of 2,048 frames, of a page that makes the sound itself: one is heard, one waits.
const PAGES_BLOCKS_SECS: f64 = 0.093;

#[holds("2.end-server", "5.server-agent-ending", "5.server-end-call")]
async fn a_goodbye_is_heard_whole_before_the_end(stage: &mut Stage) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    let end = stage.event(END, 1, SOON).await?;
    // At once: the page lets the speaker sleep a moment after the call.
    let heard = stage.heard().await?;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(call.ended_by == Some(EndedBy::Agent), "{:?}", call.ended_by);
    stage.released(1).await?;
    let farewell = call.end_call.ok_or("no end_call was sent")?;
    ensure!(
        call.agent_ending < Some(farewell),
        "no agent_ending before it"
    );
    // `agent_ending` came two seconds before; the queue is still being played, and the microphone is off.
    let after = call.mic.iter().filter(|f| f.at > farewell).count();
    ensure!(after == 0, "{after} microphone frames after end_call");

    let heard = heard.last().ok_or("no context")?;
    let goodbye = sound::resample(&sound::from_pcm(&speech::goodbye()), 24_000, heard.rate);
    let followed = sound::follow(&goodbye, &heard.samples, heard.rate);
    was_heard(stage.engine, &followed)?;
    let intact = followed.intact();
    let delay = intact.last().ok_or("the goodbye is silent")?;
    let last = delay * f64::from(heard.rate) + goodbye.len() as f64;
    let early = match stage.engine.without {
        Without::Worklet => DEVICE_BUFFER_SECS + PAGES_BLOCKS_SECS,
        _ => DEVICE_BUFFER_SECS,
    };
    let over = heard.from + last / f64::from(heard.rate);
    ensure!(
        end.played + early >= over,
        "the end came at {:.3} s of the speaker's time, the goodbye's end at {over:.3} s",
        end.played
    );
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    stage.good_call("#call").await
}

#[holds("2.end-server", "5.server-transfer-call")]
async fn a_server_that_is_done_ends_the_call_without_an_error(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    let frames = [
        r#"{"type":"transfer_call","number":"+15550100"}"#,
        r#"{"type":"end_call"}"#,
    ];
    let acts = frames.map(|text| Act::Text(text.to_owned()));
    for act in acts.into_iter().chain([Act::Close(1000)]) {
        let events = stage.events().await?.len();
        let calls = stage.gateway.record().calls.len();
        let what = format!("{act:?}");
        stage
            .gateway
            .misbehave(Misbehave::in_call(Duration::from_millis(150), act));
        stage.start_call("#call").await?;
        stage.gateway.misbehave(Misbehave::default());
        stage.event(END, calls + 1, SOON).await?;
        stage.ended_at_gateway(calls).await?;
        stage.released(calls + 1).await?;
        stage.good_call("#call").await?;
        let came = stage.kinds_since(events).await?;
        ensure!(came == [START, END, START, END], "{what}: {came:?}");
    }
    Ok(())
}

/// Keeps the element and its events, also those that it hears while it is in no document.
const KEPT: &str = r"<script>
  window.ends = [];
  window.host = document.getElementById('call');
  host.addEventListener('vocadesk:end', ({ detail }) => ends.push(detail.durationMs));
  window.told = [];
  for (const type of ['start', 'end', 'error']) {
    host.addEventListener(`vocadesk:${type}`, ({ detail, bubbles, composed, cancelable }) =>
      told.push([type, detail && Object.keys(detail).join(), bubbles && composed && !cancelable]));
  }
</script>";

/// Two calls, as the host itself was told of them, in a document or not.
const TWO_CALLS: &str = r#"[["start",null,true],["end","durationMs",true],["start",null,true],["end","durationMs",true]]"#;

#[holds("2.bubbles-composed", "2.end-removed")]
async fn a_host_that_is_taken_away_ends_its_call(stage: &mut Stage) -> Result<(), Failure> {
    let body = button("call", "emb_demo") + KEPT;
    stage.open(&Page::default().body(body)).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    stage.run("host.remove()").await?;
    stage
        .until("ends.length === 1 && ends[0] > 0", SOON)
        .await?;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
    stage.released(1).await?;
    // Moved about, a host keeps its call; put back, it is bound again.
    stage.run("document.body.append(host)").await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage
        .run("document.body.append(document.createElement('main')); document.querySelector('main').append(host)")
        .await?;
    let before = stage.gateway.record().calls[1].mic.len();
    stage.heard_at_gateway(1, before + 10).await?;
    stage.hang_up("#call").await?;
    stage.released(2).await?;
    let whole = stage.run("return ends.every(Number.isInteger)").await?;
    ensure!(whole == true, "not whole milliseconds");
    let told = stage.run("return told").await?.to_string();
    ensure!(told == TWO_CALLS, "{told}");
    Ok(())
}

#[holds(
    "1.destroy-idempotent",
    "1.destroy-ends-call",
    "1.destroy-restores",
    "1.destroy-listeners",
    "2.end-destroy"
)]
async fn destroy_ends_the_call_and_leaves_the_host_as_it_was(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = r#"<div id="call" class="  big  blue " style="Color:red;;margin : 3px" tabindex="-1"
        data-vocadesk-api-url="{{API_URL}}" aria-label='Ring "us"'><b>Talk</b> to<!-- nobody --> us
        </div><script>window.before = call.outerHTML;</script>"#;
    stage
        .open(&Page::default().body(body.to_owned() + KEPT))
        .await?;
    let mount = "window.handle = Vocadesk.mount('#call', { embedId: 'emb_demo', label: 'Ring' })";
    stage.run(mount).await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    stage.run("handle.destroy()").await?;
    let ends = stage.run("return ends.length").await?;
    ensure!(ends == 1, "{ends} ends");
    let same = stage
        .run("return call.outerHTML === before || call.outerHTML")
        .await?;
    ensure!(same == true, "after destroy: {same}");
    stage.run("handle.destroy()").await?;
    let call = stage.ended_at_gateway(0).await?;
    ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
    stage.released(1).await?;
    // The element is nobody's button any more, until it is mounted again.
    let asked = stage.token_requests();
    stage.click("#call").await?;
    stage.run(mount).await?;
    stage.good_call("#call").await?;
    let asked = stage.token_requests() - asked;
    ensure!(asked == 1, "{asked} tokens were asked for, by one call");
    let told = stage.run("return told").await?.to_string();
    ensure!(told == TWO_CALLS, "{told}");
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END, START, END], "{kinds:?}");
    Ok(())
}

#[holds("2.end-left", "4.release-keepalive", "4.release-pagehide")]
async fn a_page_that_is_left_ends_its_call_within_two_seconds(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let remember = r"<script>
      addEventListener('pagehide', () => fetch('/left', { method: 'POST', keepalive: true }));
      for (const type of ['start', 'end', 'error']) {
        document.addEventListener(`vocadesk:${type}`, ({ detail }) => {
          const whole = type !== 'end' || Number.isInteger(detail.durationMs);
          localStorage.told = [localStorage.told, type, detail && Object.keys(detail), whole].join(' ');
        });
      }
    </script>";
    let body = button("call", "emb_demo") + remember;
    stage.open(&Page::default().body(body)).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 10).await?;
    let elsewhere = stage
        .gateway
        .site_page("/elsewhere", "<!doctype html><p>Elsewhere", &[]);
    stage.browser()?.goto(&elsewhere).await?;
    let call = stage.ended_at_gateway(0).await?;
    stage.released(1).await?;
    // From when the page itself could say that it is left: how soon the browser goes elsewhere is none of its doing.
    let left = |r: &Record| {
        r.requests_to(ListenerName::Site, "/left")
            .next()
            .map(|r| r.at)
    };
    let left = stage.gateway.wait_for("the page's own word", SOON, left);
    let left = left.await?;
    let ended = call.ended.ok_or("it did not end")?;
    let released = stage.gateway.record().releases[0].at;
    for (what, at) in [("ended", ended), ("was released", released)] {
        let took = at.saturating_duration_since(left);
        ensure!(
            took <= Duration::from_secs(1),
            "the call {what} {took:?} after the page was left"
        );
    }
    let told = stage.run("return localStorage.told").await?;
    ensure!(told == " start  true end durationMs true", "{told}");
    // The place is free for the page that comes next.
    stage.open(&Page::default()).await?;
    stage.good_call("#call").await
}

#[holds("2.cancel-silent")]
async fn a_visitor_who_changes_their_mind_hears_of_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(PROMPT)).await?;
    // While the browser asks for the microphone.
    stage.click("#call").await?;
    stage.state("#call", "asking").await?;
    stage.call_off("#call").await?;
    stage.allow().await?;
    // Allowed too late: the browser's recording sign must go out again.
    stage.until("window.stream", SOON).await?;
    stage.microphone_is_off().await?;
    ensure!(stage.token_requests() == 0, "a token was asked for");

    // While the token is on its way, and while the agent is. The token comes in the end, to be released.
    let token = Gate::shut();
    let slow_token = Misbehave {
        token_held: token.held(),
        ..Misbehave::default()
    };
    let slow_agent = Misbehave {
        started_never: true,
        ..Misbehave::default()
    };
    for (nth, misbehave, calls) in [(1, slow_token, 0), (2, slow_agent, 1)] {
        stage.gateway.misbehave(misbehave);
        stage.click("#call").await?;
        stage.allow().await?;
        let under_way = |r: &Record| {
            let asked = r
                .requests
                .iter()
                .filter(|r| r.method == "POST" && r.path == "/v1/tokens");
            let opened = r.calls.iter().filter(|c| !c.control.is_empty());
            (asked.count() == nth && opened.count() == calls).then_some(())
        };
        stage
            .gateway
            .wait_for("the call under way", SOON, under_way)
            .await?;
        stage.call_off("#call").await?;
        token.open();
        stage.released(nth).await?;
    }
    let record = stage.gateway.record();
    ensure!(record.calls.len() == 1, "{} sockets", record.calls.len());
    let ended = stage.ended_at_gateway(0).await?;
    ensure!(
        ended.started.is_none(),
        "the agent was started all the same"
    );
    stage.gateway.misbehave(Misbehave::default());
    stage.click("#call").await?;
    stage.allow().await?;
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    stage.released(3).await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END], "{kinds:?}");
    Ok(())
}
