//! What both threads with glue share: ports, timers, fetch, thrown values.

use holds::holds;
use std::cell::Cell;
use std::rc::Rc;
use vocadesk_embed::browser::clock::{Timer, now_ms};
use vocadesk_embed::browser::exception::Exception;
use vocadesk_embed::browser::promise::{settle, sleep, timeout};
use vocadesk_embed::browser::{fetch, port, value};
use vocadesk_embed::error::{ErrorCode, ErrorReport, Told};
use vocadesk_embed::protocol::frames::{FrameObject, ServerFrame};
use vocadesk_embed::protocol::session::{
    Connect, Dropped, Role, SessionCommand, SessionUpdate, Transcript,
};
use vocadesk_embed::session::socket::Socket;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{MessageChannel, MessageEvent, MessagePort};

#[wasm_bindgen_test]
async fn a_message_and_its_port_cross_a_channel() {
    let line = MessageChannel::new().unwrap();
    let audio = MessageChannel::new().unwrap();
    let far_end = line.port2();
    let arrived = js_sys::Promise::new(&mut |resolve, _| far_end.set_onmessage(Some(&resolve)));
    let connect = SessionCommand::Connect(Connect {
        api_url: "https://a.example".to_owned(),
        wss_url: "wss://a.example".to_owned(),
        embed_id: "emb_ä".to_owned(),
        browser_id: String::new(),
        turnstile_token: None,
        tls_only: true,
    });
    port::post(&line.port1(), &connect, Some(&audio.port1()));
    let event: MessageEvent = JsFuture::from(arrived).await.unwrap().unchecked_into();
    assert_eq!(port::read(&event), Some(connect));
    assert!(event.ports().get(0).dyn_into::<MessagePort>().is_ok());
}

#[wasm_bindgen_test]
fn what_is_no_message_is_none() {
    for odd in [
        JsValue::NULL,
        7.into(),
        "text".into(),
        js_sys::Object::new().into(),
        js_sys::Array::of2(&JsValue::TRUE, &js_sys::Object::new()).into(),
        js_sys::eval("({ Started: { at_ms: 'now' } })").unwrap(),
    ] {
        assert_eq!(
            value::from_js::<SessionUpdate>(odd.clone()),
            None,
            "{odd:?}"
        );
        assert_eq!(
            value::from_js::<SessionCommand>(odd.clone()),
            None,
            "{odd:?}"
        );
    }
}

#[wasm_bindgen_test]
fn every_update_survives_being_written_and_read() {
    let error = ErrorReport {
        code: ErrorCode::MicDenied,
        message: "\u{2028} \"no\"".to_owned(),
        told: Told::ByCode,
    };
    let transcript = Transcript {
        role: Role::Assistant,
        text: "😀\0".to_owned(),
        seq: 999_999_999_999_999,
    };
    let dropped = Dropped {
        malformed: u32::MAX,
        late: 0,
    };
    for update in [
        SessionUpdate::Ready,
        SessionUpdate::Started,
        SessionUpdate::Ended,
        SessionUpdate::Failed(error),
        SessionUpdate::Transcript(transcript),
        SessionUpdate::Dropped(dropped),
    ] {
        let crossed = value::from_js(value::to_js(&update));
        assert_eq!(crossed, Some(update));
    }
}

#[wasm_bindgen_test]
#[holds("5.malformed-dropped")]
fn a_frame_is_read_from_its_text_by_the_engine() {
    let read = |text: &str| value::parse::<FrameObject>(&text.into()).and_then(FrameObject::read);
    let audio = r#" {"n":[{}],"data":"AQI=","type":"audio","message":7,"text":null} "#;
    assert_eq!(read(audio), Some(ServerFrame::Audio(vec![1, 2])));
    let said = r#"{"type":"transcript","role":"user","text":"hi","seq":7}"#;
    assert!(matches!(read(said), Some(ServerFrame::Transcript(_))));
    for malformed in ["", "null", "[]", r#"["clear"]"#, "{", r#"{"type":{}}"#, "7"] {
        assert_eq!(read(malformed), None, "{malformed}");
    }
    let binary = js_sys::ArrayBuffer::new(4).into();
    assert!(value::parse::<FrameObject>(&binary).is_none());
}

