//! The microphone that the visitor has chosen in the call bar, for the calls after this one.

use super::device_id;
use crate::page::storage;
use std::cell::RefCell;

/// Written once the visitor has chosen one, and not before.
const STORAGE_KEY: &str = "vocadesk_microphone";

thread_local! {
    /// The id that was chosen in this page, where storage may be refused.
    static CHOSEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Its device id; nothing where the default one is to be used.
pub fn get() -> Option<String> {
    let chosen = CHOSEN.with_borrow(Clone::clone);
    chosen
        .or_else(|| storage::read(STORAGE_KEY))
        .filter(|id| device_id::names_one(id))
}

/// Keeps the visitor's choice, which may be the default one.
pub fn set(id: &str) {
    // As an id that is none, the default one takes back what was chosen before.
    storage::write(STORAGE_KEY, id);
    CHOSEN.set(Some(id.to_owned()));
}
