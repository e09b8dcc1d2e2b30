//! Tokens. A token is a JWT that is good for one socket, of the origin, embed and browser that it was granted to,
//! while it holds that visitor's place.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;

use super::address::Address;
use super::config::Config;
use super::places::Places;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The token's id, good once.
    pub jti: String,
    /// Seconds since 1970 after which it is void.
    pub exp: u64,
    /// Embed id.
    pub embed: String,
    /// Browser id.
    pub browser: String,
    /// Origin of the page that asked; empty where the client sent none.
    pub origin: String,
    /// Who answers.
    pub agent: String,
}

impl Claims {
    /// Claims of a token that lives this long from now.
    pub fn new(embed: &str, browser: &str, origin: &str, agent: &str, life: Duration) -> Self {
        Self {
            jti: Uuid::new_v4().to_string(),
            exp: unix_now().saturating_add(life).as_secs(),
            embed: embed.to_owned(),
            browser: browser.to_owned(),
            origin: origin.to_owned(),
            agent: agent.to_owned(),
        }
    }

    /// Embed and browser.
    pub(super) fn visitor(&self) -> (String, String) {
        (self.embed.clone(), self.browser.clone())
    }
}

/// Why a socket is refused, by close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Forged, expired, used or released.
    Token(&'static str),
    /// Another page's token.
    Origin,
    /// The visitor already talks to this embed.
    Concurrent,
    /// There is no such call to resume, or it cannot be told what the client lacks.
    Resume(&'static str),
}

impl Refused {
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::Token(_) => 4401,
            Self::Origin => 4403,
            Self::Resume(_) => 4404,
            Self::Concurrent => 4409,
        }
    }

    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Token(why) | Self::Resume(why) => why,
            Self::Origin => "origin_not_allowed",
            Self::Concurrent => "concurrent_call_active",
        }
    }
}

/// Signs tokens, and knows which are still good.
pub(super) struct TokenBook {
    encoding: EncodingKey,
    decoding: DecodingKey,
    life: Duration,
    pub(super) places: Places,
}

impl TokenBook {
    pub(super) fn new(config: &Config) -> Self {
        // A new secret for each gateway: a token of yesterday's is void, and none can be forged
        // from this source.
        let secret = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Self {
            encoding: EncodingKey::from_secret(&secret),
            decoding: DecodingKey::from_secret(&secret),
            life: Duration::from_secs(config.token_secs),
            places: Places::new(config),
        }
    }

    pub(super) const fn life(&self) -> Duration {
        self.life
    }

    pub(super) fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        encode(&Header::new(Algorithm::HS256), claims, &self.encoding)
    }

    /// A test's own token.
    pub(super) fn forge(&self, claims: &Claims) -> String {
        self.places.forge(claims);
        self.sign(claims).unwrap_or_default()
    }

    /// A socket presents a token: it is used up, and the place becomes an open call's, which leaves when it is told so.
    pub(super) fn redeem(
        &self,
        token: &str,
        origin: &str,
        address: Address,
    ) -> Result<(Claims, Arc<Notify>), Refused> {
        let mut rules = Validation::new(Algorithm::HS256);
        // One clock issues and checks, so no allowance for another's.
        rules.leeway = 0;
        let claims = decode::<Claims>(token, &self.decoding, &rules)
            .map_err(|e| match e.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => {
                    Refused::Token("token_expired")
                }
                _ => Refused::Token("token_invalid"),
            })?
            .claims;
        // Of another origin it is not used up: it would be an easy way to spoil a visitor's.
        if claims.origin != origin {
            return Err(Refused::Origin);
        }
        let leave = self.places.open(&claims, address)?;
        Ok((claims, leave))
    }
}

/// Time since 1970.
pub(super) fn unix_now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
