//! Which engine this is: for the one thing that cannot be found out by trying it.

use super::member;

/// Whether sockets are opened by Firefox's engine. The others say that they are like it, without its version.
pub fn is_gecko() -> bool {
    member::get(&js_sys::global(), "navigator")
        .and_then(|navigator| member::text(&navigator, "userAgent"))
        .is_some_and(|name| name.contains("Gecko/"))
}
