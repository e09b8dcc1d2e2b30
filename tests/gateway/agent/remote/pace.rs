//! How fast an agent speaks: of samples nobody sees what rate they have, but an agent that sends them as fast as they
//! sound shows it. Pure: it is told the time.

use std::fmt;
use std::time::Duration;

use super::super::super::wire::RATE_HZ;

/// A pause this long ends a spurt: sentences that follow one another have shorter ones.
const PAUSE: Duration = Duration::from_millis(300);

/// So long must a spurt be to be judged: 40 ms of jitter are a hundredth of it.
const JUDGED_AFTER: Duration = Duration::from_secs(4);

/// So long a finding must stand.
const STANDS_FOR: Duration = Duration::from_secs(2);

/// The rates that speech comes in besides ours.
const SLOWER_HZ: [u32; 5] = [8_000, 11_025, 12_000, 16_000, 22_050];
const FASTER_HZ: [u32; 3] = [32_000, 44_100, 48_000];

/// What is near enough to be meant, of the rate.
const NEAR: f64 = 0.01;

/// Slower than that, of our rate, leaves holes in what is heard.
const TOO_SLOW: f64 = 0.95;

/// What an agent's pace says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It speaks slower than real time, at a rate that speech comes in: it is heard too high, with holes.
    OtherRate(u32),
    /// It speaks faster than real time, at a rate that speech comes in. It may, but is perhaps heard too deep.
    PerhapsOtherRate(u32),
    /// It speaks slower than real time.
    TooSlow(u32),
}

impl Finding {
    /// Whether both say the same of the agent, whatever the figure is.
    fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::TooSlow(_), Self::TooSlow(_)) => true,
            _ => self == other,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherRate(hz) => write!(
                out,
                "its sound comes at {hz} samples a second, and has to have {RATE_HZ}"
            ),
            Self::PerhapsOtherRate(hz) => write!(
                out,
                "its sound comes steadily at {hz} samples a second: if it is heard too slow and too deep, it is of \
                 that rate, and has to be of {RATE_HZ}"
            ),
            Self::TooSlow(hz) => write!(
                out,
                "its sound comes at {hz} samples a second, slower than the {RATE_HZ} that are heard: there are holes in it"
            ),
        }
    }
}

/// Looks at one agent's sound, and says at most one thing of it.
#[derive(Default)]
pub struct Pace {
    spurt: Option<Spurt>,
    said: bool,
}

struct Spurt {
    from: Duration,
    last: Duration,
    /// Since the first frame, without it: it fills the time to the second.
    samples: u64,
    /// What it seemed to be, and since when.
    seems: Option<(Finding, Duration)>,
}

impl Pace {
    /// Sound has come.
    pub fn came(&mut self, samples: usize, now: Duration) -> Option<Finding> {
        match &mut self.spurt {
            Some(spurt) if now.saturating_sub(spurt.last) < PAUSE => {
                spurt.last = now;
                spurt.samples += samples as u64;
            }
            _ => {
                self.spurt = Some(Spurt {
                    from: now,
                    last: now,
                    samples: 0,
                    seems: None,
                });
            }
        }
        let spurt = self.spurt.as_mut().filter(|_| !self.said)?;
        let lasted = spurt.last.saturating_sub(spurt.from);
        let finding = (lasted >= JUDGED_AFTER)
            .then(|| judge(spurt.samples as f64 / lasted.as_secs_f64()))
            .flatten();
        // Short pauses make a mean that is some other rate's at one moment, and not two seconds later.
        let stands_since = match (finding, spurt.seems) {
            (Some(finding), Some((before, since))) if finding.is_like(before) => since,
            (Some(finding), _) => {
                spurt.seems = Some((finding, now));
                now
            }
            (None, _) => {
                spurt.seems = None;
                return None;
            }
        };
        self.said = now.saturating_sub(stands_since) >= STANDS_FOR;
        finding.filter(|_| self.said)
    }
}

fn judge(hz: f64) -> Option<Finding> {
    let near = |rates: &[u32]| {
        let mut rates = rates.iter().copied().map(|rate| (rate, f64::from(rate)));
        rates.find(|(_, rate)| (hz - rate).abs() <= NEAR * rate)
    };
    if let Some((rate, _)) = near(&SLOWER_HZ) {
        return Some(Finding::OtherRate(rate));
    }
    if let Some((rate, _)) = near(&FASTER_HZ) {
        return Some(Finding::PerhapsOtherRate(rate));
    }
    (hz < TOO_SLOW * f64::from(RATE_HZ)).then_some(Finding::TooSlow(hz as u32))
}
