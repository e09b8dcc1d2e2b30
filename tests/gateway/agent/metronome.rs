//! A steady tone with a click in it every 230 ms, in real time: for measuring when it is heard. Eight seconds
//! without a pause, then in spurts as people speak.

use std::f32::consts::TAU;
use std::time::Duration;

use super::super::wire::FRAME_SAMPLES;
use super::{Agent, Order};

const RATE_HZ: usize = 24_000;
const TONE_HZ: f32 = 440.0;
/// No multiple of a frame, so that clicks fall on every place in one.
const PERIOD_SAMPLES: usize = 5_520;
/// Eight seconds, and the pauses and spurts after them: four clicks' time and ten.
const FIRST_SAMPLES: usize = 192_000;
const PAUSE_SAMPLES: usize = 4 * PERIOD_SAMPLES;
const SPURT_SAMPLES: usize = 10 * PERIOD_SAMPLES;
const CLICK_SAMPLES: usize = 48;
const CLICK_HZ: f32 = 3_000.0;

/// Says what a microphone's click sounds like, too: the same.
#[derive(Default)]
pub(super) struct Metronome {
    said: usize,
}

impl Agent for Metronome {
    fn hear(&mut self, _: &[i16], _: Duration, _: &mut Vec<Order>) {}

    fn tick(&mut self, now: Duration, orders: &mut Vec<Order>) {
        while Duration::from_millis(20 * self.said as u64) <= now {
            let from = self.said * FRAME_SAMPLES;
            orders.push(Order::Audio(
                (from..from + FRAME_SAMPLES).map(sample).collect(),
            ));
            self.said += 1;
        }
    }
}

fn sample(n: usize) -> i16 {
    let since_first = n.checked_sub(FIRST_SAMPLES);
    if since_first.is_some_and(|n| n % (PAUSE_SAMPLES + SPURT_SAMPLES) < PAUSE_SAMPLES) {
        return 0;
    }
    let wave = |hz: f32| (TAU * hz * (n % RATE_HZ) as f32 / RATE_HZ as f32).sin();
    let click = if n % PERIOD_SAMPLES < CLICK_SAMPLES {
        0.7 * wave(CLICK_HZ)
    } else {
        0.0
    };
    ((0.1 * wave(TONE_HZ) + click) * 32_767.0) as i16
}
