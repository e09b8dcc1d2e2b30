//! What the visitor sees in each phase.

use holds::holds;
use vocadesk_embed::error::{ErrorCode, Told};
use vocadesk_embed::page::call_state::{CallState, Requested};
use vocadesk_embed::page::view::view_model::{Trouble, clock, view};

const NOW_MS: f64 = 1_900_000_000_000.0;

fn every_phase() -> Vec<CallState> {
    let mut phases = vec![
        CallState::Idle,
        CallState::Connecting,
        CallState::Live {
            since_ms: NOW_MS - 7_400.0,
        },
        CallState::Ending {
            since_ms: NOW_MS - 7_400.0,
        },
        CallState::Ended {
            duration_ms: 7_400.0,
        },
        CallState::Reconnecting {
            since_ms: NOW_MS - 7_400.0,
        },
    ];
    for at in 0..7 {
        let [microphone, allowed, lock] = [1, 2, 4].map(|bit| at & bit != 0);
        phases.push(CallState::Asking(Requested {
            microphone,
            allowed,
            lock,
        }));
    }
    phases.extend(ErrorCode::ALL.map(|code| CallState::Failed {
        code,
        told: Told::ByCode,
    }));
    phases.extend(
        [Told::DeniedBySystem, Told::NotAllowed].map(|told| CallState::Failed {
            code: ErrorCode::MicDenied,
            told,
        }),
    );
    phases
}

#[test]
#[holds("1.option-labels")]
fn every_text_stands_in_the_table_of_english_texts_by_its_key() {
    let table = include_str!("../../src/page/labels/en.json");
    let table: serde_json::Map<String, serde_json::Value> = serde_json::from_str(table).unwrap();
    let views = every_phase()
        .into_iter()
        .map(|phase| view(phase, false, None, NOW_MS));
    for label in views.flat_map(|view| [view.text, view.hint]) {
        if label.key.is_empty() {
            assert_eq!(label.text, "", "a text without a key");
        } else {
            assert_eq!(table[label.key], label.text, "{}", label.key);
            assert!(!label.text.is_empty(), "{}", label.key);
        }
    }
    for (key, text) in &table {
        let text = text.as_str().unwrap();
        assert_eq!(text, text.trim(), "{key}");
        assert!(!text.is_empty(), "{key}");
    }
}

#[test]
fn what_a_text_does_not_say_of_action_and_state_is_said_besides() {
    for phase in every_phase() {
        let view = view(phase, false, None, NOW_MS);
        let hint = match view.state {
            "asking" | "connecting" => "cancel",
            "live" => "in_call",
            "reconnecting" => "still_on",
            "ended" => "again",
            _ => "",
        };
        assert_eq!(view.hint.key, hint, "{phase:?}");
    }
}

#[test]
fn no_text_shows_the_visitor_a_code_or_a_technical_word() {
    for phase in every_phase() {
        let text = view(phase, false, None, NOW_MS).text.text.to_lowercase();
        for code in ErrorCode::ALL {
            assert!(!text.contains(code.as_str()), "{text}");
        }
        for word in ["_", "token", "socket", "error", "http", "origin"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}

#[test]
fn each_error_has_words_of_its_own() {
    let mut texts = ErrorCode::ALL
        .map(|code| {
            view(
                CallState::Failed {
                    code,
                    told: Told::ByCode,
                },
                false,
                None,
                NOW_MS,
            )
            .text
            .text
        })
        .to_vec();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), ErrorCode::ALL.len());
}

#[test]
fn states_are_words_that_css_can_tell_apart() {
    let states: Vec<_> = every_phase()
        .into_iter()
        .map(|phase| view(phase, false, None, NOW_MS).state)
        .collect();
    // The first of the askings is the only one in which the visitor has something to do, besides the one
    // who holds the lock already.
    let expected = [
        "idle",
        "connecting",
        "live",
        "ending",
        "ended",
        "reconnecting",
        "asking",
        "connecting",
        "connecting",
        "connecting",
        "asking",
        "connecting",
        "connecting",
    ];
    assert_eq!(states[..13], expected);
    assert!(states[13..].iter().all(|state| *state == "error"));
}

#[test]
fn the_clock_and_the_meter_show_while_a_call_runs_and_the_length_after_it() {
    for phase in every_phase() {
        let view = view(phase, false, None, NOW_MS);
        let runs = phase.since_ms().is_some();
        assert_eq!(view.meter, runs);
        let timed = runs || matches!(phase, CallState::Ended { .. });
        assert_eq!(view.seconds, timed.then_some(7), "{phase:?}");
        assert_eq!(view.time(), if timed { "0:07" } else { "" }, "{phase:?}");
        assert_eq!(
            view.busy,
            phase.is_busy() && view.state != "live" && view.state != "ending",
            "{phase:?}"
        );
    }
}

#[test]
fn a_clock_that_runs_backwards_or_is_no_number_shows_zero() {
    for since_ms in [NOW_MS + 1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(
            view(CallState::Live { since_ms }, false, None, NOW_MS).seconds,
            Some(0)
        );
    }
    assert_eq!(
        view(
            CallState::Live {
                since_ms: f64::NEG_INFINITY
            },
            false,
            None,
            NOW_MS
        )
        .seconds,
        Some(u32::MAX)
    );
}

#[test]
fn a_length_reads_as_a_clock() {
    for (seconds, expected) in [
        (0, "0:00"),
        (7, "0:07"),
        (59, "0:59"),
        (60, "1:00"),
        (754, "12:34"),
        (3_599, "59:59"),
        (3_600, "1:00:00"),
        (3_723, "1:02:03"),
        (86_399, "23:59:59"),
        (360_000, "100:00:00"),
        (u32::MAX, "1193046:28:15"),
    ] {
        assert_eq!(clock(seconds), expected);
    }
}

#[test]
fn a_microphone_that_gives_nothing_is_said_and_taken_back() {
    let live = CallState::Live {
        since_ms: NOW_MS - 7_400.0,
    };
    for (trouble, says) in [(Trouble::Silenced, "muted"), (Trouble::Unheard, "nothing")] {
        let heard = view(live, false, None, NOW_MS);
        let silent = view(live, false, Some(trouble), NOW_MS);
        assert_eq!(silent.text, heard.text);
        assert_ne!(silent.hint, heard.hint);
        assert!(silent.hint.text.contains(says));
        // In no other state does it matter.
        for phase in every_phase() {
            if !matches!(phase, CallState::Live { .. }) {
                assert_eq!(
                    view(phase, false, Some(trouble), NOW_MS),
                    view(phase, false, None, NOW_MS)
                );
            }
        }
    }
}

#[test]
fn a_visitor_who_is_muted_here_is_not_said_to_be_unheard_and_a_switch_outside_is_named_first() {
    let silenced = Some(Trouble::Silenced);
    for (outside, unheard, muted, due) in [
        (false, false, false, None),
        (false, true, false, Some(Trouble::Unheard)),
        (false, true, true, None),
        (true, false, false, silenced),
        (true, true, false, silenced),
        (true, true, true, silenced),
    ] {
        assert_eq!(Trouble::of(outside, unheard, muted), due);
    }
}

#[test]
fn who_waits_for_a_lost_line_is_told_whether_the_microphone_stays_on() {
    let lost = CallState::Reconnecting { since_ms: NOW_MS };
    let hint = |muted| view(lost, muted, None, NOW_MS).hint.key;
    assert_eq!((hint(false), hint(true)), ("still_on", "press_to_end"));
    assert!(view(lost, false, None, NOW_MS).busy);
}
