//! The one place that a visitor has with an embed. Granting a token takes it; it is free again when the token has
//! expired unused or was released, or when the call is over. A token is good only while the place is held by it: so
//! one that was used, released or is long over is void without being remembered.
//!
//! A release names the visitor and no token. What it is for follows from the order: a call that has ended is owed
//! one, which may come late or be lost; else it is the token's or the call's that holds the place. Where it may be
//! either's, the token stays good until its visitor asks for another. A call that is still open keeps its place until
//! it is over, since its client's `stop` may be on its way: whoever asks for the next token meanwhile waits for that.
//! A call whose line is lost gets no `stop`: with its release it is over.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::address::Address;
use super::config::limits::{Limits, duration};
use super::config::{Config, Deadlines};
use super::token::{Claims, Refused};

/// Embed and browser.
type Visitor = (String, String);

struct Place {
    /// The token that holds it.
    jti: String,
    address: Address,
    hold: Hold,
}

enum Hold {
    Granted {
        until: Instant,
        /// A release came that may have been this token's, or the last call's.
        doubtful: bool,
    },
    Open {
        released: bool,
        /// It has no socket, and waits for one.
        lost: bool,
        /// Tells the call to make room.
        leave: Arc<Notify>,
    },
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// The visitor has one.
    Visitor,
    /// The visitor has one, and has released it.
    Leaving,
    /// Too many of one address.
    Address,
    /// Too many of one embed.
    Embed,
}

pub(super) struct Places {
    life: Duration,
    deadlines: Deadlines,
    limits: Limits,
    inner: Mutex<Inner>,
    freed: Notify,
}

#[derive(Default)]
struct Inner {
    held: HashMap<Visitor, Place>,
    /// Calls that have ended before their release came, and until when it may.
    owed: HashMap<Visitor, Vec<Instant>>,
    /// Ids of tokens that a test signed itself: good for a socket without a place.
    forged: HashSet<String>,
}

impl Inner {
    fn forget_what_is_over(&mut self, now: Instant) {
        self.held
            .retain(|_, place| !matches!(place.hold, Hold::Granted { until, .. } if until <= now));
        self.owed.retain(|_, until| {
            until.retain(|until| *until > now);
            !until.is_empty()
        });
    }

    /// Whether a call of this visitor's still lacked its release; it has it now.
    fn take_owed(&mut self, visitor: &Visitor) -> bool {
        let Some(owed) = self.owed.get_mut(visitor) else {
            return false;
        };
        owed.pop();
        if owed.is_empty() {
            self.owed.remove(visitor);
        }
        true
    }
}

