//! Listeners, by gloo-events.
//!
//! gloo-events keeps closures that may change what they hold, and such a closure throws when it is called while it
//! runs. So no listener does anything that the page could see and answer: it stops the browser's default, makes the
//! calls that need the visitor's gesture, and queues an event. Attributes and `vocadesk:*` are set and dispatched by a
//! task of their own: see `page/widget.rs`.
//!
//! A page may have wrapped what adds listeners, and never take one off again. To call a closure that is gone would throw
//! into the page, so closures outlive their listeners.

use super::promise::sleep;
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AddEventListenerOptions, Event, EventTarget};

/// What was on its way when nobody wanted it any more has arrived by then.
const LINGER_MS: f64 = 10_000.0;

/// Drops closures that something may still call: once nothing can be on its way to them.
pub fn linger(closures: impl Sized + 'static) {
    spawn_local(async move {
        sleep(LINGER_MS).await;
        drop(closures);
    });
}

/// Listens to something of ours (a port, a socket, a worker, a track) for as long as it lives. Of these nothing comes any
/// more once what was on its way has come: the closure is dropped a little later.
pub struct Listener {
    listener: Option<EventListener>,
}

impl Listener {
    /// Listens to one event of one target.
    pub fn new(
        target: &EventTarget,
        event: &'static str,
        on_event: impl FnMut(&Event) + 'static,
    ) -> Self {
        Self {
            listener: Some(listen(target, event, Box::new(on_event))),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.take() {
            remove(&listener);
            linger(listener);
        }
    }
}

/// Listens to something of the page's (a host, the window) until it is dropped. Its closure is the collector's from the beginning,
/// which frees it once nobody can call it any more: what it holds, it must hold weakly. (gloo's `forget` would keep a kilobyte for
/// each host that a page has ever had.)
pub struct PageListener {
    listens: Option<(EventTarget, &'static str, Function)>,
}

impl PageListener {
    /// Listens to one event of one target.
    pub fn new(
        target: &EventTarget,
        event: &'static str,
        on_event: impl FnMut(&Event) + 'static,
    ) -> Self {
        let function = collected(Box::new(on_event));
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            event, &function, &options,
        );
        Self {
            listens: Some((target.clone(), event, function)),
        }
    }

    /// Listens for as long as the page lives.
    pub fn forget(mut self) {
        self.listens.take();
    }
}

impl Drop for PageListener {
    fn drop(&mut self) {
        if let Some((target, event, function)) = self.listens.take() {
            let _ = target.remove_event_listener_with_callback(event, &function);
        }
    }
}

/// One function for all of them, as [`listen`].
fn collected(on_event: Box<dyn FnMut(&Event)>) -> Function {
    let closure = Closure::wrap(on_event);
    closure.into_js_value().unchecked_into()
}

/// One function for all of them: made for each closure by itself, gloo's would be in the wasm a dozen times.
fn listen(
    target: &EventTarget,
    event: &'static str,
    on_event: Box<dyn FnMut(&Event)>,
) -> EventListener {
    // Passive unless it is asked not to be, and a passive one cannot stop the browser's default.
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(target, event, options, on_event)
}

fn remove(listener: &EventListener) {
    let callback = listener.callback().as_ref().unchecked_ref();
    let target = listener.target();
    let _ = target.remove_event_listener_with_callback(listener.event_type(), callback);
}
