//! Whatever happens, in whatever order: the contract's §2 holds, and no state is a dead end.

use super::{ASKING, ENDING, IDLE, LIVE, RECONNECTING, before_the_start, error, failed};
use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use vocadesk_embed::error::{ErrorCode, Told};
use vocadesk_embed::page::call_state::{CallEffect, CallEvent, CallState};

fn happening() -> impl Strategy<Value = CallEvent> {
    // Two threads' clocks: now and then one is behind the other.
    let at_ms = || 0.0..100_000.0_f64;
    let code = prop::sample::select(&ErrorCode::ALL[..]);
    prop_oneof![
        3 => at_ms().prop_map(|at_ms| CallEvent::Click { at_ms }),
        1 => at_ms().prop_map(|at_ms| CallEvent::Stop { at_ms }),
        1 => at_ms().prop_map(|at_ms| CallEvent::PageLeft { at_ms }),
        2 => Just(CallEvent::MicrophoneAllowed),
        4 => Just(CallEvent::MicrophoneReady),
        4 => Just(CallEvent::LockAcquired),
        4 => at_ms().prop_map(|at_ms| CallEvent::Started { at_ms }),
        2 => Just(CallEvent::Ending),
        2 => Just(CallEvent::LineLost),
        2 => Just(CallEvent::LineBack),
        1 => at_ms().prop_map(|at_ms| CallEvent::Ended { at_ms }),
        2 => (code, at_ms()).prop_map(|(code, at_ms)| CallEvent::Failed { error: error(code), at_ms }),
        1 => Just(CallEvent::Settled),
    ]
}

/// What the contract allows, told by the actions alone.
#[derive(Default)]
struct Witness {
    begun: bool,
    authorized: bool,
    joined: bool,
    started: bool,
    starts: usize,
    ends: usize,
}

impl Witness {
    fn see(
        &mut self,
        before: CallState,
        happening: &CallEvent,
        after: CallState,
        actions: &[CallEffect],
    ) {
        let (was_begun, was_started) = (self.begun, self.started);
        let mut errors = 0;
        let mut ends = 0;
        let mut settles = false;
        for action in actions {
            match action {
                CallEffect::Begin => assert!(!std::mem::replace(&mut self.begun, true)),
                CallEffect::Authorize => {
                    assert!(self.begun && !std::mem::replace(&mut self.authorized, true));
                }
                CallEffect::Join => {
                    assert!(self.authorized && !std::mem::replace(&mut self.joined, true));
                }
                CallEffect::Finish { .. } | CallEffect::Leave => {
                    assert!(std::mem::take(&mut self.begun));
                    (self.authorized, self.joined) = (false, false);
                }
                CallEffect::SettleLater => settles = true,
                CallEffect::EmitStart => {
                    assert!(
                        self.joined && !self.started,
                        "a second start, or one of no call"
                    );
                    self.started = true;
                    self.starts += 1;
                }
                CallEffect::EmitEnd { duration_ms } => {
                    assert!(std::mem::take(&mut self.started), "an end without a start");
                    assert!(*duration_ms >= 0.0 && duration_ms.fract() == 0.0);
                    ends += 1;
                }
                CallEffect::EmitError(_) => {
                    assert_eq!(ends, 0, "the error comes before the end");
                    errors += 1;
                }
            }
        }
        self.ends += ends;
        // What is only shown for a while is shown no longer than that, unless it was shown before.
        let shown = matches!(after, CallState::Ended { .. } | CallState::Failed { .. });
        assert_eq!(
            settles,
            shown && after != before,
            "{before:?} {happening:?}"
        );
        let failed = matches!(happening, CallEvent::Failed { .. });
        assert_eq!(errors, usize::from(failed && was_begun));
        if was_begun && !self.begun {
            assert_eq!(
                ends,
                usize::from(was_started),
                "a call that started ends, no other does"
            );
        }
        if !self.begun {
            assert!(!self.started, "a call was closed and its end not told");
        }
        assert_eq!(before.is_busy(), was_begun);
        assert_eq!(after.is_busy(), self.begun);
        // A start only ever answers the agent's: never twice for one.
        assert!(matches!(happening, CallEvent::Started { .. }) || self.starts <= self.ends + 1);
    }
}

