//! Which engine this is: for the one thing that cannot be found out by trying it.

use super::member;
use js_sys::Reflect;

/// Whether sockets are opened by Firefox's engine. The others say that they are like it, without its version.
pub fn is_gecko() -> bool {
    Reflect::get(&js_sys::global(), &"navigator".into())
        .ok()
        .and_then(|navigator| member::text(&navigator, "userAgent"))
        .is_some_and(|name| name.contains("Gecko/"))
}
