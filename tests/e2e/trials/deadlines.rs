//! Answers that take their time: ten seconds are the contract's limit, for the token and for the agent.

use holds::holds;
use std::time::{Duration, Instant};

use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use gateway::misbehave::{Misbehave, TokenFault};
use gateway::{Config, Gateway, ListenerName, Record};
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::{PageEvent, Stage};
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(an_answer_within_ten_seconds_makes_a_call_and_a_later_one_is_given_up)
            .in_one_engine("deadlines: native plus one browser"),
    ]
}

/// The deadlines run in the browser, from the moment that the token or the socket is asked for; the delays
/// run in the gateway, from the moment that the request or `start` has arrived, which is a little later.
/// Ours leave half a second for the way there and back on a busy machine, preflight included; that it is ten seconds
/// and no less or more `tests/unit/session/talk.rs` holds, where no machine is in the way.
const IN_TIME: Duration = Duration::from_millis(9_500);
const LATE: Duration = Duration::from_millis(10_500);
const LIMIT: Duration = Duration::from_secs(10);

/// Half a second either way, the contract's own.
const TOLERANCE: Duration = Duration::from_millis(500);

/// One gateway, and the button that calls it.
struct Far {
    id: &'static str,
    gateway: Gateway,
    /// The error that is due, if it is not a call.
    code: Option<&'static str>,
    /// A token is granted, in time or not.
    granted: bool,
}

impl Far {
    async fn start(
        id: &'static str,
        misbehave: Misbehave,
        code: Option<&'static str>,
        site: &str,
    ) -> Result<Self, Failure> {
        let embed = Embed::new(id, AgentKind::Echo).origins(&[site]);
        let gateway = Gateway::start(Config::default().embed(embed)).await?;
        let granted = misbehave.token.is_none();
        gateway.misbehave(misbehave);
        Ok(Self {
            id,
            gateway,
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

    /// When the answer that is late was asked for.
    async fn asked(&self) -> Result<Instant, Failure> {
        let of_token = self.id.starts_with("token");
        let asked = |r: &Record| {
            if of_token {
                let asked = r.requests_to(ListenerName::Api, "/v1/tokens");
                return asked.filter(|r| r.method == "POST").map(|r| r.at).next();
            }
            r.calls.first().map(|call| call.opened)
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

/// Between when and when an event of the page happened, by this process's clock: when WebDriver tells is too late, and
/// when the page's clock was read is somewhere between the question and the answer.
async fn happened(stage: &Stage, event: &PageEvent) -> Result<(Instant, Instant), Failure> {
    let before = Instant::now();
    let now_ms = stage.run("return performance.now()").await?;
    let after = Instant::now();
    let ago_ms = now_ms.as_f64().ok_or("no clock")? - event.at;
    let ago = Duration::from_secs_f64(ago_ms / 1e3);
    Ok((before - ago, after - ago))
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
    let token = |token_delay| Misbehave {
        token_delay,
        ..Misbehave::default()
    };
    let agent = |started_delay| Misbehave {
        started_delay,
        ..Misbehave::default()
    };
    let never = Misbehave {
        token: Some(TokenFault::Hangs),
        ..Misbehave::default()
    };
    let mut fars = Vec::new();
    for (id, misbehave, code) in [
        ("token-in-time", token(IN_TIME), None),
        ("agent-in-time", agent(IN_TIME), None),
        ("token-late", token(LATE), Some("network")),
        ("agent-late", agent(LATE), Some("ws_failed")),
        ("token-never", never, Some("network")),
    ] {
        fars.push(Far::start(id, misbehave, code, &stage.gateway.site_url()).await?);
    }
    let buttons: String = fars.iter().map(Far::button).collect();
    stage.open(&Page::default().body(buttons)).await?;
    let mut asked = Vec::new();
    for far in &fars {
        stage.click(&format!("#{}", far.id)).await?;
        // One after the other: what one call has to set up must not hold up what another asks for.
        asked.push(far.asked().await?);
    }
    for (far, since) in fars.iter().zip(asked) {
        let kind = far.code.map_or(START, |_| ERROR);
        let event = event_at(stage, far.id, kind, LIMIT + SOON).await?;
        let (earliest, latest) = happened(stage, &event).await?;
        let least = earliest.saturating_duration_since(since);
        let most = latest.saturating_duration_since(since);
        // A call that was answered in time begins when its page gets to it.
        let (from, to) = match far.code {
            Some(_) => (LIMIT - TOLERANCE, LIMIT + TOLERANCE),
            None => (IN_TIME - TOLERANCE, LIMIT + SOON),
        };
        ensure!(
            most >= from && least <= to,
            "{}: {kind} after {least:?} to {most:?}",
            far.id
        );
        if let Some(code) = far.code {
            let right = event.code() == code && event.message().contains("10 s");
            ensure!(right, "{event:?}");
        }
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
