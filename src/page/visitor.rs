//! MAIN THREAD. Who calls: the browser's id, and the one place that a visitor has for each embed.

use super::browser_id;
use super::window::window;
use crate::realm::literal::literal;
use crate::realm::promised::{pending, when};
use crate::shared::text::concat;
use js_sys::{Array, Function, Promise};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// Kept from the SDK before, so that an upgrade keeps the visitor.
const STORAGE_KEY: &str = "vocadesk_browser_id";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);

    /// Throws where the browser has no Web Locks.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, options: &JsValue, held: &JsValue) -> Result<Promise, JsValue>;
}

thread_local! {
    /// The id, where storage is refused.
    static BROWSER_ID: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The embeds that this page has a call open for.
    static PLACES: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
    /// The embeds whose place is being asked for, each with what is fulfilled once that was answered.
    static ASKED: RefCell<Vec<(String, Promise)>> = const { RefCell::new(Vec::new()) };
}

struct Held {
    embed_id: String,
    /// The call is over, and only its release is still under way.
    leaving: bool,
}

/// The browser's id: read, or made and stored, at the first call and not before.
pub fn browser_id() -> String {
    if let Some(id) = BROWSER_ID.with_borrow(Clone::clone) {
        return id;
    }
    let storage = window().local_storage().ok().flatten();
    let stored = storage
        .as_ref()
        .and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten());
    let id = stored
        .filter(|id| browser_id::is_valid(id))
        .unwrap_or_else(|| {
            let mut bytes = [0; 16];
            get_random_values(&mut bytes);
            let id = browser_id::from_random(bytes);
            if let Some(storage) = &storage {
                // Refused or full: the id then lives as long as the page.
                let _ = storage.set_item(STORAGE_KEY, &id);
            }
            id
        });
    BROWSER_ID.set(Some(id.clone()));
    id
}

/// Whether this page holds the place for an embed, and if so whether it is leaving it.
fn held_here(embed_id: &str) -> Option<bool> {
    PLACES.with_borrow(|places| {
        places
            .iter()
            .find(|held| held.embed_id == embed_id)
            .map(|held| held.leaving)
    })
}

/// The visitor's one place for an embed, in all tabs; dropping it frees the place.
pub struct Place {
    embed_id: String,
    free: Option<Function>,
}

impl Place {
    /// Takes the place, or finds it taken: `then` gets `None`. Where the browser has no Web Locks, only this page
    /// is looked at; the server's 409 says the rest.
    pub fn take(embed_id: String, then: impl FnOnce(Option<Self>) + 'static) {
        Self::take_in_turn(embed_id, Box::new(then));
    }

    /// A call that has failed at once may still be about to get its place, which it gives back then: whoever
    /// asks next must not find it taken.
    fn take_in_turn(embed_id: String, then: Box<dyn FnOnce(Option<Self>)>) {
        let asked = ASKED.with_borrow(|asked| {
            let mut asked = asked.iter();
            let same = asked.find(|(id, _)| *id == embed_id);
            same.map(|(_, answered)| Clone::clone(answered))
        });
        if let Some(answered) = asked {
            return when(&answered, |_| Self::take_in_turn(embed_id, then));
        }
        let leaving = held_here(&embed_id);
        if leaving == Some(false) {
            return then(None);
        }
        // Our own last call may still be releasing its token: wait for that, it is bounded.
        let name = embed_id.clone();
        let (answered, tell) = pending();
        ASKED.with_borrow_mut(|asked| asked.push((name.clone(), answered)));
        lock(&name, leaving.is_none(), move |locked, request| {
            let id = embed_id.clone();
            let granted = matches!(locked, Ok(Some(_)));
            then(match locked {
                Ok(None) => None,
                Err(_) if held_here(&embed_id) == Some(false) => None,
                free => Some(Self::hold(embed_id.clone(), free.ok().flatten())),
            });
            let answered = move || {
                ASKED.with_borrow_mut(|asked| asked.retain(|(asked, _)| *asked != id));
                let _ = tell.call0(&JsValue::UNDEFINED);
            };
            if granted && held_here(&embed_id).is_none() {
                // Nobody wanted it any more; it is free again a little later.
                when(&request, move |_| answered());
            } else {
                answered();
            }
        });
    }

    fn hold(embed_id: String, free: Option<Function>) -> Self {
        PLACES.with_borrow_mut(|places| {
            places.push(Held {
                embed_id: embed_id.clone(),
                leaving: false,
            });
        });
        Self { embed_id, free }
    }

    /// The call is over; only its release is still under way.
    pub fn leaving(&self) {
        PLACES.with_borrow_mut(|places| {
            if let Some(held) = places
                .iter_mut()
                .find(|held| held.embed_id == self.embed_id)
            {
                held.leaving = true;
            }
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        PLACES.with_borrow_mut(|places| {
            if let Some(at) = places
                .iter()
                .position(|held| held.embed_id == self.embed_id)
            {
                places.swap_remove(at);
            }
        });
        if let Some(free) = &self.free {
            let _ = free.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Takes the Web Lock of an embed and gives the function that frees it; `None` where another holds it. The
/// promise is settled once the lock is free again.
fn lock(
    embed_id: &str,
    only_if_available: bool,
    then: impl FnOnce(Result<Option<Function>, JsValue>, Promise) + 'static,
) {
    let options = literal(if only_if_available {
        r#"{"ifAvailable":true}"#
    } else {
        "{}"
    });
    let (held, free) = pending();
    let (answered, answer) = pending();
    // The lock is ours for as long as the promise that this returns is pending.
    let take = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |lock: JsValue| {
        let _ = answer.call1(&JsValue::UNDEFINED, &lock);
        if lock.is_null() {
            lock
        } else {
            held.clone().into()
        }
    });
    let name = concat(&["vocadesk:", embed_id]);
    let request = match request_lock(&name, &options, &take.into_js_value()) {
        Ok(request) => request,
        Err(thrown) => Promise::reject(&thrown),
    };
    // The request itself says no more than the answer, unless it is refused.
    let first = Promise::race(&Array::of2(&answered, &request));
    when(&first, |lock| {
        then(lock.map(|lock| lock.is_truthy().then_some(free)), request);
    });
}
