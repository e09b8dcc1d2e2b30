//! Who calls: the browser's id, which the servers know a visitor by.

use super::browser_id;
use super::storage;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// Kept from the SDK before, so that an upgrade keeps the visitor.
const STORAGE_KEY: &str = "vocadesk_browser_id";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

thread_local! {
    /// The id, where storage is refused.
    static BROWSER_ID: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The browser's id: read, or made and stored, at the first call and not before.
pub fn browser_id() -> String {
    if let Some(id) = BROWSER_ID.with_borrow(Clone::clone) {
        return id;
    }
    let stored = storage::read(STORAGE_KEY);
    let id = stored
        .filter(|id| browser_id::is_valid(id))
        .unwrap_or_else(|| {
            let mut bytes = [0; 16];
            get_random_values(&mut bytes);
            let id = browser_id::from_random(bytes);
            // Where that is refused, the id lives as long as the page.
            storage::write(STORAGE_KEY, &id);
            id
        });
    BROWSER_ID.set(Some(id.clone()));
    id
}
