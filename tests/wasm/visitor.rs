//! The browser's id, and the visitor's one place for each embed.

use crate::told::told;
use holds::holds;
use vocadesk_embed::browser::clock;
use vocadesk_embed::page::call_lock::CallLock;
use vocadesk_embed::page::{browser_id, visitor_id};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
#[holds("4.browser-id")]
fn the_browser_id_is_a_uuid_that_stays() {
    let id = visitor_id::browser_id();
    assert!(browser_id::is_valid(&id), "{id}");
    assert_eq!(visitor_id::browser_id(), id);
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    assert_eq!(storage.get_item("vocadesk_browser_id").unwrap(), Some(id));
}

async fn take(embed_id: &str) -> Option<CallLock> {
    told(|then| CallLock::acquire(embed_id.to_owned(), then)).await
}

#[wasm_bindgen_test]
#[holds("3.concurrent-local")]
async fn a_place_is_taken_once_and_free_again_when_it_is_dropped() {
    let place = take("emb_a").await;
    assert!(place.is_some());
    assert!(take("emb_a").await.is_none());
    assert!(take("emb_b").await.is_some());
    drop(place);
    // Web Locks free a lock a task later: wait for that, as a second tab would.
    for _ in 0..100 {
        if take("emb_a").await.is_some() {
            return;
        }
        JsFuture::from(clock::delay(10.0)).await.unwrap();
    }
    panic!("the place was not free within a second");
}

#[wasm_bindgen_test]
#[holds("3.concurrent-freed")]
async fn a_place_that_is_being_left_is_waited_for() {
    let place = take("emb_c").await.unwrap();
    place.leaving();
    spawn_local(async move {
        JsFuture::from(clock::delay(50.0)).await.unwrap();
        drop(place);
    });
    assert!(take("emb_c").await.is_some());
}
