//! The playout delay against a twin that keeps every packet it saw and works each answer out anew.

use proptest::prelude::*;
use vocadesk_embed::audio::playout_delay::PlayoutDelay;

const fn millis(ms: u64) -> u64 {
    ms * 24
}

const LEAST_DELAY: u64 = millis(20);
const BLOCK: u64 = 64;

/// A spurt of sound: the pause before it, for each packet how long after the one before it comes and its
/// length, and whether the rest of it is cleared at its last packet.
type Spurt = (u64, Vec<(u64, u64)>, bool);

fn any_spurt() -> impl Strategy<Value = Spurt> {
    let wait = prop_oneof![
        6 => Just(480),
        3 => 0..2_000_u64,
        1 => millis(100)..millis(400),
        2 => Just(0),
    ];
    // The last is of an agent ahead of real time.
    let length = prop_oneof![12 => Just(480), 3 => 1..1_000_u64, 1 => millis(200)..millis(400)];
    (
        millis(510)..millis(3_000),
        prop::collection::vec((wait, length), 1..40),
        prop::bool::weighted(0.2),
    )
}

#[derive(Default)]
struct Twin {
    delay: u64,
    /// When each packet of the spurt came, and its length.
    packets: Vec<(u64, u64)>,
    /// When the first packet came of those that nothing has been played of.
    waiting_since: u64,
    underruns: u32,
    missing: u64,
}

impl Twin {
    fn lateness(&self) -> Vec<i64> {
        let start = self.packets[0].0 as i64;
        let mut said = 0;
        self.packets
            .iter()
            .map(|(at, length)| {
                let late = *at as i64 - start - said;
                said += *length as i64;
                late
            })
            .collect()
    }

    fn earliest(&self) -> u64 {
        self.lateness().iter().map(|late| -late).max().unwrap() as u64
    }

    /// Grows at once to what the spurt would have needed, shrinks towards it by a quarter.
    fn learn(&mut self) {
        if self.packets.is_empty() {
            return;
        }
        let latest = self.lateness().into_iter().max().unwrap() as u64;
        let early = Some(self.earliest()).filter(|early| *early < millis(200));
        let needed = (latest + early.unwrap_or(0) + millis(5)).clamp(LEAST_DELAY, millis(150));
        self.delay = if needed > self.delay {
            needed
        } else {
            (3 * self.delay + needed) / 4
        };
        self.packets.clear();
    }

    fn arrived(&mut self, now: u64, length: u64, dry_since: Option<u64>) {
        if let Some(since) = dry_since {
            self.waiting_since = now;
            if now - since >= millis(500) {
                self.learn();
            } else if !self.packets.is_empty() {
                self.underruns += 1;
                self.missing += now - since;
            }
        }
        self.packets.push((now, length));
    }

    fn may_play(&self, now: u64, queued: u64) -> bool {
        let start = self.packets[0].0;
        let resumes = self.waiting_since > start;
        let is_safe = now + self.earliest() >= start + self.delay;
        let is_ahead = queued >= self.delay + millis(200);
        now >= self.waiting_since + LEAST_DELAY && (resumes || is_safe || is_ahead)
    }
}

/// A queue that is played in blocks as the two allow.
struct Line {
    playout: PlayoutDelay,
    twin: Twin,
    now: u64,
    queued: u64,
    playing: bool,
    dry_since: Option<u64>,
}

impl Line {
    fn receive(&mut self, length: u64) {
        self.twin.arrived(self.now, length, self.dry_since.take());
        self.playout.arrived(self.now, length as usize);
        self.queued += length;
    }

    fn play_block(&mut self) {
        if !self.playing && self.queued > 0 {
            self.playing = self.twin.may_play(self.now, self.queued);
            let may_play = self.playout.may_play(self.now, self.queued as usize, false);
            assert_eq!(may_play, self.playing, "at {}", self.now);
        }
        if self.playing {
            let played = BLOCK.min(self.queued);
            self.queued -= played;
            if played < BLOCK {
                self.playing = false;
                self.dry_since = Some(self.now + played);
                self.playout.ran_dry(self.now + played);
            }
        }
        self.now += BLOCK;
        assert_eq!(self.playout.delay() as u64, self.twin.delay);
        assert_eq!(self.playout.underruns(), self.twin.underruns);
        assert_eq!(self.playout.missing(), self.twin.missing);
    }

