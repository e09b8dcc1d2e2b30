//! A listener that may be called while it is at work: a page that clicks its own button when
//! it hears of an end does that from inside our click. The listeners of gloo-events throw then.

use super::callback::Callback;
use wasm_bindgen::JsCast;
use web_sys::{Event, EventTarget};

/// Listens for as long as it lives.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    heard: Callback,
}

impl Listener {
    /// Listens for as long as the realm lives.
    pub fn forever(self) {
        std::mem::forget(self);
    }

    /// Listens to one event of one target.
    pub fn to(target: &EventTarget, event: &'static str, heard: impl Fn(&Event) + 'static) -> Self {
        let heard = Callback::new(move |event| heard(event.unchecked_ref()));
        // Fails for no listener that is a function.
        let _ = target.add_event_listener_with_callback(event, heard.function());
        Self {
            target: target.clone(),
            event,
            heard,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, self.heard.function());
    }
}
