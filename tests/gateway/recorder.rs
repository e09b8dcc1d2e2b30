//! The record while it grows: changed by the handlers, watched by tests.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::watch;

use super::config::Config;
use super::record::Record;

/// The record while it grows.
pub(super) struct Recorder {
    record: Mutex<Record>,
    /// Counts changes, so that a waiter misses none.
    changes: watch::Sender<u64>,
    verbose: bool,
    forgets: bool,
}

impl Recorder {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            record: Mutex::default(),
            changes: watch::Sender::new(0),
            verbose: config.verbose,
            forgets: config.forgets,
        }
    }

    pub(super) fn snapshot(&self) -> Record {
        super::lock(&self.record).clone()
    }

    /// Changes the record and wakes those who wait.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        let result = change(&mut super::lock(&self.record));
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
        result
    }

    /// Whether anybody will look at what was said and asked for: an hour of a call is 350 MB of sound.
    pub(super) fn keeps(&self) -> bool {
        !self.forgets
    }

    /// Notes what is kept for those who look at it, and for nothing else.
    pub(super) fn keep(&self, what: impl FnOnce(&mut Record)) {
        if self.keeps() {
            self.change(what);
        }
    }

    /// One line for whoever watches the gateway's terminal.
    pub(super) fn log(&self, line: impl FnOnce() -> String) {
        if self.verbose {
            eprintln!("{}", line());
        }
    }

    pub(super) async fn wait_for<T>(
        &self,
        what: &str,
        deadline: Duration,
        mut find: impl FnMut(&Record) -> Option<T>,
    ) -> Result<T, String> {
        let mut changes = self.changes.subscribe();
        let search = async {
            loop {
                // Marked as seen before the look, so that a change during the look wakes again.
                changes.borrow_and_update();
                if let Some(found) = find(&super::lock(&self.record)) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        };
        match tokio::time::timeout(deadline, search).await {
            Ok(Some(found)) => Ok(found),
            _ => Err(format!(
                "waited {deadline:?} for {what}; the record held: {}",
                super::lock(&self.record).summary()
            )),
        }
    }
}
