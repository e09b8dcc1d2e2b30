//! What the gateway serves: one TOML file (`gateway.toml` is the default and the documentation), or
//! the same built up by a test.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::agent::AgentKind;
use super::misbehave::{Act, Misbehave};
use super::scenario::Scenario;

mod agent_choice;
mod features;
pub(super) mod limits;
pub use agent_choice::AgentChoice;
pub use features::Feature;
pub use limits::{Deadlines, Limits};

/// The origin that stands for "this gateway's own site", whose port is not known in advance.
pub(super) const SELF_ORIGIN: &str = "self";

/// All that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Seconds that a token, and the place it holds, stay good without a socket.
    #[serde(default = "default_token_secs")]
    pub token_secs: u64,
    /// What of wire version 2 is taken from clients that offer it.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// How long others may take.
    #[serde(default)]
    pub deadlines: Deadlines,
    /// How much others may take.
    #[serde(default)]
    pub limits: Limits,
    /// Ports of the three listeners.
    #[serde(default)]
    pub ports: Ports,
    /// Where the api listens: on this machine alone, unless its callers are in another network.
    #[serde(skip, default = "this_machine")]
    pub api_address: Ipv4Addr,
    /// The embeds that exist here.
    #[serde(default, rename = "embed")]
    pub embeds: Vec<Embed>,
    /// What the agents say and how.
    #[serde(default)]
    pub agent: Agents,
    /// Folder that the cdn serves.
    #[serde(skip)]
    pub dist: Option<PathBuf>,
    /// Folder that the site serves; pages put there at run time come first.
    #[serde(skip)]
    pub site: Option<PathBuf>,
    /// `{{NAME}}` → value, in every HTML page of the site; see `site.rs` for those that fill themselves.
    #[serde(skip)]
    pub template: BTreeMap<String, String>,
    /// Name and value of headers that every HTML page of the site has besides its own.
    #[serde(skip)]
    pub site_headers: Vec<(String, String)>,
    /// Log each event as a line on stderr.
    #[serde(skip)]
    pub verbose: bool,
    /// Keep no sound, no words, no tokens and no requests: nobody will look at the record.
    #[serde(skip)]
    pub forgets: bool,
}

/// Ports; 0 is any free one.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ports {
    /// Tokens and the call socket.
    pub api: u16,
    /// The release's files.
    pub cdn: u16,
    /// The customer's page.
    pub site: u16,
}

/// One embed, as the dashboard would know it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embed {
    /// `emb_…`
    pub id: String,
    /// Exact origins, or `*`, or `self`.
    pub origins: Vec<String>,
    /// Who answers.
    pub agent: AgentChoice,
    /// The turnstile token that is accepted; none is asked for without it.
    pub turnstile: Option<String>,
    /// What goes wrong with its calls.
    pub scenario: Option<Scenario>,
}

/// Settings of the agents.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agents {
    /// The parrot's.
    pub parrot: Parrot,
    /// What `burst` says, 24 kHz mono; the visitor's sentence when empty.
    #[serde(skip)]
    pub burst: Vec<i16>,
    /// What `script` does, each at its time since `started`.
    #[serde(skip)]
    pub script: Vec<(Duration, Act)>,
}

/// The parrot's manners; see `gateway.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parrot {
    /// Words of greeting.wav; empty: no greeting.
    pub greeting: String,
    /// Words of goodbye.wav; empty: ends without.
    pub goodbye: String,
    /// Quiet on both sides for this many seconds: goodbye.
    pub silence_secs: f64,
    /// A pause of this many milliseconds ends the visitor's turn.
    pub pause_ms: u32,
}

impl Default for Parrot {
    fn default() -> Self {
        Self {
            greeting: "Hello! I am the parrot. Say something, and I will say it back.".to_owned(),
            goodbye: "It has become quiet. Goodbye!".to_owned(),
            silence_secs: 20.0,
            pause_ms: 700,
        }
    }
}

const fn this_machine() -> Ipv4Addr {
    Ipv4Addr::LOCALHOST
}

const fn default_token_secs() -> u64 {
    60
}

/// `gateway.toml` without the features: who wants more than wire version 1 says so.
impl Default for Config {
    fn default() -> Self {
        Self::documented().features(&[])
    }
}