/// The visitor needs nobody's help: one click ends what is under way, the next begins a call. And left alone,
/// the button comes to rest.
fn is_not_stuck(phase: CallState) {
    let click = || CallEvent::Click { at_ms: 0.0 };
    let begin = |phase: CallState| {
        let (after, actions) = phase.on(click());
        assert_eq!(
            (after, actions),
            (ASKING, vec![CallEffect::Begin]),
            "{phase:?}"
        );
    };
    if phase.is_busy() {
        let (after, actions) = phase.on(click());
        let closes =
            |action: &&CallEffect| matches!(action, CallEffect::Finish { .. } | CallEffect::Leave);
        assert_eq!(actions.iter().filter(closes).count(), 1, "{phase:?}");
        assert!(!after.is_busy(), "{phase:?}");
        begin(after);
        assert_eq!(after.on(CallEvent::Settled).0, IDLE, "{phase:?}");
    } else {
        begin(phase);
        assert_eq!(phase.on(CallEvent::Settled).0, IDLE, "{phase:?}");
    }
}

#[test]
fn every_state_can_be_reached_and_none_is_a_dead_end() {
    let at_ms = 1_000.0;
    let happenings = [
        CallEvent::Click { at_ms },
        CallEvent::Stop { at_ms },
        CallEvent::PageLeft { at_ms },
        CallEvent::MicrophoneAllowed,
        CallEvent::MicrophoneReady,
        CallEvent::LockAcquired,
        CallEvent::Started { at_ms },
        CallEvent::Ending,
        CallEvent::LineLost,
        CallEvent::LineBack,
        CallEvent::Ended { at_ms },
        failed(at_ms),
        CallEvent::Settled,
    ];
    // At one moment in time there are finitely many: each is visited with all that can dispatch in it.
    let mut reached = vec![IDLE];
    let mut visited = 0;
    while let Some(phase) = reached.get(visited).copied() {
        visited += 1;
        is_not_stuck(phase);
        for happening in &happenings {
            let (after, _) = phase.on(happening.clone());
            if !reached.contains(&after) {
                reached.push(after);
            }
        }
    }
    let ended = CallState::Ended { duration_ms: 0.0 };
    let code = ErrorCode::Network;
    // `Asking` with microphone and lock is `Connecting`.
    for phase in before_the_start().into_iter().chain([
        IDLE,
        LIVE,
        ENDING,
        RECONNECTING,
        ended,
        CallState::Failed {
            code,
            told: Told::ByCode,
        },
    ]) {
        assert!(reached.contains(&phase), "{phase:?} is never reached");
    }
    assert_eq!(reached.len(), 13, "{reached:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    #[holds("2.one-end")]
    fn whatever_happens_the_page_hears_of_each_call_as_the_contract_says(
        happenings in vec(happening(), 0..60), stop_at_ms in 0.0..100_000.0_f64
    ) {
        let mut phase = CallState::Idle;
        let mut witness = Witness::default();
        let stop = CallEvent::Stop { at_ms: stop_at_ms };
        for happening in happenings {
            // From every state on the way, a stop ends whatever is under way.
            prop_assert!(!phase.on(stop.clone()).0.is_busy());
            is_not_stuck(phase);
            let (after, actions) = phase.on(happening.clone());
            witness.see(phase, &happening, after, &actions);
            phase = after;
        }
        let (after, actions) = phase.on(stop.clone());
        witness.see(phase, &stop, after, &actions);
        prop_assert!(!after.is_busy());
        prop_assert_eq!(witness.starts, witness.ends);
    }
}
