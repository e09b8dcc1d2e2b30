//! The browser's id, and the visitor's one lock for each embed.

use holds::holds;
use vocadesk_embed::browser::promise::sleep;
use vocadesk_embed::page::call_lock::CallLock;
use vocadesk_embed::page::{browser_id, visitor_id};
use wasm_bindgen_futures::spawn_local;
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
    CallLock::acquire(embed_id.to_owned()).await
}

#[wasm_bindgen_test]
#[holds("3.concurrent-local")]
async fn a_lock_is_taken_once_and_free_again_when_it_is_dropped() {
    let lock = take("emb_a").await;
    assert!(lock.is_some());
    assert!(take("emb_a").await.is_none());
    assert!(take("emb_b").await.is_some());
    drop(lock);
    // Web Locks free a lock a task later: who asks here meanwhile waits for that.
    assert!(take("emb_a").await.is_some());
}

#[wasm_bindgen_test]
#[holds("3.concurrent-freed")]
async fn a_lock_that_is_being_left_is_waited_for() {
    let lock = take("emb_c").await.unwrap();
    lock.leaving();
    spawn_local(async move {
        sleep(50.0).await;
        drop(lock);
    });
    assert!(take("emb_c").await.is_some());
}
