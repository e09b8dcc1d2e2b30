//! What a host is told: options over attributes over defaults.

use crate::page_furniture::Furniture;
use holds::holds;
use js_sys::{Function, Object, Promise, Reflect};
use vocadesk_embed::page::labels::IDLE;
use vocadesk_embed::page::options::{CallConfig, MountOptions};
use wasm_bindgen::{JsValue, externref_heap_live_count};
use wasm_bindgen_test::wasm_bindgen_test;

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in members {
        Reflect::set(&object, &(*key).into(), value).unwrap();
    }
    object.into()
}

#[wasm_bindgen_test]
#[holds(
    "1.option-over-attribute",
    "1.option-embed-id",
    "1.option-api-url",
    "1.defaults"
)]
fn an_option_wins_over_its_attribute_and_an_attribute_over_the_default() {
    let marked_up = Furniture::new(
        r#"<i data-vocadesk-embed=" emb_a " data-vocadesk-label="A"
              data-vocadesk-api-url="http://127.0.0.1:9" data-vocadesk-wss-url="ws://localhost:9/"></i>"#,
    );
    let bare = Furniture::new("<i></i>");
    let read = |options: &MountOptions, furniture: &Furniture| {
        let config = options.call_config(&furniture.0);
        let label = config.presentation.label;
        [
            config.embed_id,
            label.unwrap_or_default(),
            config.api_url,
            config.wss_url,
        ]
    };
    let given = MountOptions::read(&object(&[
        ("embedId", "emb_b".into()),
        ("label", "B".into()),
        ("apiUrl", "https://b.example".into()),
        ("wssUrl", "wss://b.example".into()),
    ]));
    let a = ["emb_a", "A", "http://127.0.0.1:9", "ws://localhost:9/"];
    let b = ["emb_b", "B", "https://b.example", "wss://b.example"];
    let default = [
        "",
        "",
        "https://embed.vocadesk.com",
        "wss://voice.vocadesk.com/embed/v1/call",
    ];
    assert_eq!(read(&MountOptions::default(), &bare), default);
    assert_eq!(read(&MountOptions::default(), &marked_up), a);
    assert_eq!(read(&given, &marked_up), b);
    assert_eq!(read(&given, &bare), b);
}

#[wasm_bindgen_test]
fn options_of_the_wrong_kind_count_as_missing() {
    let furniture = Furniture::new(r#"<i data-vocadesk-embed="emb_a"></i>"#);
    let throwing = js_sys::eval("({ get embedId() { throw new Error('no') } })").unwrap();
    for odd in [
        JsValue::NULL,
        7.into(),
        "emb_b".into(),
        object(&[("embedId", 7.into())]),
        throwing,
    ] {
        assert_eq!(MountOptions::read(&odd).embed_id(&furniture.0), "emb_a");
    }
}

#[wasm_bindgen_test]
fn a_text_that_the_page_has_not_replaced_leaves_nothing_in_the_table_of_javascripts_values() {
    let furniture = Furniture::new("<i></i>");
    let throwing = js_sys::eval("({ get idle() { throw new Error('no') } })").unwrap();
    for labels in [JsValue::UNDEFINED, Object::new().into(), throwing] {
        let options = MountOptions::read(&object(&[("labels", labels)]));
        let presentation = options.presentation(&furniture.0);
        // The first one may fill what is kept for good.
        assert_eq!(presentation.text_of(IDLE), IDLE.text);
        let before = externref_heap_live_count();
        for _ in 0..10 {
            presentation.text_of(IDLE);
        }
        assert_eq!(externref_heap_live_count(), before);
    }
}

fn with_token(token: JsValue) -> CallConfig {
    let furniture = Furniture::new("<i></i>");
    let options = MountOptions::read(&object(&[("turnstileToken", token)]));
    options.call_config(&furniture.0)
}

#[wasm_bindgen_test]
#[holds("1.turnstile-kinds")]
async fn a_turnstile_token_is_a_string_or_a_function_or_a_promise_of_one() {
    let functions = [
        "return 'solved'",
        "return Promise.resolve('solved')",
        "return { then(resolve) { resolve('solved') } }",
    ];
    let functions = functions.map(|body| Function::new_no_args(body).into());
    let direct: [JsValue; 2] = [
        "solved".into(),
        Promise::resolve::<JsValue>(&"solved".into()).into(),
    ];
    for given in functions.into_iter().chain(direct) {
        let token = with_token(given).turnstile_token().await;
        assert_eq!(token, Ok(Some("solved".to_owned())));
    }
    let none = with_token(JsValue::UNDEFINED).turnstile_token().await;
    assert_eq!(none, Ok(None));
}

#[wasm_bindgen_test]
async fn a_turnstile_function_that_throws_or_rejects_is_an_error() {
    for body in [
        "throw new Error('no')",
        "return Promise.reject(new Error('no'))",
    ] {
        let ask = Function::new_no_args(body).into();
        let token = with_token(ask).turnstile_token().await;
        assert!(token.is_err());
    }
}

#[wasm_bindgen_test]
#[holds("1.endpoint-attributes", "1.endpoint-ignored")]
fn an_endpoint_that_markup_names_is_the_sites_or_is_ignored() {
    // This page is on loopback, its script tag says nothing.
    let (kept, ignored) = (true, false);
    for (url, expected) in [
        ("https://embed.vocadesk.com/", kept),
        ("https://embed.vocadesk.com/other/path", kept),
        ("http://localhost:1", kept),
        ("https://api.localhost", kept),
        ("http://127.8.9.1:80", kept),
        ("http://[::1]:9", kept),
        ("/own", kept),
        // No address: its own error says so.
        ("javascript:alert(1)", kept),
        ("https://", kept),
        ("http://embed.vocadesk.com", ignored),
        ("https://embed.vocadesk.com:444", ignored),
        ("https://embed.vocadesk.com.a.example", ignored),
        ("https://embed.vocadesk.com@a.example", ignored),
        ("//a.example", ignored),
        ("https://127.0.0.1.a.example", ignored),
        ("https://127.example", ignored),
        ("https://localhost.a.example", ignored),
        ("https://notlocalhost", ignored),
        ("\\\\a.example", ignored),
    ] {
        let host = Furniture::new(r#"<i data-vocadesk-embed="emb_a"></i>"#);
        host.0.set_attribute("data-vocadesk-api-url", url).unwrap();
        let config = MountOptions::default().call_config(&host.0);
        let counts = config.api_url == url;
        assert_eq!(counts, expected, "{url}: {}", config.api_url);
    }
}
