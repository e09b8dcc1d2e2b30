//! The browser's id, and the visitor's one place for each embed.

use vocadesk_embed::page::browser_id;
use vocadesk_embed::page::visitor::{self, Place};
use vocadesk_embed::realm::clock;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn the_browser_id_is_a_uuid_that_stays() {
    let id = visitor::browser_id();
    assert!(browser_id::is_valid(&id), "{id}");
    assert_eq!(visitor::browser_id(), id);
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    assert_eq!(storage.get_item("vocadesk_browser_id").unwrap(), Some(id));
}

#[wasm_bindgen_test]
async fn a_place_is_taken_once_and_free_again_when_it_is_dropped() {
    let place = Place::take("emb_a".to_owned()).await;
    assert!(place.is_some());
    assert!(Place::take("emb_a".to_owned()).await.is_none());
    assert!(Place::take("emb_b".to_owned()).await.is_some());
    drop(place);
    // Web Locks free a lock a task later: wait for that, as a second tab would.
    for _ in 0..100 {
        if Place::take("emb_a".to_owned()).await.is_some() {
            return;
        }
        JsFuture::from(clock::delay(10.0)).await.unwrap();
    }
    panic!("the place was not free within a second");
}

#[wasm_bindgen_test]
async fn a_place_that_is_being_left_is_waited_for() {
    let place = Place::take("emb_c".to_owned()).await.unwrap();
    place.leaving();
    spawn_local(async move {
        JsFuture::from(clock::delay(50.0)).await.unwrap();
        drop(place);
    });
    assert!(Place::take("emb_c".to_owned()).await.is_some());
}
