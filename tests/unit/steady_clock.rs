//! A clock that is never set back, whatever the one below it does.

use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use vocadesk_embed::steady_clock::SteadyClock;

const HOURS_8_MS: f64 = 8.0 * 3_600_000.0;

#[test]
#[holds("3.one-clock")]
fn a_clock_that_is_set_back_goes_on_from_where_it_was() {
    let mut clock = SteadyClock::default();
    assert_eq!(clock.read(1e12), 1e12);
    assert_eq!(clock.read(1e12 - HOURS_8_MS), 1e12);
    assert_eq!(clock.read(1e12 - HOURS_8_MS + 250.0), 1e12 + 250.0);
    // A second time, by less.
    assert_eq!(clock.read(1e12 - HOURS_8_MS), 1e12 + 250.0);
    assert_eq!(clock.read(1e12 - HOURS_8_MS + 1.0), 1e12 + 251.0);
}

#[test]
fn what_lies_before_the_epoch_is_a_time_as_well() {
    let mut clock = SteadyClock::default();
    assert_eq!(clock.read(-HOURS_8_MS), -HOURS_8_MS);
    assert_eq!(clock.read(0.0), 0.0);
}

proptest! {
    #[test]
    #[holds("3.one-clock")]
    fn it_never_goes_back_and_is_as_fast_as_the_one_below(
        steps in vec((prop::bool::weighted(0.2), 0_u32..100_000), 1..40)
    ) {
        let mut clock = SteadyClock::default();
        let mut below_ms = 1e12;
        let mut last_ms = clock.read(below_ms);
        for (is_set_back, by_ms) in steps {
            let by_ms = f64::from(by_ms);
            below_ms += if is_set_back { -by_ms } else { by_ms };
            let now_ms = clock.read(below_ms);
            let passed_ms = if is_set_back { 0.0 } else { by_ms };
            prop_assert_eq!(now_ms - last_ms, passed_ms);
            last_ms = now_ms;
        }
    }
}
