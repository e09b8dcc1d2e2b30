//! Tokens, and the one place that a visitor has per embed.
//!
//! A token is a JWT that is good for one socket. Granting it takes the place of (embed, browser);
//! the place is free again when the token expires unused, when the call ends, or on release.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

    fn pair(&self) -> Pair {
        (self.embed.clone(), self.browser.clone())
    }
}

/// Why a socket is refused, by close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Forged, expired or used.
    Token(&'static str),
    /// Another page's token.
    Origin,
    /// The visitor already talks to this embed.
    Concurrent,
}

impl Refused {
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::Token(_) => 4401,
            Self::Origin => 4403,
            Self::Concurrent => 4409,
        }
    }

    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Token(why) => why,
            Self::Origin => "origin_not_allowed",
            Self::Concurrent => "concurrent_call_active",
        }
    }
}

type Pair = (String, String);

/// What holds a visitor's place.
enum Place {
    Granted { until: Instant },
    Open { jti: String },
}

/// All tokens and places.
pub(super) struct TokenBook {
    encoding: EncodingKey,
    decoding: DecodingKey,
    life: Duration,
    inner: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    places: HashMap<Pair, Place>,
    /// Token ids that met a socket. Never pruned: a gateway for trials sees few.
    used: HashSet<String>,
}

impl TokenBook {
    pub(super) fn new(life: Duration) -> Self {
        // A new secret for each gateway: a token of yesterday's is void, and none can be forged
        // from this source.
        let secret = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Self {
            encoding: EncodingKey::from_secret(&secret),
            decoding: DecodingKey::from_secret(&secret),
            life,
            inner: Mutex::default(),
        }
    }

    pub(super) const fn life(&self) -> Duration {
        self.life
    }

    pub(super) fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        encode(&Header::new(Algorithm::HS256), claims, &self.encoding)
    }

    /// Takes the pair's place for a token's life; false when it is taken.
    pub(super) fn take(&self, claims: &Claims) -> bool {
        let now = Instant::now();
        let mut book = super::lock(&self.inner);
        let taken = match book.places.get(&claims.pair()) {
            Some(Place::Open { .. }) => true,
            Some(Place::Granted { until }) => now < *until,
            None => false,
        };
        if !taken {
            let until = now + self.life;
            book.places.insert(claims.pair(), Place::Granted { until });
        }
        !taken
    }

    /// A socket presents a token: it is used up, and the place becomes an open call's.
    pub(super) fn redeem(&self, token: &str, origin: &str) -> Result<Claims, Refused> {
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
        let mut book = super::lock(&self.inner);
        if !book.used.insert(claims.jti.clone()) {
            return Err(Refused::Token("token_used"));
        }
        if claims.origin != origin {
            return Err(Refused::Origin);
        }
        let place = book.places.entry(claims.pair());
        let open = Place::Open {
            jti: claims.jti.clone(),
        };
        if let std::collections::hash_map::Entry::Occupied(held) = &place
            && matches!(held.get(), Place::Open { .. })
        {
            return Err(Refused::Concurrent);
        }
        place.insert_entry(open);
        Ok(claims)
    }

    /// A call has ended: its place is free, unless a later call has it by now.
    pub(super) fn end(&self, claims: &Claims) {
        let mut book = super::lock(&self.inner);
        if let Some(Place::Open { jti }) = book.places.get(&claims.pair())
            && *jti == claims.jti
        {
            book.places.remove(&claims.pair());
        }
    }

    /// The visitor gives the place back. A call that is still open goes on: its client says `stop`
    /// itself, and the release may overtake it.
    pub(super) fn release(&self, embed: &str, browser: &str) {
        super::lock(&self.inner)
            .places
            .remove(&(embed.to_owned(), browser.to_owned()));
    }
}

/// Time since 1970.
pub(super) fn unix_now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
