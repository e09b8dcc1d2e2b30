//! Who answers an embed's calls: an agent that is built in, or one at a URL.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::super::agent::AgentKind;

/// Who answers, as the config names it: `"parrot"`, or `{ url = "ws://…" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentChoice {
    /// One of the gateway's own.
    BuiltIn(AgentKind),
    /// A WebSocket server that speaks the wire; calls are handed on to it.
    At(String),
}

impl AgentChoice {
    /// As in the record and the token. A URL is nobody's business but the gateway's.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BuiltIn(kind) => kind.name(),
            Self::At(_) => "remote",
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let Self::At(url) = self else {
            return Ok(());
        };
        let rest = url.strip_prefix("ws://").ok_or_else(|| {
            format!("agent url {url:?}: write ws://host:port/path; for TLS put a proxy in between")
        })?;
        let has_host = !rest.is_empty() && !rest.starts_with(['/', ':', '?', '#']);
        if !has_host || rest.contains([' ', '@', '#']) {
            return Err(format!("agent url {url:?} is not ws://host:port/path"));
        }
        Ok(())
    }
}

impl From<AgentKind> for AgentChoice {
    fn from(kind: AgentKind) -> Self {
        Self::BuiltIn(kind)
    }
}

/// By hand: serde's own for "one of two kinds" says of a wrong one only that it is neither.
impl<'de> Deserialize<'de> for AgentChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

struct Either;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    url: String,
}

impl<'de> Visitor<'de> for Either {
    type Value = AgentChoice;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name of an agent, or { url = \"ws://…\" }")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<AgentChoice, E> {
        AgentKind::deserialize(StrDeserializer::new(name)).map(AgentChoice::BuiltIn)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AgentChoice, A::Error> {
        let at = At::deserialize(MapAccessDeserializer::new(map))?;
        Ok(AgentChoice::At(at.url))
    }
}
