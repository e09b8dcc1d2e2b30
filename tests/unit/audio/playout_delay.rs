//! The playout delay against scripted arrivals, beside a fixed buffer of 100 ms.

use super::signal::noise;
use vocadesk_embed::audio::playout_delay::PlayoutDelay;

/// When each 20 ms packet of a stream arrives, in milliseconds, for each spurt of it.
struct Trace {
    name: &'static str,
    spurts: Vec<Vec<u64>>,
}

/// Ten answers of four seconds, a second and a half between them, each packet `lateness(n)` ms late.
/// Packets never overtake one another: the socket is a stream.
fn trace(name: &'static str, lateness: impl Fn(usize) -> u64) -> Trace {
    let mut n = 0;
    let spurts = (0..10u64)
        .map(|spurt| {
            let mut latest = 0;
            (0..200u64)
                .map(|packet| {
                    n += 1;
                    latest = latest.max(1_000 + spurt * 5_500 + packet * 20 + lateness(n));
                    latest
                })
                .collect()
        })
        .collect();
    Trace { name, spurts }
}

fn traces() -> Vec<Trace> {
    let random = noise(99, 4_000);
    let uniform = move |n: usize, ms: f32| ((random[n] + 1.0) / 2.0 * ms) as u64;
    let (wifi, spikes, far, mobile) = (
        uniform.clone(),
        uniform.clone(),
        uniform.clone(),
        uniform.clone(),
    );
    vec![
        trace("steady", |_| 0),
        trace("good network, 10 ms jitter", move |n| uniform(n, 10.0)),
        trace("Wi-Fi, 40 ms jitter", move |n| wifi(n, 40.0)),
        trace("mobile, a 300 ms stall every 6 s", move |n| {
            mobile(n, 10.0) + 300u64.saturating_sub((n as u64 % 300) * 20)
        }),
        trace("packets in fives", |n| 20 * (4 - n as u64 % 5)),
        trace("Wi-Fi with a spike of 120 ms every 3 s", move |n| {
            spikes(n, 10.0) + if n % 150 == 75 { 120 } else { 0 }
        }),
        trace("far away, 80 ms jitter", move |n| far(n, 80.0)),
        trace("one stall of 1 s", |n| {
            1_000u64.saturating_sub((n as u64).abs_diff(900) * 20) * u64::from(n >= 900)
        }),
        trace("a tab in the background, once a second", |n| {
            20 * (49 - n as u64 % 50)
        }),
        Trace {
            name: "whole answers in one burst",
            spurts: (0..10)
                .map(|spurt| vec![1_000 + spurt * 5_500; 200])
                .collect(),
        },
    ]
}

/// Samples of a trace: ten spurts of 200 packets.
const SAID: usize = 10 * 200 * 480;

#[derive(Default)]
struct Heard {
    /// Underruns within a spurt, spurt by spurt.
    glitches: Vec<u32>,
    /// From the arrival of a spurt's first packet to its sound, in milliseconds.
    first_ms: Vec<f64>,
    played: usize,
}

impl Heard {
    fn total(&self) -> u32 {
        self.glitches.iter().sum()
    }

    /// The longest wait for the first sound of an answer.
    fn worst_first_ms(&self) -> f64 {
        self.first_ms.iter().copied().fold(0.0, f64::max)
    }

    /// Milliseconds of speech that were never heard.
    fn lost_ms(&self) -> usize {
        (SAID - self.played) / 24
    }

    fn mean_first_ms(&self) -> f64 {
        self.first_ms.iter().sum::<f64>() / self.first_ms.len() as f64
    }
}

/// Plays a trace in blocks of 64 samples (128 frames at 48 kHz); `may_play` decides.
fn run(trace: &Trace, mut policy: impl Policy) -> Heard {
    let mut heard = Heard::default();
    let (mut now, mut queued) = (0u64, 0usize);
    let mut playing = false;
    for (number, spurt) in trace.spurts.iter().enumerate() {
        let end = trace
            .spurts
            .get(number + 1)
            .map_or(u64::MAX, |next| next[0] * 24);
        let (mut arrivals, mut left) = (spurt.iter().peekable(), 480 * spurt.len());
        let (mut glitches, mut started) = (0, None);
        while now < end && (left > 0 || end != u64::MAX) {
            while arrivals.next_if(|ms| **ms * 24 <= now).is_some() {
                policy.arrived(now);
                queued += 480;
            }
            playing = playing || queued > 0 && policy.may_play(now, queued);
            if playing {
                started.get_or_insert(now);
                let taken = queued.min(64);
                (queued, left) = (queued - taken, left - taken);
                heard.played += taken;
                if taken < 64 {
                    glitches += u32::from(left > 0);
                    policy.ran_dry(now + taken as u64);
                    playing = false;
                }
            }
            now += 64;
        }
        heard.glitches.push(glitches);
        heard
            .first_ms
            .push(started.unwrap() as f64 / 24.0 - spurt[0] as f64);
    }
    heard
}

