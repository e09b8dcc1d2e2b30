//! A walk through every state that a button can show, each held for as long as it is looked at.

use std::time::Duration;

use crate::failure::{Failure, ensure};
use crate::stage::{Setting, Stage};
use crate::visitor::{END, ERROR, SOON, START};
use gateway::config::Feature;
use gateway::misbehave::{Act, Loss, Misbehave};

/// Every value of `data-vocadesk-state`, in the order in which the walk shows them.
pub const STATES: [&str; 8] = [
    "idle",
    "asking",
    "connecting",
    "live",
    "reconnecting",
    "ending",
    "ended",
    "error",
];

/// An end and an error are shown for six seconds, which a look at them may take: these two are held. Every other timer
/// of the page runs as it should.
const HOLD_ENDS: &str = "
  const later = window.setTimeout;
  window.setTimeout = (work, after, ...rest) => later(work, after === 6_000 ? 600_000 : after, ...rest);";

impl Setting {
    /// What a walk wants to find: a server that goes on with a call whose line was lost.
    pub fn walked() -> Self {
        Self::default().config(|config| config.features(&[Feature::Resume]))
    }
}

impl Stage {
    /// From now on the page shows an end or an error until it is clicked again.
    pub async fn hold_ends(&self) -> Result<(), Failure> {
        self.run(HOLD_ENDS).await.map(drop)
    }

    /// Clicks through a call that is never answered, one whose line is lost and comes back, one that is hung up during
    /// the goodbye, and one that fails; `look` is called in each of [`STATES`]. The page needs
    /// [`PROMPT`](crate::prompt::PROMPT), and the trial [`Setting::walked`].
    pub async fn walk<F>(&self, button: &str, look: F) -> Result<(), Failure>
    where
        F: AsyncFn(&str) -> Result<(), Failure>,
    {
        let look = async |state: &str| {
            self.state(button, state).await?;
            let looked = look(state).await;
            looked.map_err(|Failure(why)| Failure(format!("{button}, {state}: {why}")))?;
            // What was seen was this state, and none that came after it.
            let script = format!("return document.querySelector('{button}').dataset.vocadeskState");
            let still = self.run(&script).await?;
            ensure!(still == state, "{button} is {still}, no more {state}");
            Ok::<_, Failure>(())
        };
        let host = format!("document.querySelector('{button}')");
        let (starts, ends) = (self.count(START).await?, self.count(END).await?);
        self.hold_ends().await?;
        look("idle").await?;
        self.gateway.misbehave(Misbehave {
            started_never: true,
            ..Misbehave::default()
        });
        self.click_at_middle(&host).await?;
        look("asking").await?;
        self.allow().await?;
        look("connecting").await?;
        self.click_at_middle(&host).await?;
        self.state(button, "idle").await?;

        self.gateway.misbehave(Misbehave::default());
        self.click_at_middle(&host).await?;
        self.allow().await?;
        self.event(START, starts + 1, SOON).await?;
        look("live").await?;
        self.gateway.refuse_sockets(true);
        self.gateway.act(Act::Lose(Loss::Reset));
        look("reconnecting").await?;
        self.gateway.refuse_sockets(false);
        self.state(button, "live").await?;
        self.click_at_middle(&host).await?;
        self.event(END, ends + 1, SOON).await?;
        look("ended").await?;

        let goodbye = Act::Text(r#"{"type":"agent_ending"}"#.to_owned());
        self.gateway
            .misbehave(Misbehave::in_call(Duration::ZERO, goodbye));
        self.click_at_middle(&host).await?;
        self.allow().await?;
        look("ending").await?;
        self.click_at_middle(&host).await?;
        self.event(END, ends + 2, SOON).await?;

        let errors = self.count(ERROR).await?;
        self.gateway
            .misbehave(Misbehave::token_status(500, "unwell"));
        self.click_at_middle(&host).await?;
        self.allow().await?;
        self.event(ERROR, errors + 1, SOON).await?;
        look("error").await?;
        self.gateway.misbehave(Misbehave::default());
        Ok(())
    }
}
