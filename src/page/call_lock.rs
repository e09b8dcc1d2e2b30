//! The one call that a visitor may have open for each embed: a Web Lock.

use super::kill_list;
use crate::browser::promise::{pending, settle, timeout};
use crate::browser::value::to_js;
use js_sys::{Array, Function, Promise};
use serde::Serialize;
use std::cell::RefCell;
use std::future::Future;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen]
extern "C" {
    /// Throws where the browser has no Web Locks.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, options: &JsValue, held: &JsValue) -> Result<Promise, JsValue>;
}

/// A browser that has not answered by then is not waited for any longer: the lock of the last call is free once that has
/// released its token, two seconds after its end.
const ANSWER_DEADLINE_MS: f64 = 5_000.0;

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
    /// What frees it, and what is settled once it is free.
    free: Option<(Function, Promise)>,
}

impl CallLock {
    /// Takes the lock, or finds it taken: nothing then. It is asked for at once, inside the click. Where the browser has no
    /// Web Locks, only this page is looked at; the server's 409 says the rest.
    pub fn acquire(embed_id: String) -> impl Future<Output = Option<Self>> {
        let mut attempt = Attempt::begin(&embed_id);
        async move {
            loop {
                match attempt {
                    Attempt::Taken => return None,
                    // A call that has failed at once may still be about to get its lock, which it gives back then: whoever
                    // asks next must not find it taken.
                    Attempt::InTurn(answered) => {
                        let _ = settle(&answered).await;
                        attempt = Attempt::begin(&embed_id);
                    }
                    Attempt::Asked(request) => return request.held(embed_id).await,
                }
            }
        }
    }

    fn hold(embed_id: String, free: Option<(Function, Promise)>) -> Self {
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
        if let Some((free, request)) = self.free.take() {
            // It is free again a little later.
            let turn = Turn::take(&self.embed_id);
            let _ = free.call0(&JsValue::UNDEFINED);
            spawn_local(async move {
                let _ = timeout(ANSWER_DEADLINE_MS, settle(&request)).await;
                drop(turn);
            });
        }
    }
}

/// What can be done about a lock at once.
enum Attempt {
    /// This page has a call open for the embed.
    Taken,
    /// The lock is being asked for already: wait for this.
    InTurn(Promise),
    /// The browser is asked.
    Asked(LockRequest),
}

impl Attempt {
    fn begin(embed_id: &str) -> Self {
        let asked = ASKED.with_borrow(|asked| {
            let mut asked = asked.iter();
            let same = asked.find(|(id, _)| id == embed_id);
            same.map(|(_, answered)| Clone::clone(answered))
        });
        if let Some(answered) = asked {
            return Self::InTurn(answered);
        }
        match held_here(embed_id) {
            Some(false) => Self::Taken,
            // Our own last call may still be releasing its token: wait for that, it is bounded.
            leaving => Self::Asked(LockRequest::send(embed_id, leaving.is_none())),
        }
    }
}

/// A Web Lock that was asked for.
struct LockRequest {
    /// Settled once the lock is free again, or refused.
    request: Promise,
    /// Fulfilled with the lock, or with null where another holds it.
    answered: Promise,
    /// Frees the lock.
    free: Function,
    _turn: Turn,
}

impl LockRequest {
    fn send(embed_id: &str, only_if_available: bool) -> Self {
        let options = to_js(&LockOptions {
            if_available: only_if_available,
        });
        let (held, free) = pending();
        kill_list::keep_lock(&free);
        let (answered, answer) = pending();
        // The lock is ours for as long as the promise that this returns is pending.
        let take = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let _ = answer.call1(&JsValue::UNDEFINED, &lock);
            if lock.is_null() { lock } else { held.into() }
        });
        let name = format!("vocadesk:{embed_id}");
        let request =
            request_lock(&name, &options, &take).unwrap_or_else(|thrown| Promise::reject(&thrown));
        kill_list::lock_asked(&request);
        Self {
            request,
            answered,
            free,
            _turn: Turn::take(embed_id),
        }
    }

    /// The lock, if nobody else holds it.
    async fn held(self, embed_id: String) -> Option<CallLock> {
        // The request itself says no more than the answer, unless it is refused.
        let first = Promise::race(&Array::of2(&self.answered, &self.request));
        let free = match timeout(ANSWER_DEADLINE_MS, settle(&first)).await {
            Some(Ok(lock)) if lock.is_truthy() => Some((self.free, self.request)),
            Some(Ok(_)) => return None,
            // No Web Locks here, or none that answers: whatever it gives later is free again at once.
            None | Some(Err(_)) => {
                let _ = self.free.call0(&JsValue::UNDEFINED);
                if held_here(&embed_id) == Some(false) {
                    return None;
                }
                None
            }
        };
        Some(CallLock::hold(embed_id, free))
    }
}

/// While it lives, who asks for the same embed's lock waits.
struct Turn {
    turn: Promise,
    done: Function,
}

impl Turn {
    fn take(embed_id: &str) -> Self {
        let (turn, done) = pending();
        ASKED.with_borrow_mut(|asked| asked.push((embed_id.to_owned(), turn.clone())));
        Self { turn, done }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let own: &JsValue = self.turn.as_ref();
        ASKED.with_borrow_mut(|asked| {
            asked.retain(|(_, turn)| AsRef::<JsValue>::as_ref(turn) != own)
        });
        let _ = self.done.call0(&JsValue::UNDEFINED);
    }
}
