//! Addresses and bodies of the two HTTP endpoints: contract §4.

use crate::any_text::any_text;
use holds::holds;
use proptest::prelude::*;
use serde_json::{Value, json};
use vocadesk_embed::error::{CallError, ErrorCode};
use vocadesk_embed::protocol::http::{RELEASE_PATH, Request, TOKENS_PATH, endpoint, is_plain_url};
use vocadesk_embed::protocol::session::Connect;

/// An endpoint of a page without TLS.
fn at(base: &str, path: &str) -> Result<String, CallError> {
    let connect = Connect {
        api_url: base.to_owned(),
        ..Connect::default()
    };
    endpoint(&connect, path)
}

#[test]
#[holds("5.secure-only")]
fn a_page_that_came_over_tls_asks_for_its_token_over_tls_alone() {
    for (base, is_taken) in [
        ("https://api.example", true),
        ("HTTPS://api.example/", true),
        (" https://localhost:8080", true),
        ("http://api.example", false),
        ("HTTP://api.example", false),
        ("http://localhost:8080", false),
    ] {
        let connect = Connect {
            api_url: base.to_owned(),
            tls_only: true,
            ..Connect::default()
        };
        for path in [TOKENS_PATH, RELEASE_PATH] {
            let found = endpoint(&connect, path);
            assert_eq!(found.is_ok(), is_taken, "{base}");
            assert!(at(base, path).is_ok(), "{base}");
            if let Err(error) = found {
                assert_eq!(error.code(), ErrorCode::TokenFailed);
                let said = error.to_string();
                assert!(said.contains("https://") && said.contains("data-vocadesk-api-url"));
            }
        }
    }
}

#[test]
#[holds("4.trailing-slashes", "4.release-request")]
fn trailing_slashes_of_the_base_do_not_count() {
    for base in [
        "https://api.example",
        "https://api.example/",
        "https://api.example///",
        " https://api.example/\n",
    ] {
        assert_eq!(
            at(base, TOKENS_PATH).unwrap(),
            "https://api.example/v1/tokens"
        );
        assert_eq!(
            at(base, RELEASE_PATH).unwrap(),
            "https://api.example/v1/release"
        );
    }
}

#[test]
fn a_base_may_have_a_port_a_path_and_capitals() {
    for (base, expected) in [
        ("http://localhost:8080", "http://localhost:8080/v1/tokens"),
        (
            "https://api.example/embed/",
            "https://api.example/embed/v1/tokens",
        ),
        ("HTTPS://API.example", "HTTPS://API.example/v1/tokens"),
        ("http://[::1]:3000", "http://[::1]:3000/v1/tokens"),
        ("https://bücher.example", "https://bücher.example/v1/tokens"),
    ] {
        assert_eq!(at(base, TOKENS_PATH).unwrap(), expected);
    }
}

#[test]
fn a_base_that_is_no_plain_http_url_is_token_failed_and_the_message_names_the_option() {
    for base in [
        "",
        " ",
        "/",
        "api.example",
        "//api.example",
        "https:",
        "https:api.example",
        "https:/",
        "https://",
        "https:///",
        "https://?x",
        "https://#x",
        "ftp://api.example",
        "wss://api.example",
        "javascript:alert(1)",
        "javascript://api.example/%0aalert(1)",
        "https://me:secret@api.example",
        "https://me@api.example",
        "https://good.example\\@evil.example",
        "https://api.example/a b",
        "https://api\t.example",
        "https://api.example/\u{0}",
        "https://api.example?region=eu",
        "https://api.example/#top",
        "ħttps://api.example",
        "httpsé//x",
    ] {
        let error = at(base, TOKENS_PATH).expect_err(base);
        assert_eq!(error.code(), ErrorCode::TokenFailed);
        assert!(
            error.to_string().contains("data-vocadesk-api-url"),
            "{error:?}"
        );
        assert!(!error.to_string().contains("secret"), "{error:?}");
    }
}

#[test]
fn an_at_sign_behind_the_host_is_no_credential() {
    assert!(is_plain_url("wss://h.example/a@b?c@d", &["wss://"]));
}

/// What goes out, read back; a release beside it never has the turnstile token.
fn written(embed_id: &str, browser_id: &str, turnstile_token: Option<&str>) -> Value {
    let connect = Connect {
        embed_id: embed_id.to_owned(),
        browser_id: browser_id.to_owned(),
        turnstile_token: turnstile_token.map(str::to_owned),
        ..Connect::default()
    };
    assert_eq!(
        serde_json::to_value(Request::release(&connect)).unwrap(),
        json!({"embedId": embed_id, "browserId": browser_id})
    );
    let text = serde_json::to_string(&Request::token(&connect)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
#[holds("4.tokens-request", "4.tokens-turnstile")]
fn the_body_holds_the_two_ids_and_the_turnstile_token_only_where_there_is_one() {
    assert_eq!(
        written("emb_1", "b-1", None),
        json!({"embedId": "emb_1", "browserId": "b-1"})
    );
    assert_eq!(
        written("emb_1", "b-1", Some("")),
        json!({"embedId": "emb_1", "browserId": "b-1", "turnstileToken": ""})
    );
}

#[test]
fn a_base_of_a_megabyte_is_read_whole() {
    let long = "/".repeat(1_000_000);
    assert_eq!(
        at(&format!("https://h{long}"), TOKENS_PATH).unwrap(),
        "https://h/v1/tokens"
    );
    assert!(at(&long, TOKENS_PATH).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    #[holds("4.tokens-request")]
    fn any_ids_arrive_as_they_are(
        embed in any_text(), browser in any_text(), turnstile in prop::option::of(any_text())
    ) {
        let mut expected = json!({"embedId": embed, "browserId": browser});
        if let Some(token) = &turnstile {
            expected["turnstileToken"] = json!(token);
        }
        prop_assert_eq!(written(&embed, &browser, turnstile.as_deref()), expected);
    }

    #[test]
    fn no_base_makes_it_panic_and_an_accepted_one_only_gains_the_path(
        scheme in "https?://|HTTP://|http:|wss://|", rest in any_text()
    ) {
        let base = format!("{scheme}{rest}");
        if let Ok(url) = at(&base, TOKENS_PATH) {
            prop_assert!(url.ends_with("/v1/tokens"));
            prop_assert!(base.contains(url.trim_end_matches("/v1/tokens")));
            prop_assert!(url.bytes().all(|byte| byte > b' ' && byte != 0x7f));
        }
    }
}
