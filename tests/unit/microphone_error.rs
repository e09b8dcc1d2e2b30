//! Why there is no microphone: the first two rows of contract §3.

use holds::holds;
use vocadesk_embed::error::{CallError, ErrorCode, Told};
use vocadesk_embed::page::labels::Label;
use vocadesk_embed::page::media::microphone_error::{in_mid_call, read};

#[test]
#[holds("3.mic-denied", "3.mic-denied-iframe")]
fn a_refusal_is_mic_denied_and_in_an_iframe_it_names_the_attribute() {
    for name in ["NotAllowedError", "SecurityError"] {
        for in_frame in [false, true] {
            let error = read(name, "", in_frame);
            assert_eq!(error.code(), ErrorCode::MicDenied);
            assert_eq!(
                error.to_string().contains("allow=\"microphone\""),
                in_frame,
                "{error:?}"
            );
        }
    }
}

#[test]
#[holds("3.mic-unavailable")]
fn no_device_or_a_busy_one_is_mic_unavailable() {
    for name in [
        "NotFoundError",
        "NotReadableError",
        "OverconstrainedError",
        "AbortError",
    ] {
        for in_frame in [false, true] {
            assert_eq!(read(name, "", in_frame).code(), ErrorCode::MicUnavailable);
        }
    }
    assert_eq!(CallError::MicrophoneLost.code(), ErrorCode::MicUnavailable);
}

#[test]
#[holds("3.mic-denied-taken-back", "3.mic-lost")]
fn a_lost_microphone_is_taken_back_where_the_next_one_is_denied_and_lost_where_there_is_none() {
    for in_frame in [false, true] {
        for name in ["NotAllowedError", "SecurityError"] {
            let error = in_mid_call(read(name, "", in_frame));
            assert_eq!(error.code(), ErrorCode::MicDenied);
            assert!(error.to_string().contains("taken back"), "{error:?}");
        }
        for name in ["NotFoundError", "NotReadableError", "AbortError", "Error"] {
            assert_eq!(
                in_mid_call(read(name, "", in_frame)),
                CallError::MicrophoneLost
            );
        }
    }
    assert_eq!(
        in_mid_call(CallError::InsecurePage),
        CallError::MicrophoneLost
    );
}

#[test]
#[holds("3.mic-insecure")]
fn an_insecure_page_is_told_about_https() {
    let error = CallError::InsecurePage;
    assert_eq!(error.code(), ErrorCode::MicUnavailable);
    assert!(error.to_string().contains("HTTPS"));
}

#[test]
#[holds("3.unknown-rest")]
fn anything_else_is_unknown_and_named() {
    for name in [
        "TypeError",
        "InvalidStateError",
        "notallowederror",
        "Whatever",
    ] {
        let error = read(name, "", false);
        assert_eq!(error.code(), ErrorCode::Unknown);
        assert!(error.to_string().contains(name));
    }
    assert_eq!(read("", "", true).code(), ErrorCode::Unknown);
}

#[test]
#[holds("3.mic-denied-told-apart")]
fn whose_refusal_it_is_is_said_where_the_browser_says_it() {
    // As Chromium words them.
    let table = [
        (
            "Permission denied",
            CallError::MicrophoneDenied,
            Told::ByCode,
        ),
        (
            "Permission denied by system",
            CallError::MicrophoneDeniedBySystem,
            Told::DeniedBySystem,
        ),
        (
            "Permission dismissed",
            CallError::PromptDismissed,
            Told::NotAllowed,
        ),
    ];
    for (words, expected, told) in table {
        for in_frame in [false, true] {
            let error = read("NotAllowedError", words, in_frame);
            if told != Told::ByCode || !in_frame {
                assert_eq!(error, expected, "{words}");
            }
            assert_eq!(error.code(), ErrorCode::MicDenied);
            assert_eq!(error.told(), told, "{words}");
        }
        // The same words about something else are nobody's refusal.
        assert_eq!(read("NotFoundError", words, false), CallError::NoMicrophone);
    }
    let texts = [Told::ByCode, Told::DeniedBySystem, Told::NotAllowed]
        .map(|told| Label::of_error(ErrorCode::MicDenied, told).text);
    let [by_visitor, by_system, dismissed] = texts;
    assert!(by_visitor.contains("address bar") && by_system.contains("system"));
    assert!(dismissed.contains("Press again"));
}
