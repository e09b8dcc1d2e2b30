//! What a host is told: options over attributes over defaults.

use crate::page_furniture::Furniture;
use holds::holds;
use js_sys::{Function, Object, Promise, Reflect};
use vocadesk_embed::page::options::{CallConfig, MountOptions};
use wasm_bindgen::JsValue;
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
              data-vocadesk-api-url="https://a.example" data-vocadesk-wss-url="wss://a.example"></i>"#,
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
    let a = ["emb_a", "A", "https://a.example", "wss://a.example"];
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
