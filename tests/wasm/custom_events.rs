//! The six events, as a listener on the document sees them.

use crate::page_furniture::{Furniture, document};
use holds::holds;
use js_sys::JSON;
use std::cell::RefCell;
use std::rc::Rc;
use vocadesk_embed::browser::events::Listener;
use vocadesk_embed::error::{ErrorCode, ErrorReport, Told};
use vocadesk_embed::page::custom_events;
use vocadesk_embed::protocol::session::{Role, Transcript};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::CustomEvent;

#[wasm_bindgen_test]
#[holds(
    "2.bubbles-composed",
    "2.start",
    "2.end",
    "2.error",
    "2.transcript",
    "2.mute",
    "2.state"
)]
fn events_bubble_to_the_document_in_the_shapes_of_the_contract() {
    let furniture = Furniture::new("<p><button>Talk</button></p>");
    let host = furniture.0.first_element_child().unwrap();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let names = ["start", "end", "error", "transcript", "mute", "state"];
    let listeners = names.map(|name| {
        let name: &str = Box::leak(format!("vocadesk:{name}").into_boxed_str());
        let (heard, host) = (heard.clone(), host.clone());
        Listener::new(&document(), name, move |event| {
            let event: &CustomEvent = event.unchecked_ref();
            assert!(event.composed() && event.target().unwrap() == *host.as_ref());
            let detail = JSON::stringify(&event.detail()).unwrap();
            heard
                .borrow_mut()
                .push(format!("{} {}", event.type_(), String::from(detail)));
        })
    });
    custom_events::start(&host);
    custom_events::end(&host, 1234.0);
    custom_events::error(
        &host,
        &ErrorReport {
            code: ErrorCode::MicDenied,
            message: "<b>\"no\"</b>".to_owned(),
            told: Told::ByCode,
        },
    );
    custom_events::transcript(
        &host,
        &Transcript {
            role: Role::User,
            text: "hi".to_owned(),
            seq: 1,
        },
    );
    custom_events::mute(&host, true);
    custom_events::mute(&host, false);
    custom_events::state(&host, "asking", "idle");
    drop(listeners);
    assert_eq!(
        *heard.borrow(),
        [
            "vocadesk:start null",
            r#"vocadesk:end {"durationMs":1234}"#,
            r#"vocadesk:error {"code":"mic_denied","message":"<b>\"no\"</b>"}"#,
            r#"vocadesk:transcript {"role":"user","text":"hi","seq":1}"#,
            r#"vocadesk:mute {"muted":true}"#,
            r#"vocadesk:mute {"muted":false}"#,
            r#"vocadesk:state {"state":"asking","previous":"idle"}"#,
        ]
    );
}
