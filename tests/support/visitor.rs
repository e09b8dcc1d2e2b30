//! What a visitor does with a button, and what must hold each time it is done.

use std::time::Duration;

use serde_json::json;

use crate::failure::{Failure, ensure};
use crate::stage::{PageEvent, Stage};
use gateway::token::Claims;
use gateway::{Answer, Call, ListenerName, Record};

pub const START: &str = "vocadesk:start";
pub const END: &str = "vocadesk:end";
pub const ERROR: &str = "vocadesk:error";

/// What happens without anybody's waiting for it: permission, token, socket, worklet take some
/// 300 ms together; a busy machine may need many seconds. A guard against hanging, and no bound of anything's.
pub const SOON: Duration = Duration::from_secs(20);

/// Nobody answers to what they see in less.
const SEEN: Duration = Duration::from_millis(200);

impl Stage {
    /// Clicks, and waits for the call's start.
    pub async fn start_call(&self, button: &str) -> Result<PageEvent, Failure> {
        let nth = self.count(START).await? + 1;
        self.click(button).await?;
        self.event(START, nth, SOON).await
    }

    /// Clicks in a call, and waits for its end.
    pub async fn hang_up(&self, button: &str) -> Result<PageEvent, Failure> {
        let nth = self.count(END).await? + 1;
        self.click(button).await?;
        self.event(END, nth, SOON).await
    }

    /// Clicks on a call that has not started, as one who has seen what the last click did: within `WAITED_MS` (100 ms, see
    /// `src/page/press/rule.rs`) of that it would be the rest of the last click.
    pub async fn call_off(&self, button: &str) -> Result<(), Failure> {
        tokio::time::sleep(SEEN).await;
        self.click(button).await?;
        self.state(button, "idle").await
    }

    /// Clicks, and waits for the error; holds it to the contract.
    pub async fn fail_call(&self, button: &str, code: &str) -> Result<PageEvent, Failure> {
        let nth = self.count(ERROR).await? + 1;
        self.click(button).await?;
        self.error(nth, code).await
    }

    /// Waits for the `nth` error; holds it to the contract.
    pub async fn error(&self, nth: usize, code: &str) -> Result<PageEvent, Failure> {
        let error = self.event(ERROR, nth, SOON).await?;
        ensure!(error.code() == code, "not {code}: {error:?}");
        ensure!(!error.message().is_empty(), "no message: {error:?}");
        let tokens = self.gateway.record().tokens;
        // "eyJ" is how every JWT begins.
        let holds_token = tokens.iter().any(|t| error.message().contains(&t.token));
        ensure!(
            !holds_token && !error.message().contains("eyJ"),
            "a token in {error:?}"
        );
        Ok(error)
    }

    /// A call as it should be: it starts, the gateway hears the microphone, the visitor hangs up, the
    /// place is given back.
    pub async fn good_call(&self, button: &str) -> Result<(), Failure> {
        let before = self.gateway.record();
        let events = self.events().await?.len();
        let start = self.start_call(button).await?;
        ensure!(
            format!("#{}", start.target) == button,
            "{button} was clicked, and {start:?} came"
        );
        // A tenth of a second of sound: the line is open all the way.
        let calls = before.calls.len();
        self.heard_at_gateway(calls, 5).await?;
        self.hang_up(button).await?;
        self.released(before.releases.len() + 1).await?;
        let came = self.kinds_since(events).await?;
        ensure!(came == [START, END], "a good call's events: {came:?}");
        self.microphone_is_off().await
    }

    /// Waits until no track of any microphone is live.
    pub async fn microphone_is_off(&self) -> Result<(), Failure> {
        let off = self.until("__harness.microphoneIsOff()", SOON).await;
        off.map(drop)
    }

    /// Waits until the gateway has so many frames of the microphone in its call of this index.
    pub async fn heard_at_gateway(&self, call: usize, frames: usize) -> Result<(), Failure> {
        let due = SOON + Duration::from_millis(20) * frames as u32;
        let enough = |r: &Record| (r.calls.get(call)?.mic.len() >= frames).then_some(());
        let what = format!("{frames} frames of call {call}'s microphone");
        Ok(self.gateway.wait_for(&what, due, enough).await?)
    }

