//! How many tokens were asked for within a minute, and by whom.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::address::Address;

const MINUTE: Duration = Duration::from_secs(60);

/// For whom is counted.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Asker {
    Address(Address),
    /// Embed and browser.
    Visitor(String, String),
    Embed(String),
}

/// Counts one minute after the other: all that it remembers is what came in this one.
pub(super) struct Rates(Mutex<Minute>);

struct Minute {
    began: Instant,
    asked: HashMap<Asker, u32>,
}

impl Default for Rates {
    fn default() -> Self {
        Self(Mutex::new(Minute {
            began: Instant::now(),
            asked: HashMap::new(),
        }))
    }
}

impl Rates {
    /// Counts one more.
    ///
    /// # Errors
    /// When that is one too many: the seconds until the next may be asked for.
    pub(super) fn count(&self, asker: Asker, most: u32) -> Result<(), u64> {
        let now = Instant::now();
        let mut minute = super::lock(&self.0);
        if now.duration_since(minute.began) >= MINUTE {
            minute.began = now;
            minute.asked.clear();
        }
        let left = MINUTE.saturating_sub(now.duration_since(minute.began));
        let count = minute.asked.entry(asker).or_default();
        if *count >= most {
            return Err(left.as_secs().max(1));
        }
        *count += 1;
        Ok(())
    }
}