trait Policy {
    fn arrived(&mut self, now: u64);
    fn may_play(&mut self, now: u64, queued: usize) -> bool;
    fn ran_dry(&mut self, now: u64);
}

impl Policy for &mut PlayoutDelay {
    fn arrived(&mut self, now: u64) {
        PlayoutDelay::arrived(self, now, 480);
    }
    fn may_play(&mut self, now: u64, queued: usize) -> bool {
        PlayoutDelay::may_play(self, now, queued, false)
    }
    fn ran_dry(&mut self, now: u64) {
        PlayoutDelay::ran_dry(self, now);
    }
}

/// 100 ms after the first packet, always.
#[derive(Default)]
struct Fixed(Option<u64>);

impl Policy for Fixed {
    fn arrived(&mut self, now: u64) {
        self.0.get_or_insert(now);
    }
    fn may_play(&mut self, now: u64, _: usize) -> bool {
        self.0.is_some_and(|first| now >= first + 2_400)
    }
    fn ran_dry(&mut self, _: u64) {
        self.0 = None;
    }
}

#[test]
fn it_starts_sooner_than_a_fixed_buffer_or_breaks_off_less_often_and_loses_nothing() {
    println!(
        "delay to the first sound of an answer (mean, worst), gaps within answers, speech lost"
    );
    println!("{:<40} {:<40} fixed buffer of 100 ms", "", "ours");
    for trace in traces() {
        let ours = run(&trace, &mut PlayoutDelay::new());
        let fixed = run(&trace, Fixed::default());
        let row = |heard: &Heard| {
            format!(
                "{:>4.0} ms {:>4.0} ms {:>3} gaps {:>3} ms lost",
                heard.mean_first_ms(),
                heard.worst_first_ms(),
                heard.total(),
                heard.lost_ms()
            )
        };
        println!("{:<40} {:<40} {}", trace.name, row(&ours), row(&fixed));
        assert_eq!(ours.played, SAID, "{}: speech was dropped", trace.name);
        let sooner = ours.mean_first_ms() < fixed.mean_first_ms();
        assert!(sooner || ours.total() < fixed.total(), "{}", trace.name);
    }
}

#[test]
fn on_time_packets_wait_at_most_sixty_milliseconds_and_never_run_dry() {
    for trace in traces().iter().take(2) {
        let heard = run(trace, &mut PlayoutDelay::new());
        assert_eq!(heard.total(), 0, "{}", trace.name);
        assert!(
            heard.first_ms.iter().all(|ms| *ms <= 60.0),
            "{}: {:?}",
            trace.name,
            heard.first_ms
        );
    }
}

#[test]
fn jitter_that_was_heard_once_is_not_heard_in_the_next_answers() {
    for name in ["Wi-Fi, 40 ms jitter", "far away, 80 ms jitter"] {
        let traces = traces();
        let trace = traces.iter().find(|trace| trace.name == name).unwrap();
        let heard = run(trace, &mut PlayoutDelay::new());
        assert_eq!(heard.glitches, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "{name}");
    }
}

#[test]
fn an_answer_in_one_burst_starts_after_the_least_delay_and_is_never_interrupted() {
    let heard = run(traces().last().unwrap(), &mut PlayoutDelay::new());
    assert_eq!(heard.total(), 0);
    assert!(
        heard.first_ms.iter().all(|ms| *ms <= 25.0),
        "{:?}",
        heard.first_ms
    );
}

#[test]
fn the_delay_grows_after_an_underrun_and_shrinks_again_in_pauses() {
    let mut playout = PlayoutDelay::new();
    let least = playout.delay();
    // Twice 20 ms of sound, the second 100 ms late.
    let late = |playout: &mut PlayoutDelay, at: u64| {
        playout.arrived(at, 480);
        playout.ran_dry(at + 960);
        playout.arrived(at + 480 + 2_400, 480);
        playout.ran_dry(at + 480 + 2_400 + 960);
    };
    late(&mut playout, 24_000);
    assert_eq!(playout.underruns(), 1);
    playout.arrived(72_000, 480);
    let grown = playout.delay();
    assert!((2_400..=3_600).contains(&grown), "{grown}");
    let mut before = grown;
    for spurt in 2..40 {
        let at = spurt * 72_000;
        playout.ran_dry(at - 40_000);
        playout.arrived(at, 480);
        assert!(playout.delay() <= before);
        before = playout.delay();
    }
    assert_eq!(before, least);
}

#[test]
fn one_short_packet_alone_is_played_after_the_delay() {
    let mut playout = PlayoutDelay::new();
    playout.arrived(1_000, 10);
    assert!(!playout.may_play(1_100, 10, false));
    assert!(playout.may_play(1_000 + playout.delay() as u64, 10, false));
}
