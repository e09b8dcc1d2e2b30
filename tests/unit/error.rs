//! The seven codes, contract §3, and what is done to texts of others.

use crate::any_text::any_text;
use holds::holds;
use proptest::prelude::*;
use vocadesk_embed::error::{ErrorCode, foreign_text, without};

#[test]
#[holds("3.seven-codes")]
fn there_are_seven_codes_with_the_contracts_names() {
    let names: Vec<_> = ErrorCode::ALL.into_iter().map(ErrorCode::as_str).collect();
    assert_eq!(
        names,
        [
            "mic_denied",
            "mic_unavailable",
            "token_failed",
            "ws_failed",
            "concurrent_call_active",
            "network",
            "unknown"
        ]
    );
}

fn from_name(name: &str) -> ErrorCode {
    serde_json::from_value(name.into()).unwrap()
}

#[test]
#[holds("3.seven-codes")]
fn a_code_is_found_by_its_name_and_any_other_name_is_unknown() {
    for code in ErrorCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        assert_eq!(from_name(code.as_str()), code);
    }
    for name in [
        "",
        "Network",
        "network ",
        "mic_denied\0",
        "origin_not_allowed",
    ] {
        assert_eq!(from_name(name), ErrorCode::Unknown);
    }
}

#[test]
fn a_text_of_300_characters_is_whole_and_a_longer_one_cut() {
    for unit in ["a", "ü", "\u{1f600}"] {
        assert_eq!(foreign_text(&unit.repeat(300)), unit.repeat(300));
        assert_eq!(foreign_text(&unit.repeat(301)), unit.repeat(300));
    }
}

#[test]
fn where_there_is_no_secret_a_text_stays_as_it_is() {
    assert_eq!(without("", "not allowed: ü"), "not allowed: ü");
}

#[test]
fn control_characters_become_spaces() {
    assert_eq!(
        foreign_text("a\r\nb\tc\u{1b}[31md\u{7f}\u{85}e"),
        "a  b c [31md  e"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_of_any_text_is_short_and_without_control_characters(text in any_text(), times in 1..50usize) {
        let shown = foreign_text(&text.repeat(times));
        prop_assert!(shown.chars().count() <= 300);
        prop_assert!(!shown.chars().any(char::is_control));
    }

    #[test]
    fn a_secret_is_in_no_text_any_more_and_all_else_is(secret in "[a-z0-9-]{8,36}", parts in proptest::collection::vec("[^a-z0-9-]{0,9}", 1..5)) {
        prop_assert_eq!(without(&secret, &parts.join(&secret)), parts.join("…"));
    }
}
