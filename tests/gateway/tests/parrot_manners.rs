//! The parrot without a socket and without waiting: told the time, asked for its orders.

use std::time::Duration;

use gateway::agent::parrot::Parrot;
use gateway::agent::{Agent as _, Order, speech};
use gateway::config;

const FRAME: Duration = Duration::from_millis(20);

struct Stage {
    parrot: Parrot,
    now: Duration,
    orders: Vec<(Duration, Order)>,
}

impl Stage {
    fn new(manners: config::Parrot) -> Self {
        Self {
            parrot: Parrot::new(&manners),
            now: Duration::ZERO,
            orders: Vec::new(),
        }
    }

    /// One beat of 20 ms, with or without a microphone frame.
    fn beat(&mut self, frame: Option<&[i16]>) {
        let mut orders = Vec::new();
        self.parrot.tick(self.now, &mut orders);
        if let Some(frame) = frame {
            self.parrot.hear(frame, self.now, &mut orders);
        }
        self.orders
            .extend(orders.into_iter().map(|order| (self.now, order)));
        self.now += FRAME;
    }

    fn hear(&mut self, samples: &[i16]) {
        for frame in samples.chunks_exact(480) {
            self.beat(Some(frame));
        }
    }

    fn wait(&mut self, secs: u64) {
        for _ in 0..secs * 50 {
            self.beat(None);
        }
    }

    fn said(&self) -> Vec<i16> {
        let audio = self.orders.iter().filter_map(|(_, order)| match order {
            Order::Audio(samples) => Some(samples.clone()),
            _ => None,
        });
        audio.flatten().collect()
    }

    fn at(&self, wanted: &Order) -> Option<Duration> {
        let found = self.orders.iter().find(|(_, order)| order == wanted)?;
        Some(found.0)
    }
}

fn quiet_parrot() -> config::Parrot {
    config::Parrot {
        greeting: String::new(),
        ..config::Parrot::default()
    }
}

fn silence(secs: usize) -> Vec<i16> {
    vec![0; 24_000 * secs]
}

#[test]
fn it_says_back_the_very_samples_with_the_pre_roll() {
    let mut stage = Stage::new(quiet_parrot());
    let words = speech::visitor();
    stage.hear(&silence(2));
    stage.hear(&words);
    stage.hear(&silence(6));
    let said = stage.said();
    let whole = words.len() / 480 * 480;
    assert!(
        said.windows(whole)
            .step_by(480)
            .any(|part| part == &words[..whole])
    );
    // Pre-roll before it, a little after it, and not a second more.
    assert!(said.len() < whole + 24_000);
    let lead_in = said.iter().take_while(|s| **s == 0).count();
    assert!(
        (480 * 9..=480 * 12).contains(&lead_in),
        "{lead_in} samples of pre-roll"
    );
}

#[test]
fn a_microphone_that_stops_in_mid_sentence_ends_the_turn() {
    let mut stage = Stage::new(quiet_parrot());
    stage.hear(&silence(1));
    stage.hear(&speech::visitor()[..48_000]);
    stage.wait(5);
    assert!(stage.said().len() >= 40_000);
}

#[test]
fn a_cough_into_its_speech_does_not_interrupt_it() {
    let mut stage = Stage::new(config::Parrot::default());
    stage.hear(&silence(1));
    // 140 ms of something loud.
    let cough: Vec<i16> = (0..480 * 7)
        .map(|n| if n % 2 == 0 { 9000 } else { -9000 })
        .collect();
    stage.hear(&cough);
    stage.hear(&silence(6));
    assert_eq!(stage.at(&Order::Clear), None);
    assert!(stage.said().starts_with(&speech::greeting()));
    assert!(stage.said().len() < speech::greeting().len() + 480);
}

#[test]
fn silence_counts_from_the_end_of_what_it_said_back() {
    let mut stage = Stage::new(config::Parrot {
        silence_secs: 3.0,
        ..quiet_parrot()
    });
    stage.hear(&silence(1));
    stage.hear(&speech::visitor());
    stage.wait(14);
    let last = stage
        .orders
        .iter()
        .rposition(|(_, o)| matches!(o, Order::Transcript { role: "user", .. }));
    let answered = stage.orders[last.unwrap()].0;
    let leaves = stage.at(&Order::AgentEnding).unwrap();
    // The answer lasts as long as the sentence and its surroundings: 3.6 s and some.
    let waited = (leaves - answered).as_secs_f64();
    assert!((6.5..=7.2).contains(&waited), "{waited} s");
    let goodbye = stage.at(&Order::EndCall).unwrap() - leaves;
    assert!(goodbye > Duration::from_secs(1) && goodbye < Duration::from_secs(3));
}

#[test]
fn nothing_more_is_heard_or_said_after_end_call() {
    let mut stage = Stage::new(config::Parrot {
        silence_secs: 1.0,
        ..quiet_parrot()
    });
    stage.wait(1);
    stage.beat(None);
    assert!(stage.at(&Order::AgentEnding).is_some());
    stage.hear(&speech::visitor());
    stage.hear(&silence(5));
    assert_eq!(stage.orders.last().unwrap().1, Order::EndCall);
    assert_eq!(stage.at(&Order::Clear), None);
}

#[test]
fn frames_of_any_length_are_heard_alike() {
    let words = [silence(1), speech::visitor(), silence(1)].concat();
    let said = |length: usize| {
        let mut stage = Stage::new(quiet_parrot());
        for chunk in words.chunks(length) {
            let mut orders = Vec::new();
            stage.parrot.tick(stage.now, &mut orders);
            stage.parrot.hear(chunk, stage.now, &mut orders);
            stage
                .orders
                .extend(orders.into_iter().map(|order| (stage.now, order)));
            stage.now += Duration::from_secs_f64(chunk.len() as f64 / 24_000.0);
        }
        stage.wait(6);
        stage.said()
    };
    let usual = said(480);
    assert!(usual.len() > 24_000);
    // No assert_eq: it would print a hundred thousand samples.
    assert!(said(123) == usual);
    assert!(said(5_000) == usual);
}
