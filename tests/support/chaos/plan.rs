//! What happens in a run and when, all of it by chance: the same for the same seed.

use std::time::Duration;

use super::fault::Fault;
use super::random::Random;
use gateway::config::Feature;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The visitor presses the button, whatever it shows.
    Press,
    /// The visitor calls, unless there is a call.
    Call,
    /// The page mutes the visitor, or lets them be heard again.
    Mute(bool),
    /// This breaks.
    Break(Fault),
    /// This is whole again.
    Mend(Fault),
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What of wire version 2 the server takes.
    pub features: Vec<Feature>,
    /// How long it keeps a call whose line is lost.
    pub grace_secs: u64,
    /// In order, each with its time since the first.
    pub steps: Vec<(Duration, Step)>,
}

/// So many faults are in a run.
const FAULTS: (u64, u64) = (3, 6);

impl Plan {
    /// The run of this seed, with faults of these kinds.
    pub fn new(seed: u64, kinds: &[Fault]) -> Self {
        let mut chance = Random::new(seed);
        let features = match chance.below(4) {
            0 => Vec::new(),
            1 => vec![Feature::Resume],
            2 => vec![Feature::Resume, Feature::Binary],
            _ => Feature::ALL.to_vec(),
        };
        let grace_secs = [4, 15][chance.below(2)];
        let mut steps = vec![(Duration::ZERO, Step::Call)];
        let (fewest, most) = FAULTS;
        // A fault before there is a call meets the microphone, the token or the socket.
        let mut at = chance.between(0, 2_000);
        let mut running: Vec<(Fault, Duration)> = Vec::new();
        for _ in 0..fewest + chance.below((most - fewest + 1) as usize) as u64 {
            running.retain(|(_, until)| *until > at);
            let fits = |fault: &Fault| {
                running.iter().all(|(other, _)| {
                    fault != other
                        && !(other.stops_page() && fault.is_done_in_page())
                        && !(fault.stops_page() && other.is_done_in_page())
                })
            };
            let fitting: Vec<_> = kinds.iter().copied().filter(fits).collect();
            let Some(fault) = chance.one_of(&fitting) else {
                break;
            };
            let until = at + fault.lasts(&mut chance);
            steps.push((at, Step::Break(fault)));
            steps.push((until, Step::Mend(fault)));
            running.push((fault, until));
            if chance.percent(25) {
                let step = match chance.below(3) {
                    0 => Step::Press,
                    _ => Step::Mute(chance.percent(50)),
                };
                steps.push((at + (until - at).mul_f64(chance.fraction()), step));
            }
            // Some begin before the last one is over.
            let next = if chance.percent(40) { at } else { until };
            at = next + chance.between(100, 1_200);
            if chance.percent(60) {
                steps.push((at, Step::Call));
                at += chance.between(0, 1_500);
            }
        }
        steps.sort_by_key(|(at, _)| *at);
        Self {
            features,
            grace_secs,
            steps,
        }
    }

    /// The kinds that are in it.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        self.steps.iter().filter_map(|(_, step)| match step {
            Step::Break(fault) => Some(*fault),
            _ => None,
        })
    }

    /// One line for each thing that happens.
    pub fn text(&self) -> String {
        let names: Vec<_> = self.features.iter().map(|feature| feature.name()).collect();
        let mut text = format!(
            "features [{}], kept for {} s\n",
            names.join(", "),
            self.grace_secs
        );
        for (at, step) in &self.steps {
            text.push_str(&format!("  {:>6} ms  {step:?}\n", at.as_millis()));
        }
        text
    }
}
