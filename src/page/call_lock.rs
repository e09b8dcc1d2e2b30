//! The one call that a visitor may have open for each embed: a Web Lock.

use crate::browser::promise::{pending, when};
use crate::browser::value::to_js;
use js_sys::{Array, Function, Promise};
use serde::Serialize;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Throws where the browser has no Web Locks.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, options: &JsValue, held: &JsValue) -> Result<Promise, JsValue>;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LockOptions {
    if_available: bool,
}

thread_local! {
    /// The embeds that this page has a call open for.
    static HELD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
    /// The embeds whose lock is being asked for, each with what is fulfilled once that was answered.
    static ASKED: RefCell<Vec<(String, Promise)>> = const { RefCell::new(Vec::new()) };
}

struct Held {
    embed_id: String,
    /// The call is over, and only its release is still under way.
    leaving: bool,
}

/// Whether this page holds the lock for an embed, and if so whether it is giving it back.
fn held_here(embed_id: &str) -> Option<bool> {
    HELD.with_borrow(|all| {
        all.iter()
            .find(|held| held.embed_id == embed_id)
            .map(|held| held.leaving)
    })
}

/// The visitor's one lock for an embed, in all tabs; dropping it frees the lock.
pub struct CallLock {
    embed_id: String,
    free: Option<Function>,
}

impl CallLock {
    /// Takes the lock, or finds it taken: `then` gets `None`. Where the browser has no Web Locks, only this page
    /// is looked at; the server's 409 says the rest.
    pub fn acquire(embed_id: String, then: impl FnOnce(Option<Self>) + 'static) {
        Self::acquire_in_turn(embed_id, Box::new(then));
    }

    /// A call that has failed at once may still be about to get its lock, which it gives back then: whoever
    /// asks next must not find it taken.
    fn acquire_in_turn(embed_id: String, then: Box<dyn FnOnce(Option<Self>)>) {
        let asked = ASKED.with_borrow(|asked| {
            let mut asked = asked.iter();
            let same = asked.find(|(id, _)| *id == embed_id);
            same.map(|(_, answered)| Clone::clone(answered))
        });
        if let Some(answered) = asked {
            return when(&answered, |_| Self::acquire_in_turn(embed_id, then));
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
        HELD.with_borrow_mut(|all| {
            all.push(Held {
                embed_id: embed_id.clone(),
                leaving: false,
            });
        });
        Self { embed_id, free }
    }

    /// The call is over; only its release is still under way.
    pub fn leaving(&self) {
        HELD.with_borrow_mut(|all| {
            if let Some(held) = all.iter_mut().find(|held| held.embed_id == self.embed_id) {
                held.leaving = true;
            }
        });
    }
}

impl Drop for CallLock {
    fn drop(&mut self) {
        HELD.with_borrow_mut(|all| {
            if let Some(at) = all.iter().position(|held| held.embed_id == self.embed_id) {
                all.swap_remove(at);
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
    let options = to_js(&LockOptions {
        if_available: only_if_available,
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
    let name = format!("vocadesk:{embed_id}");
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
