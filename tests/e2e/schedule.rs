//! Which job a lane takes next. A lane stays with an engine as long as there is something left for it, since each engine
//! that it goes to costs a driver and a browser; then it helps where most is left.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use support::engine::Engine;

use crate::trial::{Check, Trial};

/// A trial in an engine, or a check.
pub struct Job {
    /// `<engine>::<sentence>`.
    pub name: String,
    pub work: Work,
}

pub enum Work {
    Check(Check),
    Trial(Arc<Trial>, &'static Engine),
}

impl Job {
    /// The engine that it needs, by its driver.
    pub fn family(&self) -> &'static str {
        match &self.work {
            Work::Check(_) => "",
            Work::Trial(_, engine) => engine.family,
        }
    }
}

/// Jobs that may run side by side.
pub struct Schedule {
    queues: Mutex<Vec<(&'static str, VecDeque<Job>)>>,
}

impl Schedule {
    /// Within an engine: first what shares a browser, by its kind, then what wants one of its own.
    pub fn new(jobs: Vec<Job>) -> Self {
        let mut queues: Vec<(&'static str, VecDeque<Job>)> = Vec::new();
        for job in jobs {
            let family = job.family();
            match queues.iter_mut().find(|(name, _)| *name == family) {
                Some((_, queue)) => queue.push_back(job),
                None => queues.push((family, VecDeque::from([job]))),
            }
        }
        for (_, queue) in &mut queues {
            let order = |job: &Job| match &job.work {
                Work::Check(_) => (false, false),
                Work::Trial(trial, _) => (trial.own_browser.is_some(), trial.setting.tls),
            };
            queue.make_contiguous().sort_by_key(order);
        }
        Self {
            queues: Mutex::new(queues),
        }
    }

    /// The next job for a lane that made one for this engine last; `taken` are those that other lanes are at.
    pub fn next(&self, last: Option<&'static str>, taken: &[&'static str]) -> Option<Job> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |(_, queue): &&mut (&str, VecDeque<Job>)| !queue.is_empty();
        let best = queues
            .iter_mut()
            .filter(left)
            .max_by_key(|(family, queue)| {
                let stays = Some(*family) == last;
                (stays, !taken.contains(family), queue.len())
            });
        best.and_then(|(_, queue)| queue.pop_front())
    }
}