    /// Waits until the gateway's call of this index has ended.
    pub async fn ended_at_gateway(&self, call: usize) -> Result<Call, Failure> {
        let ended = |r: &Record| r.calls.get(call).filter(|c| c.ended.is_some()).cloned();
        let what = format!("the end of call {call}");
        Ok(self.gateway.wait_for(&what, SOON, ended).await?)
    }

    /// The answer to a token request with a token that this gateway has signed, and that is void for two minutes.
    pub fn expired_token(&self) -> Answer {
        let mut claims = Claims::new(
            "emb_demo",
            "x",
            &self.gateway.site_url(),
            "parrot",
            Duration::ZERO,
        );
        claims.exp -= 120;
        let answer =
            json!({ "token": self.gateway.sign(&claims), "wssUrl": self.gateway.wss_url() });
        Answer::new(200, "application/json", answer.to_string())
    }

    /// Waits until no call of this page has a place any more: its release was answered, or has failed.
    pub async fn lock_is_free(&self) -> Result<(), Failure> {
        let free = "const [ms, done] = arguments, late = performance.now() + ms;
            (async () => {
              for (;;) {
                if (await __harness.lockIsFree()) return done(true);
                if (performance.now() > late) return done(false);
                await new Promise((later) => setTimeout(later, 20));
              }
            })();";
        let args = vec![json!(SOON.as_millis() as u64)];
        let is_free = self.browser()?.run_async(free, args).await?;
        ensure!(is_free == true, "a call keeps its place");
        Ok(())
    }

    /// Waits for so many releases in all; more than that is a failure too.
    pub async fn released(&self, times: usize) -> Result<(), Failure> {
        let enough = |r: &Record| (r.releases.len() >= times).then_some(r.releases.len());
        let what = format!("{times} releases");
        let came = self.gateway.wait_for(&what, SOON, enough).await?;
        ensure!(came == times, "{came} releases, not {times}");
        Ok(())
    }

    /// Waits until each token that was granted has been released, and no more than that.
    pub async fn all_released(&self) -> Result<(), Failure> {
        // Both at one time: another token may be on its way.
        let all = |r: &Record| {
            let (granted, released) = (r.tokens.len(), r.releases.len());
            (released >= granted).then_some((granted, released))
        };
        let what = "a release for each token";
        let (granted, released) = self.gateway.wait_for(what, SOON, all).await?;
        ensure!(granted == released, "{released} releases of {granted}");
        Ok(())
    }

    /// How many events of this type came so far.
    pub async fn count(&self, kind: &str) -> Result<usize, Failure> {
        let events = self.events().await?;
        Ok(events.iter().filter(|e| e.kind == kind).count())
    }

    /// The types of all events after the first so many.
    pub async fn kinds_since(&self, skip: usize) -> Result<Vec<String>, Failure> {
        let events = self.events().await?;
        Ok(events.into_iter().skip(skip).map(|e| e.kind).collect())
    }

    /// Waits until this element shows a state.
    pub async fn state(&self, selector: &str, state: &str) -> Result<(), Failure> {
        let shows = format!(
            "document.querySelector({})?.dataset.vocadeskState === {}",
            json!(selector),
            json!(state)
        );
        self.until(&shows, SOON).await.map(drop)
    }

    /// Requests for a token so far, without the preflights.
    pub fn token_requests(&self) -> usize {
        let record = self.gateway.record();
        let asked = record.requests_to(ListenerName::Api, "/v1/tokens");
        asked.filter(|r| r.method == "POST").count()
    }

    /// What the page's own error reporting and the console saw; both should be empty.
    pub async fn complaints(&self) -> Result<Vec<String>, Failure> {
        let errors = self.run("return __harness.errors").await?;
        let mut complaints: Vec<String> = serde_json::from_value(errors)?;
        complaints.extend(self.browser()?.console().await);
        complaints.retain(|line| !self.engine.without.explains(line));
        Ok(complaints)
    }
}
