//! When to play what has come.: time is a count of samples played, at 24 kHz.
//!
//! Sound comes in spurts. A spurt is held back for a short delay and then played without a break; how
//! long the delay must be is learnt from how far apart its latest and its earliest packet were. An underrun
//! is itself the growth: what came late is played late, and the rest of the spurt with it. The next
//! spurt starts with what the last ones needed, a little less each time it was not. Where a stream
//! never pauses (the far end sends its silence too), what an underrun added is taken back out of the
//! silence. Speech is never dropped.

use crate::protocol::audio_port::WIRE_RATE_HZ;

const fn millis(ms: u64) -> u64 {
    ms * WIRE_RATE_HZ as u64 / 1_000
}

/// Shortest delay, and the first one: one packet of grace for the threads it passes through. With the
/// resampler and a render block it makes 25 ms, under the 40 that playback may be behind the agent.
const LEAST_DELAY: u64 = millis(20);

/// Longest delay: past 150 ms a conversation suffers (ITU-T G.114), and a rare longer stall is better
/// heard once than waited for in every answer.
const MOST_DELAY: u64 = millis(150);

/// This much at once, beyond the delay, is an agent ahead of real time, for whom the least delay will
/// do. Ten packets: a judgement.
const AHEAD: u64 = millis(200);

/// Added to the worst lateness seen, because arrivals are only seen between blocks: two of 128 frames
/// at 48 kHz.
const MARGIN: u64 = millis(5);

/// A gap longer than this is the speaker's own: the stalls of a mobile network to be ridden out
/// last 300 ms, a turn of talk takes longer.
const PAUSE: u64 = millis(500);

/// The standing queue is its lowest level over this long: a word or two.
const STANDING: u64 = millis(1_000);

/// An interruption longer than this was none, but the visitor's turn: nothing is to be caught up.
const LONGEST_STALL: u64 = millis(5_000);

enum State {
    /// Nothing is queued, since this time.
    Dry {
        since: u64,
    },
    /// Sound is queued but held back until this time.
    Holding {
        until: u64,
        arrived: u64,
    },
    Playing,
}

/// Decides when queued sound may be played.
pub struct PlayoutDelay {
    state: State,
    /// How long the next spurt is held back.
    delay: u64,
    spurt: Spurt,
    standing: Standing,
    underruns: u32,
    missing: u64,
}

/// What the packets of a spurt showed so far.
struct Spurt {
    start: u64,
    received: u64,
    /// The latest packet against the first one …
    worst_lateness: u64,
    /// … and the earliest: so late was the first one itself.
    most_early: u64,
}

/// Finds sound that only makes everything after it late.
struct Standing {
    window_start: u64,
    received: u64,
    lowest: u64,
    interrupted: bool,
    surplus: u64,
}

impl PlayoutDelay {
    /// Ready for a call's first packet.
    pub fn new() -> Self {
        Self {
            state: State::Dry { since: 0 },
            delay: LEAST_DELAY,
            spurt: Spurt {
                start: 0,
                received: 0,
                worst_lateness: 0,
                most_early: 0,
            },
            standing: Standing {
                window_start: 0,
                received: 0,
                lowest: 0,
                interrupted: false,
                surplus: 0,
            },
            underruns: 0,
            missing: 0,
        }
    }

    /// `samples` came at `now`.
    pub fn arrived(&mut self, now: u64, samples: usize) {
        if let State::Dry { since } = self.state {
            let gap = now.saturating_sub(since);
            let spoke = self.spurt.received > 0;
            self.standing.begin(now, spoke && gap < LONGEST_STALL);
            let hold = if spoke && gap < PAUSE {
                self.underruns += 1;
                self.missing += gap;
                LEAST_DELAY
            } else {
                self.begin_spurt(now);
                self.delay
            };
            self.state = State::Holding {
                until: now + hold,
                arrived: now,
            };
        }
        let spurt = &mut self.spurt;
        let due = spurt.start + spurt.received;
        spurt.worst_lateness = spurt.worst_lateness.max(now.saturating_sub(due));
        spurt.most_early = spurt.most_early.max(due.saturating_sub(now));
        spurt.received += samples as u64;
        // What is held back begins the sooner, the later its first packet is seen to have been.
        if let State::Holding { until, arrived } = &mut self.state {
            let enough = (spurt.start + self.delay).saturating_sub(spurt.most_early);
            *until = (*until).min(enough.max(*arrived + LEAST_DELAY));
        }
        self.standing.received += samples as u64;
    }

