//! What the token endpoint's answer means: contract §3 and §4.

use crate::any_text::any_text;
use crate::server_text::read_answer;
use holds::holds;
use proptest::prelude::*;
use serde_json::json;
use vocadesk_embed::error::ErrorCode;
use vocadesk_embed::protocol::http::{Grant, Refusal};
use vocadesk_embed::protocol::session::Connect;

const DEFAULT: &str = "wss://voice.example/embed/v1/call";

/// What was asked, where the answer names no socket.
fn asked(wss_url: &str) -> Connect {
    Connect {
        wss_url: wss_url.to_owned(),
        ..Connect::default()
    }
}

fn refused(status: u16, body: &str) -> Refusal {
    read_answer(status, body, &asked(DEFAULT)).expect_err("an answer that is no use")
}

/// The socket that an answer with a good token leads to.
fn socket(body: serde_json::Value) -> Result<String, Refusal> {
    read_answer(200, &body.to_string(), &asked(DEFAULT)).map(|grant| grant.wss_url)
}

#[test]
#[holds("4.token-answer")]
fn a_good_answer_is_a_grant() {
    let body = json!({"token": "a.b.c", "wssUrl": "wss://eu.example/call?x=1", "expiresAt": 1_900_000_000});
    let grant = Grant {
        token: "a.b.c".into(),
        wss_url: "wss://eu.example/call?x=1".into(),
    };
    for status in [200, 201, 299] {
        assert_eq!(
            read_answer(status, &body.to_string(), &asked(DEFAULT)),
            Ok(grant.clone())
        );
    }
}

#[test]
#[holds("3.message-no-token")]
fn a_refusal_that_repeats_what_it_was_asked_tells_the_page_none_of_it() {
    let asked = Connect {
        browser_id: "0b8a7b62-3f0e-4c58-9c39-2f1d6a1f0a11".into(),
        turnstile_token: Some("0.a+b/c=".into()),
        ..asked(DEFAULT)
    };
    // As some servers write a slash.
    let body = format!(
        r#"{{"code":"bad {}","message":"0.a+b\/c= of {} is old"}}"#,
        asked.browser_id, asked.browser_id
    );
    let refusal = read_answer(403, &body, &asked).unwrap_err();
    let message = refusal.error.message;
    assert!(message.contains("bad …): … of … is old"), "{message}");

    let stub = Connect {
        turnstile_token: Some("e".into()),
        ..asked
    };
    let body = r#"{"code":"origin_not_allowed","message":"not here"}"#;
    let refusal = read_answer(403, body, &stub).unwrap_err();
    assert!(refusal.error.message.contains("origin_not_allowed"));
}

#[test]
#[holds("1.option-wss-url", "4.wss-url-absent")]
fn where_the_answer_names_no_socket_the_default_serves() {
    for body in [
        json!({"token": "t"}),
        json!({"token": "t", "wssUrl": null}),
        json!({"token": "t", "wssUrl": ""}),
        json!({"token": "t", "wssUrl": 443}),
        json!({"token": "t", "dispatchUrl": ""}),
    ] {
        assert_eq!(socket(body.clone()), Ok(DEFAULT.to_owned()), "{body}");
    }
}

#[test]
#[holds("4.dispatch-url")]
fn the_socket_may_be_called_dispatch_url() {
    for url in [
        "ws://localhost:8080/call",
        "wss://d.example/call",
        "WSS://d.example",
    ] {
        assert_eq!(
            socket(json!({"token": "t", "dispatchUrl": url})),
            Ok(url.to_owned())
        );
        for absent in [json!(null), json!("")] {
            let body = json!({"token": "t", "wssUrl": absent, "dispatchUrl": url});
            assert_eq!(socket(body), Ok(url.to_owned()));
        }
    }
}

#[test]
#[holds("5.secure-only")]
fn a_page_that_came_over_tls_takes_no_socket_without_and_gives_the_token_back() {
    let answer = |named: &str, wss_url: &str, tls_only| {
        let asked = Connect {
            tls_only,
            ..asked(wss_url)
        };
        let body = match named {
            "" => json!({ "token": "t.t.t" }),
            url => json!({ "token": "t.t.t", "wssUrl": url }),
        };
        read_answer(200, &body.to_string(), &asked)
    };
    for (named, wss_url) in [
        ("ws://voice.example/call", DEFAULT),
        ("WS://voice.example/call", DEFAULT),
        ("ws://localhost:1", DEFAULT),
        ("", "ws://voice.example/call"),
    ] {
        assert!(answer(named, wss_url, false).is_ok(), "{named}");
        let refusal = answer(named, wss_url, true).expect_err(named);
        assert_eq!(refusal.error.code, ErrorCode::TokenFailed);
        assert!(refusal.error.message.contains("wss://"), "{refusal:?}");
        assert!(refusal.granted);
    }
    assert!(answer("wss://voice.example/call", "ws://unused.example", true).is_ok());
    assert!(answer("", DEFAULT, true).is_ok());
}

