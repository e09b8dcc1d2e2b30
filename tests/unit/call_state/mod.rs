//! What the page hears of a call: contract §2.

mod any_order;

use holds::holds;
use vocadesk_embed::error::{ErrorCode, ErrorReport, Told};
use vocadesk_embed::page::call_state::{CallEffect, CallEvent, CallState, Requested};

const IDLE: CallState = CallState::Idle;
const NOTHING: Requested = Requested {
    microphone: false,
    allowed: false,
    lock: false,
};
const ASKING: CallState = CallState::Asking(NOTHING);
const LIVE: CallState = CallState::Live { since_ms: 1_000.0 };
const ENDING: CallState = CallState::Ending { since_ms: 1_000.0 };
const RECONNECTING: CallState = CallState::Reconnecting { since_ms: 1_000.0 };

/// The microphone and the speaker stop at once.
const FINISH: CallEffect = CallEffect::Finish {
    let_ring_out: false,
};

fn error(code: ErrorCode) -> ErrorReport {
    ErrorReport {
        code,
        message: "why".to_owned(),
        told: Told::ByCode,
    }
}

fn failed(at_ms: f64) -> CallEvent {
    CallEvent::Failed {
        error: error(ErrorCode::Network),
        at_ms,
    }
}

/// All phases that a call can be in between its click and its end.
fn before_the_start() -> Vec<CallState> {
    let mut phases = vec![CallState::Connecting];
    for (microphone, lock) in [(false, false), (true, false), (false, true)] {
        let asked = |allowed| Requested {
            microphone,
            allowed,
            lock,
        };
        phases.extend([false, true].map(|allowed| CallState::Asking(asked(allowed))));
    }
    phases
}

fn at_rest() -> [CallState; 3] {
    [
        IDLE,
        CallState::Ended { duration_ms: 5.0 },
        CallState::Failed {
            code: ErrorCode::Network,
            told: Told::ByCode,
        },
    ]
}

#[test]
fn a_click_at_rest_begins_a_call() {
    for phase in at_rest() {
        assert_eq!(
            phase.on(CallEvent::Click { at_ms: 0.0 }),
            (ASKING, vec![CallEffect::Begin])
        );
    }
}

#[test]
fn a_call_connects_once_microphone_and_place_are_there_in_either_order() {
    for order in [
        [CallEvent::MicrophoneReady, CallEvent::LockAcquired],
        [CallEvent::LockAcquired, CallEvent::MicrophoneReady],
    ] {
        let [first, second] = order;
        let (phase, actions) = ASKING.on(first.clone());
        assert_eq!(actions, []);
        assert_eq!(phase.on(first).1, [], "told twice");
        let connects = vec![CallEffect::Authorize, CallEffect::Join];
        assert_eq!(phase.on(second), (CallState::Connecting, connects));
    }
}

#[test]
fn a_visitor_who_allowed_the_microphone_before_gets_a_token_while_it_starts() {
    for order in [
        [CallEvent::MicrophoneAllowed, CallEvent::LockAcquired],
        [CallEvent::LockAcquired, CallEvent::MicrophoneAllowed],
    ] {
        let [first, second] = order;
        let (phase, actions) = ASKING.on(first);
        assert_eq!(actions, []);
        let (phase, actions) = phase.on(second.clone());
        assert_eq!(actions, [CallEffect::Authorize]);
        assert_eq!(phase.on(second).1, [], "told twice");
        let (phase, actions) = phase.on(CallEvent::MicrophoneReady);
        assert_eq!(
            (phase, actions),
            (CallState::Connecting, vec![CallEffect::Join])
        );
    }
}

#[test]
fn the_page_hears_of_the_start_when_the_agent_answers_and_not_before() {
    let (phase, actions) = CallState::Connecting.on(CallEvent::Started { at_ms: 1_000.0 });
    assert_eq!((phase, actions), (LIVE, vec![CallEffect::EmitStart]));
    assert_eq!(
        LIVE.on(CallEvent::Started { at_ms: 2_000.0 }),
        (LIVE, vec![])
    );
}

#[test]
#[holds("2.cancel-silent")]
fn a_visitor_who_cancels_before_the_start_causes_no_event() {
    for phase in before_the_start() {
        for happening in [
            CallEvent::Click { at_ms: 1.0 },
            CallEvent::Stop { at_ms: 1.0 },
        ] {
            assert_eq!(phase.on(happening), (IDLE, vec![FINISH]));
        }
        assert_eq!(
            phase.on(CallEvent::PageLeft { at_ms: 1.0 }),
            (IDLE, vec![CallEffect::Leave])
        );
    }
}

#[test]
#[holds("2.error-alone")]
fn a_call_that_fails_before_its_start_tells_one_error_and_no_end() {
    for phase in before_the_start() {
        for code in ErrorCode::ALL {
            let happening = CallEvent::Failed {
                error: error(code),
                at_ms: 1.0,
            };
            assert_eq!(
                phase.on(happening),
                (
                    CallState::Failed {
                        code,
                        told: Told::ByCode,
                    },
                    vec![
                        FINISH,
                        CallEffect::SettleLater,
                        CallEffect::EmitError(error(code))
                    ]
                )
            );
        }
    }
}

