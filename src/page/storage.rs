//! What is kept in the browser from visit to visit. Other scripts of the site share it: whoever reads sees whether it can be
//! what was written.

use super::window::window;

/// What stands there; nothing where storage is refused.
pub fn read(key: &str) -> Option<String> {
    let storage = window().local_storage().ok().flatten()?;
    storage.get_item(key).ok().flatten()
}

/// Writes it there. Refused or full: then it is not kept.
pub fn write(key: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, text);
    }
}
