//! Calls that the gateway hands on to a real agent: `tests/interop/pipecat`, and the server of docs/agents.md. They are made
//! by `scripts/test interop` alone, for they need what `scripts/setup interop` installs.

mod conversation;
mod documented;
mod figures;
mod loudness;
mod program;
mod recognition;

use crate::trial::Trial;
use gateway::config::{AgentChoice, Embed, Feature};
use support::engine::Microphone;
use support::page::Page;
use support::stage::Setting;

pub use program::is_wanted;

pub fn trials() -> Vec<Trial> {
    [
        conversation::trials(),
        documented::trials(),
        figures::trials(),
        recognition::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const SATURDAY: &str = "speech/saturday.wav";
const SERVICE: &str = "speech/service.wav";
const THANK_YOU: &str = "speech/thank-you.wav";

/// As the workshop's rules have them.
const ON_SATURDAY: &str = "On Saturday we are open from ten to two.";

/// The greeting is over then: it lasts three seconds, and the call needs a moment to start.
const AFTER_GREETING_SECS: f64 = 6.0;

/// The visitor says this, and the agent at the far end hears it.
fn far(microphone: Microphone) -> Setting {
    Setting::microphone(microphone).config(|config| {
        let at = || AgentChoice::At(program::url());
        let config = config.embed(Embed::new("emb_demo", at()));
        let config = config.embed(Embed::new("emb_next", at()));
        config.features(&Feature::ALL)
    })
}

fn page() -> Page {
    Page::default().head(loudness::script())
}