#[wasm_bindgen_test]
async fn a_timer_rings_once_and_a_dropped_one_never() {
    let rings = Rc::new(Cell::new(0));
    let (kept, dropped) = (rings.clone(), rings.clone());
    let before = now_ms();
    let timer = Timer::after(20.0, move || kept.set(kept.get() + 1));
    drop(Timer::after(5.0, move || dropped.set(dropped.get() + 100)));
    sleep(60.0).await;
    drop(timer);
    assert_eq!(rings.get(), 1);
    assert!(now_ms() - before >= 59.0);
    // Both are the epoch's milliseconds; a wall clock that is set in between does not dispatch here.
    assert!((now_ms() - js_sys::Date::now()).abs() < 1_000.0);
}

#[wasm_bindgen_test]
async fn what_takes_longer_than_its_time_limit_is_given_up() {
    assert_eq!(timeout(5.0, std::future::pending::<()>()).await, None);
    assert_eq!(timeout(5_000.0, sleep(5.0)).await, Some(()));
    let rejected = js_sys::Promise::reject(&7.into());
    assert_eq!(
        timeout(5_000.0, settle(&rejected)).await,
        Some(Err(7.into()))
    );
}

#[wasm_bindgen_test]
async fn what_comes_in_time_leaves_no_timer_behind() {
    // Its own: others may run meanwhile, and end.
    const LIMIT_MS: f64 = 54_321.0;
    let timers = js_sys::eval(
        "(() => {
            const { setTimeout: set, clearTimeout: clear } = globalThis, waiting = new Set();
            globalThis.setTimeout = (callback, ms) => {
                const timer = set(callback, ms);
                if (ms === 54321) waiting.add(timer);
                return timer;
            };
            globalThis.clearTimeout = (timer) => (waiting.delete(timer), clear(timer));
            return {
                count: () => waiting.size,
                restore: () => Object.assign(globalThis, { setTimeout: set, clearTimeout: clear }),
            };
        })()",
    )
    .unwrap();
    let ask = |name: &str| {
        let function = js_sys::Reflect::get(&timers, &name.into()).unwrap();
        function
            .unchecked_into::<js_sys::Function>()
            .call0(&JsValue::UNDEFINED)
            .unwrap()
    };
    let seen = Rc::new(Cell::new(-1.0));
    let meanwhile = seen.clone();
    let work = async {
        sleep(5.0).await;
        meanwhile.set(ask("count").as_f64().unwrap());
    };
    assert_eq!(timeout(LIMIT_MS, work).await, Some(()));
    let left = ask("count");
    ask("restore");
    assert_eq!((seen.get(), left.as_f64()), (1.0, Some(0.0)));
}

#[wasm_bindgen_test]
async fn what_is_no_promise_settles_as_what_it_would_come_to() {
    let like = js_sys::eval("({ then(fulfil) { fulfil('come') } })").unwrap();
    assert_eq!(settle(&like).await, Ok("come".into()));
    assert_eq!(settle(&7.into()).await, Ok(7.into()));
    let broken = js_sys::eval("({ get then() { throw 'no' } })").unwrap();
    assert_eq!(settle(&broken).await, Err("no".into()));
}

#[wasm_bindgen_test]
#[holds("3.network-request")]
async fn a_server_that_is_not_there_is_an_error_and_no_panic() {
    for url in ["http://127.0.0.1:9/", "http://[", "javascript:alert(1)"] {
        let answer = fetch::post_json(url, "{}".to_owned(), false).await;
        assert!(answer.is_err(), "{url}");
    }
}

#[wasm_bindgen_test]
fn a_socket_with_an_address_that_is_none_is_refused_on_the_spot() {
    for url in ["wss://", "javascript:alert(1)", "wss://a.example/ b#c"] {
        assert!(Socket::open(url, |_| {}).is_none(), "{url}");
    }
}

#[wasm_bindgen_test]
fn whatever_is_thrown_has_a_name_and_a_message() {
    let read = |code: &str| {
        let thrown = Exception::from(js_sys::eval(code).unwrap());
        (thrown.name, thrown.message)
    };
    let pair = |name: &str, message: &str| (name.to_owned(), message.to_owned());
    assert_eq!(read("new TypeError('no')"), pair("TypeError", "no"));
    assert_eq!(
        read("new DOMException('no', 'NotAllowedError')"),
        pair("NotAllowedError", "no")
    );
    assert_eq!(read("'no'"), pair("", "no"));
    assert_eq!(read("undefined"), pair("", ""));
    assert_eq!(read("null"), pair("", ""));
    assert_eq!(
        read("({ get name() { throw 1 }, message: 7 })"),
        pair("", "")
    );
}
