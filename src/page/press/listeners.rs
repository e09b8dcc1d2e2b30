//! Listens to a host: to the visitor's clicks, and to the keys that press an element that is no button by itself.

use super::implicit_submission;
use super::rule::Click;
use crate::browser::events::PageListener;
use crate::browser::member;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlElement};

/// Listens for as long as they are kept and `bound` says so; `clicked` is called for each click that is not the form's.
pub fn listen(
    host: &HtmlElement,
    bound: &Rc<Cell<bool>>,
    clicked: impl Fn(Click) + 'static,
) -> [PageListener; 2] {
    // A hand's key has made the click that is being told.
    let by_key = Rc::new(Cell::new(false));
    let (still_bound, clicks_by_key) = (bound.clone(), by_key.clone());
    let click = PageListener::new(host, "click", move |event| {
        let Some(host) = current(event).filter(|_| still_bound.get()) else {
            return;
        };
        // A call never submits the form around its button, nor follows a link.
        event.prevent_default();
        if implicit_submission::is_meant(event, &host) {
            // Not in here: the page's own code answers a submission, and may come back to this listener.
            spawn_local(async move { implicit_submission::submit_without(&host) });
            return;
        }
        clicked(Click {
            at_ms: event.time_stamp(),
            count: member::number(event, "detail").unwrap_or_default() as i32,
            by_script: !event.is_trusted() && !clicks_by_key.get(),
        });
    });
    let still_bound = bound.clone();
    let key = PageListener::new(host, "keydown", move |event| {
        let Some(host) = current(event).filter(|_| still_bound.get()) else {
            return;
        };
        if let Some(key) = pressing_key(event, &host) {
            by_key.set(event.is_trusted());
            press_by_key(event, &host, &key);
            by_key.set(false);
        }
    });
    [click, key]
}

/// What the browser does not do by itself; and a key that is held down presses once.
fn press_by_key(event: &Event, host: &HtmlElement, key: &str) {
    let is_repeated = member::is_true(event, "repeat");
    if is_native_button(host) {
        // By Space it clicks when that is let go of, and in Firefox not at all where a repetition was prevented.
        if is_repeated && key == "Enter" {
            event.prevent_default();
        }
    } else if is_repeated {
        event.prevent_default();
    } else if !(key == "Enter" && host.has_attribute("href")) {
        event.prevent_default();
        host.click();
    }
}

fn current(event: &Event) -> Option<HtmlElement> {
    event.current_target().map(JsCast::unchecked_into)
}

/// Elements that the browser itself makes clickable by keyboard.
pub fn is_native_button(element: &Element) -> bool {
    matches!(element.tag_name().as_str(), "BUTTON" | "INPUT" | "SUMMARY")
}

/// The key, if it presses the host: Enter and Space do, on the host and not on something in it.
fn pressing_key(event: &Event, host: &HtmlElement) -> Option<String> {
    let target = event.target()?;
    let key = member::text(event, "key")?;
    (target == *host.as_ref() && matches!(key.as_str(), "Enter" | " ")).then_some(key)
}