#[test]
#[holds("2.error-then-end")]
fn a_failed_call_tells_error_then_end() {
    for phase in [LIVE, ENDING] {
        assert_eq!(
            phase.on(failed(3_500.0)),
            (
                CallState::Failed {
                    code: ErrorCode::Network,
                    told: Told::ByCode,
                },
                vec![
                    FINISH,
                    CallEffect::SettleLater,
                    CallEffect::EmitError(error(ErrorCode::Network)),
                    CallEffect::EmitEnd {
                        duration_ms: 2_500.0
                    },
                ]
            )
        );
    }
}

#[test]
#[holds("2.end")]
fn a_call_that_is_hung_up_stopped_or_ended_by_the_agent_tells_its_length_once() {
    let at_ms = 63_000.0;
    let duration_ms = 62_000.0;
    for phase in [LIVE, ENDING] {
        for happening in [
            CallEvent::Click { at_ms },
            CallEvent::Stop { at_ms },
            CallEvent::Ended { at_ms },
        ] {
            let (after, actions) = phase.on(happening.clone());
            assert_eq!(after, CallState::Ended { duration_ms });
            // Only an agent that ended by itself has last sounds that are still to be heard.
            let let_ring_out = matches!(happening, CallEvent::Ended { .. });
            assert_eq!(
                actions,
                [
                    CallEffect::Finish { let_ring_out },
                    CallEffect::SettleLater,
                    CallEffect::EmitEnd { duration_ms }
                ]
            );
            if !matches!(happening, CallEvent::Click { .. }) {
                assert_eq!(after.on(happening), (after, vec![]));
            }
        }
    }
}

#[test]
#[holds("2.end-left")]
fn a_page_that_is_left_in_a_call_hears_the_end() {
    for phase in [LIVE, ENDING] {
        assert_eq!(
            phase.on(CallEvent::PageLeft { at_ms: 1_700.0 }),
            (
                IDLE,
                vec![
                    CallEffect::Leave,
                    CallEffect::EmitEnd { duration_ms: 700.0 }
                ]
            )
        );
    }
}

#[test]
fn the_end_and_the_error_are_shown_until_they_settle() {
    for phase in at_rest() {
        assert_eq!(phase.on(CallEvent::Settled), (IDLE, vec![]));
    }
    for phase in before_the_start().into_iter().chain([LIVE, ENDING]) {
        assert_eq!(
            phase.on(CallEvent::Settled),
            (phase, vec![]),
            "a late one disturbs no call"
        );
    }
}

#[test]
fn what_an_earlier_call_brings_late_disturbs_nothing_at_rest() {
    for phase in at_rest() {
        for happening in [
            CallEvent::MicrophoneReady,
            CallEvent::LockAcquired,
            CallEvent::Started { at_ms: 1.0 },
            CallEvent::Ending,
            CallEvent::Ended { at_ms: 1.0 },
            failed(1.0),
            CallEvent::Stop { at_ms: 1.0 },
            CallEvent::PageLeft { at_ms: 1.0 },
        ] {
            assert_eq!(phase.on(happening), (phase, vec![]));
        }
    }
}

#[test]
fn a_goodbye_goes_on_counting() {
    assert_eq!(LIVE.on(CallEvent::Ending), (ENDING, vec![]));
    assert_eq!(ENDING.on(CallEvent::Ending), (ENDING, vec![]));
}

fn length(since_ms: f64, at_ms: f64) -> f64 {
    match (CallState::Live { since_ms }).on(CallEvent::Stop { at_ms }) {
        (CallState::Ended { duration_ms }, _) => duration_ms,
        other => panic!("{other:?}"),
    }
}

#[test]
#[holds("2.end")]
fn a_length_is_whole_and_never_below_zero_nor_minus_zero() {
    assert_eq!(length(1_000.4, 2_000.0), 1_000.0);
    assert_eq!(length(1_000.6, 2_000.0), 999.0);
    for (since_ms, at_ms) in [
        (1_000.0, 1_000.0),
        (1_000.3, 1_000.0),
        (9_000.0, 1_000.0),
        (f64::NAN, 1.0),
    ] {
        let length = length(since_ms, at_ms);
        // By its bits: −0 equals 0, but not for JavaScript's `Object.is`.
        assert_eq!(length.to_bits(), 0.0_f64.to_bits());
    }
}

#[test]
#[holds("2.one-end")]
fn a_lost_line_is_neither_an_end_nor_an_error_and_the_gap_counts_for_the_calls_length() {
    for before in [LIVE, ENDING] {
        assert_eq!(before.on(CallEvent::LineLost), (RECONNECTING, vec![]));
    }
    assert_eq!(RECONNECTING.on(CallEvent::LineBack), (LIVE, vec![]));
    assert_eq!(LIVE.on(CallEvent::LineBack), (LIVE, vec![]));
    let (phase, effects) = RECONNECTING.on(failed(31_000.0));
    assert!(matches!(phase, CallState::Failed { .. }));
    assert!(effects.contains(&CallEffect::EmitEnd {
        duration_ms: 30_000.0
    }));
}

#[test]
fn a_press_hangs_up_while_the_line_is_lost() {
    let (phase, effects) = RECONNECTING.on(CallEvent::Click { at_ms: 3_000.0 });
    assert!(matches!(phase, CallState::Ended { .. }));
    assert_eq!(effects.first(), Some(&FINISH));
    assert!(RECONNECTING.is_busy());
}