#[test]
#[holds("4.dispatch-url")]
fn of_two_sockets_wss_url_is_taken() {
    let body =
        json!({"token": "t", "dispatchUrl": "https://other.example", "wssUrl": "wss://a.example"});
    assert_eq!(socket(body), Ok("wss://a.example".to_owned()));
}

#[test]
#[holds("4.other-transport")]
fn an_answer_for_another_transport_says_so_and_its_token_is_released() {
    for url in [
        "https://dispatch.example/calls",
        "http://d.example",
        "webtransport://d.example",
        "/call",
        "d.example",
    ] {
        for name in ["wssUrl", "dispatchUrl"] {
            let refusal = socket(json!({"token": "t.t.t", name: url})).unwrap_err();
            assert_eq!(refusal.error.code, ErrorCode::TokenFailed);
            assert!(
                refusal.error.message.contains("another transport"),
                "{refusal:?}"
            );
            assert!(refusal.error.message.contains("WebSocket"), "{refusal:?}");
            assert!(refusal.granted);
        }
    }
}

#[test]
fn a_socket_url_that_is_not_plain_is_refused_and_its_token_released() {
    for url in [
        "wss://user:secret@voice.example/call",
        "wss://user@voice.example",
        "wss://good.example\\@evil.example",
        "wss://",
        "wss:///call",
        "wss:voice.example",
        "wss:// voice.example",
        "wss://voice.example/a b",
        "wss://voice.example/\n",
        "wss://voice.example/\u{0}",
        " wss://voice.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "//voice.example",
        "wsss://voice.example",
        "ẅss://voice.example",
    ] {
        let refusal = socket(json!({"token": "t", "wssUrl": url})).unwrap_err();
        assert_eq!(refusal.error.code, ErrorCode::TokenFailed, "{url:?}");
        assert!(refusal.granted, "{url:?}");
        assert!(!refusal.error.message.contains("secret"), "{refusal:?}");
        // It is a socket, only no plain one: nothing is said of another transport.
        let is_socket = url.starts_with("ws:") || url.starts_with("wss:");
        let speaks_of_transport = refusal.error.message.contains("transport");
        assert_eq!(speaks_of_transport, !is_socket, "{refusal:?}");
    }
    let refusal = socket(json!({"token": "t", "wssUrl": "ws://me@voice.example"})).unwrap_err();
    assert!(!refusal.error.message.contains("transport"), "{refusal:?}");
}