    /// Whether sound may be played at `now`, with this much queued. Requested once for each block while
    /// nothing plays.
    pub fn may_play(&mut self, now: u64, queued: usize, draining: bool) -> bool {
        let queued = queued as u64;
        match self.state {
            State::Dry { .. } => false,
            State::Holding { until, arrived } => {
                let ahead = now >= arrived + LEAST_DELAY && queued >= self.delay + AHEAD;
                let play = now >= until || ahead || draining;
                if play {
                    self.state = State::Playing;
                }
                play
            }
            State::Playing => true,
        }
    }

    /// This much is queued while it plays. Requested for once a block.
    pub fn observe(&mut self, now: u64, queued: usize) {
        self.standing.observe(now, queued as u64);
    }

    /// The queue ran empty at `now`: by an underrun or because the spurt is over, which only what comes
    /// next can tell.
    pub fn ran_dry(&mut self, now: u64) {
        self.state = State::Dry { since: now };
        self.standing.surplus = 0;
    }

    /// The queue was emptied on purpose: what comes next begins afresh.
    pub fn cleared(&mut self, now: u64) {
        self.ran_dry(now);
        self.learn();
        self.spurt.received = 0;
    }

    /// Samples of silence that may be left out now.
    pub fn surplus(&self) -> usize {
        self.standing.surplus as usize
    }

    /// `samples` of silence were left out.
    pub fn left_out(&mut self, samples: usize) {
        let samples = samples as u64;
        self.standing.surplus = self.standing.surplus.saturating_sub(samples);
        self.standing.lowest = self.standing.lowest.saturating_sub(samples);
    }

    /// How often sound was late within a spurt.
    pub fn underruns(&self) -> u32 {
        self.underruns
    }

    /// For how many samples there was nothing to play, all underruns together.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// How long the next spurt is held back, in samples.
    pub fn delay(&self) -> usize {
        self.delay as usize
    }

    fn begin_spurt(&mut self, now: u64) {
        self.learn();
        self.spurt = Spurt {
            start: now,
            received: 0,
            worst_lateness: 0,
            most_early: 0,
        };
    }

    /// Grows to what the last spurt needed at once; shrinks towards it by a quarter.
    fn learn(&mut self) {
        if self.spurt.received == 0 {
            return;
        }
        let spurt = &self.spurt;
        // A packet that was early by more came from an agent ahead of real time, and tells nothing of the
        // network.
        let early = if spurt.most_early < AHEAD {
            spurt.most_early
        } else {
            0
        };
        let needed = (spurt.worst_lateness + early + MARGIN).clamp(LEAST_DELAY, MOST_DELAY);
        self.delay = if needed > self.delay {
            needed
        } else {
            self.delay - (self.delay - needed).div_ceil(4)
        };
    }
}

impl Standing {
    fn begin(&mut self, now: u64, interrupted: bool) {
        *self = Self {
            window_start: now,
            received: 0,
            lowest: u64::MAX,
            interrupted,
            surplus: 0,
        };
    }

    /// A queue that never fell under the least delay for a second, while sound came in at the pace at
    /// which it went out, is no stock that a fast agent sent ahead: it is what an interruption left.
    fn observe(&mut self, now: u64, queued: u64) {
        self.lowest = self.lowest.min(queued);
        let elapsed = now.saturating_sub(self.window_start);
        if elapsed < STANDING {
            return;
        }
        let paced = self.received.abs_diff(elapsed) < elapsed / 8;
        self.surplus = if self.interrupted && paced {
            self.lowest.saturating_sub(LEAST_DELAY)
        } else {
            0
        };
        self.window_start = now;
        self.received = 0;
        self.lowest = queued;
    }
}

impl Default for PlayoutDelay {
    fn default() -> Self {
        Self::new()
    }
}