    fn clear(&mut self) {
        self.twin.learn();
        self.playout.cleared(self.now);
        self.queued = 0;
        self.playing = false;
        self.dry_since = Some(self.now);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn sound_is_held_back_for_as_long_as_the_spurts_before_would_have_needed_and_no_longer(
        spurts in prop::collection::vec(any_spurt(), 1..6),
    ) {
        let mut line = Line {
            playout: PlayoutDelay::new(),
            twin: Twin { delay: LEAST_DELAY, ..Twin::default() },
            now: 0,
            queued: 0,
            playing: false,
            dry_since: Some(0),
        };
        let mut was_cleared = false;
        for (pause, packets, is_cleared) in spurts {
            // After a clear the next spurt is a new one however soon it comes.
            for _ in 0..pause / BLOCK / if was_cleared { 10 } else { 1 } {
                line.play_block();
            }
            let mut waited = 0;
            for (wait, length) in packets {
                waited += wait;
                while waited >= BLOCK {
                    waited -= BLOCK;
                    line.play_block();
                }
                line.receive(length);
            }
            if is_cleared {
                line.clear();
            }
            while line.dry_since.is_none() {
                line.play_block();
            }
            was_cleared = is_cleared;
        }
    }
}

/// What may be left out after an interruption of `stall_ms` and a second in which sound came in at `percent` of the
/// pace at which it went out, while `queued_ms` and less and less of it stood there down to `lowest_ms`.
fn surplus_ms(stall_ms: u64, percent: u64, lowest_ms: u64) -> u64 {
    let mut playout = PlayoutDelay::new();
    playout.arrived(0, 480);
    playout.ran_dry(480);
    let start = 480 + millis(stall_ms);
    for block in 0..=100 {
        let now = start + block * millis(10);
        playout.arrived(now, (millis(10) * percent / 100) as usize);
        let above_ms = block.abs_diff(50);
        playout.observe(now, millis(lowest_ms + above_ms) as usize);
    }
    playout.surplus() as u64 / 24
}

#[test]
fn what_an_interruption_left_beyond_the_least_delay_may_be_left_out_after_a_second() {
    assert_eq!(surplus_ms(300, 100, 300), 280);
    assert_eq!(surplus_ms(4_000, 100, 300), 280);
    // At a pace that is the same by an eighth.
    assert_eq!(surplus_ms(300, 90, 300), 280);
    assert_eq!(surplus_ms(300, 110, 300), 280);
    assert_eq!(surplus_ms(300, 100, 20), 0);
    assert_eq!(surplus_ms(300, 100, 10), 0);
}

#[test]
fn stock_that_an_agent_sent_ahead_and_a_turn_of_the_visitors_leave_nothing_to_leave_out() {
    assert_eq!(surplus_ms(300, 80, 300), 0);
    assert_eq!(surplus_ms(300, 120, 300), 0);
    assert_eq!(surplus_ms(6_000, 100, 300), 0);
    let mut playout = PlayoutDelay::new();
    for block in 0..=200 {
        playout.arrived(block * 240, 240);
        playout.observe(block * 240, 7_200);
    }
    assert_eq!(playout.surplus(), 0, "nothing was interrupted");
}

#[test]
fn each_second_is_judged_by_itself_and_what_was_left_out_or_played_is_no_surplus_any_more() {
    let mut playout = PlayoutDelay::new();
    playout.arrived(0, 480);
    playout.ran_dry(480);
    let mut now = millis(300);
    let mut second = |playout: &mut PlayoutDelay, queued_ms: u64| {
        for _ in 0..101 {
            playout.arrived(now, 240);
            playout.observe(now, millis(queued_ms) as usize);
            now += 240;
        }
        playout.surplus() as u64 / 24
    };
    assert_eq!(second(&mut playout, 300), 280);
    playout.left_out(millis(10) as usize);
    assert_eq!(playout.surplus() as u64, millis(270));
    assert_eq!(second(&mut playout, 200), 180);
    assert_eq!(second(&mut playout, 15), 0);
    assert_eq!(second(&mut playout, 400), 0, "the second began with 15 ms");
    assert_eq!(second(&mut playout, 400), 380);
    playout.ran_dry(now);
    assert_eq!(playout.surplus(), 0);
}
