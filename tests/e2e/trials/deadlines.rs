//! Answers that take their time: ten seconds are the contract's limit, for the token and for the agent.

use holds::holds;
use std::time::Duration;

use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use gateway::misbehave::{Misbehave, TokenFault};
use gateway::{Config, Gate, Gateway, Held, ListenerName, Record};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{PageEvent, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(an_answer_within_ten_seconds_makes_a_call_and_a_later_one_is_given_up)
            .in_one_engine("deadlines: native plus one browser"),
        trial!(a_turnstile_answer_that_does_not_come_within_half_a_minute_is_given_up)
            .in_one_engine("half a minute long, and the deadline is ours"),
    ]
}

/// The contract's limit, and what an answer in time leaves of it for the way to the page and for what the page has to
/// do. That it is ten seconds and no less or more `tests/unit/session/talk.rs` holds, where no machine is in the way.
const LIMIT: Duration = Duration::from_secs(10);
const IN_TIME: Duration = Duration::from_secs(8);

/// A call that is given up is given up by then. A busy machine is late for the page's own timers just as it is for ours.
const GIVEN_UP: Duration = Duration::from_secs(11);

const TURNSTILE: Duration = Duration::from_secs(30);

/// One gateway, and the button that calls it.
struct Far {
    id: &'static str,
    gateway: Gateway,
    /// What its answer waits for.
    gate: Gate,
    /// The error that is due, if it is not a call.
    code: Option<&'static str>,
    /// A token is granted, in time or not.
    granted: bool,
}

impl Far {
    async fn start(
        id: &'static str,
        held_up: fn(Held) -> Misbehave,
        code: Option<&'static str>,
        site: &str,
    ) -> Result<Self, Failure> {
        let embed = Embed::new(id, AgentKind::Echo).origins(&[site]);
        let gateway = Gateway::start(Config::default().embed(embed)).await?;
        let gate = Gate::shut();
        let misbehave = held_up(gate.held());
        let granted = misbehave.token.is_none();
        gateway.misbehave(misbehave);
        Ok(Self {
            id,
            gateway,
            gate,
            code,
            granted,
        })
    }

    fn button(&self) -> String {
        let (id, api) = (self.id, self.gateway.api_url());
        format!(
            r#"<button id="{id}" data-vocadesk-embed="{id}" data-vocadesk-api-url="{api}">Talk</button>"#
        )
    }

    /// Waits until the answer that is late has been asked for.
    async fn asked(&self) -> Result<(), Failure> {
        let of_token = self.id.starts_with("token");
        let asked = |r: &Record| {
            if of_token {
                let asked = r.requests_to(ListenerName::Api, "/v1/tokens");
                return asked.filter(|r| r.method == "POST").map(drop).next();
            }
            r.calls.first().map(drop)
        };
        Ok(self.gateway.wait_for("the request", SOON, asked).await?)
    }

    async fn released(&self, times: usize) -> Result<(), Failure> {
        let enough = |r: &Record| (r.releases.len() >= times).then_some(r.releases.len());
        let came = self.gateway.wait_for("releases", SOON, enough).await?;
        ensure!(came == times, "{}: {came} releases, not {times}", self.id);
        Ok(())
    }
}

/// The page's own timers, for each host by its id: those of [`IN_TIME`] and [`LIMIT`] run from the click, that of
/// [`GIVEN_UP`] from when the trial has seen the request. Each tells the time at which it went off.
const TIMERS: &str = r"<script>
  window.inTime = {};
  window.atLimit = {};
  window.givenUp = {};
  window.after = (ms, into, id) => setTimeout(() => (into[id] = performance.now()), ms);
  addEventListener('click', ({ target: { id } }) => {
    after(IN_TIME, inTime, id);
    after(LIMIT, atLimit, id);
  }, true);
</script>";

/// When a timer of this host's went off, in the page's time.
async fn went_off(stage: &Stage, timer: &str, id: &str) -> Result<f64, Failure> {
    let found = format!("{timer}['{id}']");
    let at = stage.until(&found, GIVEN_UP + SOON).await?;
    at.as_f64().ok_or_else(|| "no number".into())
}

/// Waits for the first event of this type at this host.
async fn event_at(
    stage: &Stage,
    id: &str,
    kind: &str,
    within: Duration,
) -> Result<PageEvent, Failure> {
    let found = format!("__harness.events.find((e) => e.target === '{id}' && e.type === '{kind}')");
    let event = stage.until(&found, within).await;
    let event = event.map_err(|Failure(why)| Failure(format!("{id}: {why}")))?;
    Ok(serde_json::from_value(event)?)
}