#[test]
#[holds("1.option-wss-url")]
fn a_bad_socket_of_the_pages_own_is_called_by_its_name() {
    for own in [
        "https://voice.example",
        "",
        "voice.example",
        "wss://me:secret@voice.example",
    ] {
        let refusal = read_answer(200, r#"{"token":"t"}"#, &asked(own)).unwrap_err();
        assert_eq!(refusal.error.code, ErrorCode::TokenFailed);
        assert!(
            refusal.error.message.contains("data-vocadesk-wss-url"),
            "{refusal:?}"
        );
        assert!(!refusal.error.message.contains("secret"), "{refusal:?}");
        assert!(refusal.granted);
    }
}

#[test]
#[holds("3.concurrent-409")]
fn a_409_is_a_call_that_is_open_already() {
    let body = r#"{"code":"concurrent_call_active","message":"One call at a time"}"#;
    for body in [body, "", "<html>", "[]"] {
        let refusal = refused(409, body);
        assert_eq!(refusal.error.code, ErrorCode::ConcurrentCallActive);
        assert!(!refusal.granted);
    }
    assert!(
        refused(409, body)
            .error
            .message
            .contains("One call at a time")
    );
}

#[test]
#[holds("3.token-failed-status", "3.token-failed-message", "4.error-answer")]
fn any_other_refusal_is_token_failed_with_the_servers_own_code_and_message() {
    for (status, code) in [
        (400, "bad_request"),
        (401, "turnstile_failed"),
        (403, "origin_not_allowed"),
        (404, "embed_not_found"),
        (422, "bad_browser_id"),
        (429, "rate_limited"),
        (500, "internal"),
        (503, "concurrent_call_active"),
    ] {
        let body =
            json!({"code": code, "message": "In the server's \"own\" wörds", "x": 1}).to_string();
        let Refusal { error, granted } = refused(status, &body);
        assert_eq!(error.code, ErrorCode::TokenFailed);
        assert!(!granted);
        for part in [&status.to_string(), code, "In the server's \"own\" wörds"] {
            assert!(error.message.contains(part), "{error:?}");
        }
    }
}

#[test]
fn every_refusal_says_what_to_do_about_it_and_nothing_that_would_not_help() {
    let advice = [
        "allowed origins",
        "embed id in data-vocadesk-embed",
        "end that first",
        "settings in the dashboard and apiUrl",
    ];
    for (status, code, helps) in [
        (403, "origin_not_allowed", 0),
        (404, "embed_not_found", 1),
        (409, "concurrent_call_active", 2),
        (409, "", 2),
        (429, "rate_limited", 3),
        (503, "concurrent_call_active", 3),
        (500, "", 3),
    ] {
        let message = refused(status, &json!({ "code": code }).to_string())
            .error
            .message;
        for (number, part) in advice.iter().enumerate() {
            assert_eq!(message.contains(part), number == helps, "{message}");
        }
    }
}

#[test]
#[holds("3.token-failed-status")]
fn a_refusal_that_is_no_json_still_names_its_status() {
    for body in [
        "<html><body>502 Bad Gateway</body></html>",
        "",
        "null",
        "[1]",
        r#"{"code":5}"#,
        "{",
    ] {
        for status in [100, 199, 300, 304, 404, 500, 599, u16::MAX] {
            let Refusal { error, granted } = refused(status, body);
            assert_eq!(error.code, ErrorCode::TokenFailed);
            assert!(error.message.contains(&status.to_string()), "{error:?}");
            assert!(!error.message.contains('<'), "{error:?}");
            assert!(!granted, "{status}");
        }
    }
}

#[test]
#[holds("3.message-advice", "5.no-redirect")]
fn a_redirect_is_token_failed_and_says_so_whatever_its_body_is() {
    for body in ["", "{", r#"{"token":"a.b.c","message":"Moved"}"#] {
        let Refusal { error, granted } = refused(0, body);
        assert_eq!(error.code, ErrorCode::TokenFailed);
        for part in ["redirect", "Check apiUrl"] {
            assert!(error.message.contains(part), "{error:?}");
        }
        assert!(!granted);
    }
}

#[test]
#[holds("3.token-failed-answer")]
fn a_good_status_without_a_token_is_token_failed_and_what_it_may_have_granted_is_released() {
    for body in [
        "",
        "<!doctype html>",
        "\"a.b.c\"",
        r#"["token"]"#,
        "{}",
        r#"{"token":""}"#,
        r#"{"token":17}"#,
        r#"{"token":null}"#,
        r#"{"token":{"token":"a"}}"#,
        r#"{"Token":"a.b.c"}"#,
        r#"{"token":"a.b.c""#,
    ] {
        let Refusal { error, granted } = refused(200, body);
        assert_eq!(error.code, ErrorCode::TokenFailed, "{body}");
        assert!(error.message.contains("apiUrl"), "{error:?}");
        assert!(granted, "{body}");
    }
}

/// Two texts of 300 characters and our own words around them.
const LONGEST_MESSAGE_CHARS: usize = 300 + 300 + 250;

fn is_fit_to_show(message: &str) -> bool {
    !message.is_empty()
        && message.chars().count() <= LONGEST_MESSAGE_CHARS
        && !message.chars().any(char::is_control)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    #[holds("3.message-plain")]
    fn whatever_the_server_says_the_message_is_one_line_of_bounded_length(
        status in any::<u16>(), code in any_text(), text in any_text(), times in 1..100usize
    ) {
        let body = json!({"code": code.repeat(times), "message": text.repeat(times)}).to_string();
        for body in [&body, &text] {
            if let Err(refusal) = read_answer(status, body, &asked(DEFAULT)) {
                prop_assert!(is_fit_to_show(&refusal.error.message), "{refusal:?}");
            }
        }
    }

    #[test]
    #[holds("3.message-no-token")]
    fn the_token_is_in_no_message(
        token in "[A-Za-z0-9_-]{16,40}\\.[A-Za-z0-9_-]{10,300}\\.[A-Za-z0-9_-]{10,40}",
        form in prop::sample::select(vec![
            "https://d.example/calls/TOKEN", "https://d.example/?token=TOKEN", "https://TOKEN@d.example",
            "https://TOKEN.d.example", "wss://TOKEN@d.example", "wss://me:TOKEN@d.example", "wss:TOKEN",
            "wss:// /TOKEN", "TOKEN", "TOKEN:", "TOKEN://d.example", "javascript:TOKEN", "#TOKEN",
        ]),
        name in "wssUrl|dispatchUrl",
    ) {
        let url = form.replace("TOKEN", &token);
        let refusal = socket(json!({"token": token, name: url})).unwrap_err();
        prop_assert!(refusal.granted);
        // Nor a part of it that would still be a secret.
        prop_assert!(!refusal.error.message.contains(&token[..16]), "{refusal:?}");
        prop_assert!(is_fit_to_show(&refusal.error.message));
    }
}