impl Places {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            life: Duration::from_secs(config.token_secs),
            deadlines: config.deadlines.clone(),
            limits: config.limits.clone(),
            inner: Mutex::default(),
            freed: Notify::new(),
        }
    }

    /// Takes the visitor's place for a token's life. A call that was released has a moment to end by itself; then it
    /// is told to.
    pub(super) async fn take(&self, claims: &Claims, address: Address) -> Result<(), Full> {
        let patience = duration(self.deadlines.release_secs);
        let mut deadline = Instant::now() + patience;
        let mut told = false;
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            // From here on no end is missed.
            freed.as_mut().enable();
            match self.try_take(claims, address) {
                Err(Full::Leaving) => {}
                result => return result,
            }
            if timeout_at(deadline, freed).await.is_err() {
                if told {
                    return Err(Full::Leaving);
                }
                told = true;
                deadline = Instant::now() + patience;
                self.tell_to_leave(claims);
            }
        }
    }

    fn try_take(&self, claims: &Claims, address: Address) -> Result<(), Full> {
        let now = Instant::now();
        let mut inner = super::lock(&self.inner);
        inner.forget_what_is_over(now);
        match inner.held.get(&claims.visitor()).map(|place| &place.hold) {
            Some(Hold::Open { released: true, .. }) => return Err(Full::Leaving),
            // Its visitor asks anew: the release was this token's, which is void from here on.
            Some(Hold::Granted { doubtful: true, .. }) => {
                inner.held.remove(&claims.visitor());
            }
            Some(_) => return Err(Full::Visitor),
            None => {}
        }
        let count = |counts: &dyn Fn(&Visitor, &Place) -> bool| {
            let held = inner.held.iter();
            held.filter(|(visitor, place)| counts(visitor, place))
                .count()
        };
        if count(&|_, place| place.address == address) >= self.limits.calls_per_address {
            return Err(Full::Address);
        }
        if count(&|(embed, _), _| *embed == claims.embed) >= self.limits.calls_per_embed {
            return Err(Full::Embed);
        }
        let place = Place {
            jti: claims.jti.clone(),
            address,
            hold: Hold::Granted {
                until: now + self.life,
                doubtful: false,
            },
        };
        inner.held.insert(claims.visitor(), place);
        Ok(())
    }

    fn tell_to_leave(&self, claims: &Claims) {
        let inner = super::lock(&self.inner);
        if let Some(Place { hold, .. }) = inner.held.get(&claims.visitor())
            && let Hold::Open {
                released: true,
                leave,
                ..
            } = hold
        {
            leave.notify_one();
        }
    }

    /// A socket presents a token: from here on the place is an open call's, which leaves when it is told so.
    pub(super) fn open(&self, claims: &Claims, address: Address) -> Result<Arc<Notify>, Refused> {
        let mut inner = super::lock(&self.inner);
        inner.forget_what_is_over(Instant::now());
        let forged = inner.forged.remove(&claims.jti);
        match inner.held.get(&claims.visitor()) {
            Some(place) if place.jti == claims.jti => {
                if matches!(place.hold, Hold::Open { .. }) {
                    return Err(Refused::Token("token_used"));
                }
            }
            Some(_) if forged => return Err(Refused::Concurrent),
            None if forged => {}
            _ => return Err(Refused::Token("token_void")),
        }
        let leave = Arc::new(Notify::new());
        let place = Place {
            jti: claims.jti.clone(),
            address,
            hold: Hold::Open {
                released: false,
                lost: false,
                leave: Arc::clone(&leave),
            },
        };
        inner.held.insert(claims.visitor(), place);
        Ok(leave)
    }

    /// The token did not reach the visitor, who has nothing to release.
    pub(super) fn withdraw(&self, claims: &Claims) {
        let mut inner = super::lock(&self.inner);
        let visitor = claims.visitor();
        if inner.held.get(&visitor).map(|place| &place.jti) == Some(&claims.jti) {
            inner.held.remove(&visitor);
        }
    }

    /// A call has ended: its place is free.
    pub(super) fn end(&self, claims: &Claims) {
        let mut inner = super::lock(&self.inner);
        let visitor = claims.visitor();
        let Some(Place { jti, hold, .. }) = inner.held.get(&visitor) else {
            return;
        };
        if *jti != claims.jti {
            return;
        }
        let is_owed = !matches!(hold, Hold::Open { released: true, .. });
        inner.held.remove(&visitor);
        if is_owed {
            let until = Instant::now() + duration(self.deadlines.late_release_secs);
            inner.owed.entry(visitor).or_default().push(until);
        }
        drop(inner);
        self.freed.notify_waiters();
    }

    /// A call has lost its line, or has a new one. False: its visitor gave the place back, and will not come again.
    /// Who does come again has given nothing back.
    pub(super) fn set_lost(&self, claims: &Claims, is_lost: bool) -> bool {
        let mut inner = super::lock(&self.inner);
        match inner.held.get_mut(&claims.visitor()) {
            Some(Place {
                jti,
                hold: Hold::Open { released, lost, .. },
                ..
            }) if *jti == claims.jti => {
                *lost = is_lost;
                *released &= is_lost;
                !*released
            }
            _ => true,
        }
    }

    /// The visitor gives back what is longest due: see the module.
    pub(super) fn release(&self, embed: &str, browser: &str) {
        let visitor = (embed.to_owned(), browser.to_owned());
        let mut inner = super::lock(&self.inner);
        inner.forget_what_is_over(Instant::now());
        let is_owed = inner.take_owed(&visitor);
        match inner.held.get_mut(&visitor).map(|place| &mut place.hold) {
            Some(Hold::Granted { doubtful, .. }) if is_owed => *doubtful = true,
            // It may be the call's whose line is lost: that one is over when its visitor asks for the next token.
            Some(Hold::Open { released, lost, .. }) if is_owed => *released |= *lost,
            Some(Hold::Open {
                released,
                lost,
                leave,
            }) => {
                *released = true;
                if *lost {
                    leave.notify_one();
                }
            }
            Some(Hold::Granted { .. }) => {
                inner.held.remove(&visitor);
            }
            None => {}
        }
    }

    /// A test's own token, good for a socket though it was not granted.
    pub(super) fn forge(&self, claims: &Claims) {
        super::lock(&self.inner).forged.insert(claims.jti.clone());
    }
}