#[holds("3.ws-failed-10s", "3.network-10s", "3.deadlines")]
async fn an_answer_within_ten_seconds_makes_a_call_and_a_later_one_is_given_up(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let token: fn(Held) -> Misbehave = |token_held| Misbehave {
        token_held,
        ..Misbehave::default()
    };
    let agent: fn(Held) -> Misbehave = |started_held| Misbehave {
        started_held,
        ..Misbehave::default()
    };
    let never: fn(Held) -> Misbehave = |_| Misbehave {
        token: Some(TokenFault::Hangs),
        ..Misbehave::default()
    };
    let mut fars = Vec::new();
    // Those in time last: the clicks on others must not take of their time.
    for (id, held_up, code) in [
        ("token-late", token, Some("network")),
        ("agent-late", agent, Some("ws_failed")),
        ("token-never", never, Some("network")),
        ("token-in-time", token, None),
        ("agent-in-time", agent, None),
    ] {
        fars.push(Far::start(id, held_up, code, &stage.gateway.site_url()).await?);
    }
    let buttons: String = fars.iter().map(Far::button).collect();
    let timers = TIMERS
        .replace("IN_TIME", &IN_TIME.as_millis().to_string())
        .replace("LIMIT", &LIMIT.as_millis().to_string());
    stage
        .open(&Page::default().head(timers).body(buttons))
        .await?;
    for far in &fars {
        stage.click(&format!("#{}", far.id)).await?;
        // One after the other: what one call has to set up must not hold up what another asks for.
        far.asked().await?;
        let given_up = format!("after({}, givenUp, '{}')", GIVEN_UP.as_millis(), far.id);
        stage.run(&given_up).await?;
    }
    for far in fars.iter().filter(|far| far.code.is_none()) {
        went_off(stage, "inTime", far.id).await?;
        far.gate.open();
    }
    for far in &fars {
        let Some(code) = far.code else {
            event_at(stage, far.id, START, SOON).await?;
            continue;
        };
        let event = event_at(stage, far.id, ERROR, GIVEN_UP + SOON).await?;
        let right = event.code() == code && event.message().contains("10 s");
        ensure!(right, "{event:?}");
        let from = went_off(stage, "atLimit", far.id).await?;
        let to = went_off(stage, "givenUp", far.id).await?;
        ensure!(
            (from..=to).contains(&event.at),
            "{}: {from} to {to} ms were due, {event:?}",
            far.id
        );
    }
    // What comes too late is of no use to anybody, and is released.
    for far in &fars {
        far.gate.open();
    }
    // The second try, and for those that made it, the hang-up.
    for far in &fars {
        let button = format!("#{}", far.id);
        far.gateway.misbehave(Misbehave::default());
        if far.code.is_some() {
            far.released(usize::from(far.granted)).await?;
            stage.click(&button).await?;
            event_at(stage, far.id, START, SOON).await?;
        }
        stage.click(&button).await?;
        event_at(stage, far.id, END, SOON).await?;
        let failed_with_token = far.granted && far.code.is_some();
        far.released(1 + usize::from(failed_with_token)).await?;
        let events = stage.events().await?;
        let mine = events.iter().filter(|e| e.target == far.id);
        let kinds: Vec<_> = mine.map(|e| e.kind.as_str()).collect();
        let due: &[_] = match far.code {
            Some(_) => &[ERROR, START, END],
            None => &[START, END],
        };
        ensure!(kinds == due, "{}: {kinds:?}", far.id);
    }
    Ok(())
}

#[holds("1.turnstile-30s")]
async fn a_turnstile_answer_that_does_not_come_within_half_a_minute_is_given_up(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage
        .open(&Page::default().body(button("call", "emb_echo")))
        .await?;
    let mount =
        "window.handle = Vocadesk.mount(call, { turnstileToken: () => new Promise(() => 0) })";
    stage.run(mount).await?;
    stage.state("#call", "idle").await?;
    let clicked = stage.run("return performance.now()").await?;
    stage.click("#call").await?;
    let error = stage.event(ERROR, 1, TURNSTILE + SOON).await?;
    ensure!(error.code() == "token_failed", "{error:?}");
    ensure!(error.message().contains("30 s"), "{error:?}");
    let after_ms = error.at - clicked.as_f64().unwrap_or_default();
    let least_ms = TURNSTILE.as_secs_f64() * 1_000.0;
    ensure!(after_ms >= least_ms, "given up after {after_ms} ms");
    ensure!(stage.token_requests() == 0, "a token was asked for");
    stage.microphone_is_off().await?;
    // A mount without it: the next call asks nobody.
    stage.run("Vocadesk.mount(call)").await?;
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await
}