impl Config {
    /// `gateway.toml`, which a test holds to be valid: what the program does without a file.
    #[allow(
        clippy::expect_used,
        reason = "the file is part of this source, and a test parses it"
    )]
    pub fn documented() -> Self {
        Self::from_toml(include_str!("gateway.toml")).expect("gateway.toml is valid")
    }

    /// Reads a config file's text.
    ///
    /// # Errors
    /// With line and reason, also for a key that does not exist.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        config.check()?;
        Ok(config)
    }

    /// Adds an embed, in place of one with the same id.
    #[must_use]
    pub fn embed(mut self, embed: Embed) -> Self {
        self.embeds.retain(|e| e.id != embed.id);
        self.embeds.push(embed);
        self
    }

    /// The parrot's calls are answered by the agent at this URL.
    ///
    /// # Errors
    /// When it is none.
    pub fn parrot_at(mut self, url: &str) -> Result<Self, String> {
        let parrot = AgentChoice::from(AgentKind::Parrot);
        for embed in self.embeds.iter_mut().filter(|e| e.agent == parrot) {
            embed.agent = AgentChoice::At(url.to_owned());
            embed.agent.check()?;
        }
        Ok(self)
    }

    /// Takes these features of wire version 2, and no others.
    #[must_use]
    pub fn features(mut self, features: &[Feature]) -> Self {
        self.features = features.to_vec();
        self
    }

    /// The parrot listens at once.
    #[must_use]
    pub fn no_greeting(mut self) -> Self {
        self.agent.parrot.greeting.clear();
        self
    }

    /// How long a quiet parrot waits before goodbye.
    #[must_use]
    pub fn silence_secs(mut self, secs: f64) -> Self {
        self.agent.parrot.silence_secs = secs;
        self
    }

    /// The folder of the release's files.
    #[must_use]
    pub fn dist(mut self, folder: impl Into<PathBuf>) -> Self {
        self.dist = Some(folder.into());
        self
    }

    /// One more header of every HTML page of the site.
    #[must_use]
    pub fn site_header(mut self, name: &str, value: &str) -> Self {
        self.site_headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A placeholder's value for the site's pages.
    #[must_use]
    pub fn template(mut self, name: &str, value: &str) -> Self {
        self.template.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn check(&self) -> Result<(), String> {
        for folder in [&self.dist, &self.site].into_iter().flatten() {
            if !folder.is_dir() {
                return Err(format!("{} is not a folder", folder.display()));
            }
        }
        let mut ids: Vec<_> = self.embeds.iter().map(|e| &e.id).collect();
        ids.sort();
        if let Some([id, _]) = ids.windows(2).find(|pair| pair.first() == pair.last()) {
            return Err(format!("the embed {id} stands twice in the configuration"));
        }
        for embed in &self.embeds {
            embed.agent.check()?;
        }
        for origin in self.embeds.iter().flat_map(|e| &e.origins) {
            if !is_origin(origin) {
                return Err(format!(
                    "{origin:?} is not an origin: write scheme://host or scheme://host:port with no \
                     path and no trailing slash, or \"*\", or \"{SELF_ORIGIN}\""
                ));
            }
        }
        for feature in Feature::ALL {
            if self.features.iter().filter(|f| **f == feature).count() > 1 {
                let name = feature.name();
                return Err(format!("the feature {name} stands twice in features"));
            }
        }
        self.deadlines.check()?;
        self.limits.check()?;
        let parrot = &self.agent.parrot;
        if !(parrot.silence_secs > 0.0 && parrot.silence_secs < 86_400.0) {
            return Err("agent.parrot.silence_secs must lie between 0 and a day".to_owned());
        }
        Ok(())
    }
}

fn is_origin(text: &str) -> bool {
    if matches!(text, "*" | SELF_ORIGIN | "null") {
        return true;
    }
    text.split_once("://").is_some_and(|(scheme, rest)| {
        !scheme.is_empty() && !rest.is_empty() && !rest.contains(['/', '?', '#', ' ', '@'])
    })
}

impl Embed {
    /// An embed that the gateway's own site may use.
    pub fn new(id: &str, agent: impl Into<AgentChoice>) -> Self {
        Self {
            id: id.to_owned(),
            origins: vec![SELF_ORIGIN.to_owned()],
            agent: agent.into(),
            turnstile: None,
            scenario: None,
        }
    }

    /// The same embed for these origins only.
    #[must_use]
    pub fn origins(mut self, origins: &[&str]) -> Self {
        self.origins = origins.iter().map(|&o| o.to_owned()).collect();
        self
    }

    /// The same embed behind bot protection.
    #[must_use]
    pub fn turnstile(mut self, expected: &str) -> Self {
        self.turnstile = Some(expected.to_owned());
        self
    }

    /// The same embed, whose calls go wrong.
    #[must_use]
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self
    }

    /// What goes wrong with its next request or socket, where it has a scenario.
    pub(super) fn misbehave(&self) -> Option<Misbehave> {
        self.scenario.map(Scenario::misbehave)
    }

    /// Whether a page of this origin may use it. Exact, as browsers write origins.
    pub(super) fn allows(&self, origin: &str, site: &str) -> bool {
        self.origins
            .iter()
            .any(|o| o == "*" || (o == SELF_ORIGIN && origin == site) || o == origin)
    }
}
