//! Enter in a field submits its form by a click on the form's first submit button, which may be a host: a `<button>` is one
//! unless it says otherwise. A host is no part of the form, so the form is sent as if the host were not there.

use crate::browser::{by_prototype, member};
use crate::page::view::element::all;
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement};

#[wasm_bindgen]
extern "C" {
    /// By the prototype: a field of the form may be called `requestSubmit`.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["HTMLFormElement", "prototype"], js_name = requestSubmit)]
    static REQUEST_SUBMIT: Function;
}

/// Input elements that are no fields: Enter on them does something else.
const BUTTONS: [&str; 6] = ["submit", "image", "button", "reset", "file", "color"];

/// Input elements of which a form without a submit button may have but one, if Enter is to send it (HTML, "implicit
/// submission").
const BLOCKING: [&str; 12] = [
    "text",
    "search",
    "tel",
    "url",
    "email",
    "password",
    "date",
    "month",
    "week",
    "time",
    "datetime-local",
    "number",
];

/// Whether a click on a host is the browser's, to submit the form that the host stands in: nobody pressed the host then,
/// the focus is in a field of that form.
pub fn is_meant(event: &Event, host: &HtmlElement) -> bool {
    let by_pointer = member::number(event, "detail") != Some(0.0);
    if by_pointer || !event.is_trusted() || !is_submit_button(host) {
        return false;
    }
    let (Some(form), Some(focused)) = (form_of(host), focused_beside(host)) else {
        return false;
    };
    &focused != host.unchecked_ref::<Element>()
        && is_field(&focused)
        && form_of(&focused) == Some(form)
}

/// Submits the form around a host as the browser would without that host.
pub fn submit_without(host: &HtmlElement) {
    let Some(form) = form_of(host) else { return };
    let controls = controls_around(host, &form);
    let next = controls
        .iter()
        .find(|control| is_submit_button(control) && *control != host.unchecked_ref::<Element>());
    if let Some(next) = next {
        // A disabled one does nothing, as it should: then Enter sends no form.
        next.unchecked_ref::<HtmlElement>().click();
        return;
    }
    let blocking = controls
        .iter()
        .filter(|control| is_one_of(control, &BLOCKING));
    if blocking.count() <= 1 {
        REQUEST_SUBMIT.with(|submit| drop(submit.call0(&form)));
    }
}

/// The form that an element belongs to.
fn form_of(element: &Element) -> Option<JsValue> {
    let form = Reflect::get(element, &"form".into()).ok()?;
    form.is_object().then_some(form)
}

/// What has the focus in the tree that the host is in.
fn focused_beside(host: &HtmlElement) -> Option<Element> {
    let focused = by_prototype::get(&host.get_root_node(), "activeElement");
    focused.is_object().then(|| focused.unchecked_into())
}

/// The form's controls, in the order of the document. Not by `form.elements`, which a field of that name hides.
fn controls_around(host: &HtmlElement, form: &JsValue) -> Vec<Element> {
    all(&host.get_root_node(), "button,input")
        .filter(|control| form_of(control).as_ref() == Some(form))
        .collect()
}

fn is_submit_button(element: &Element) -> bool {
    member::is(element, "type", "submit") || member::is(element, "type", "image")
}

fn is_field(element: &Element) -> bool {
    // What has the focus may be a form with a field called `tagName`.
    member::is(element, "tagName", "INPUT") && !is_one_of(element, &BUTTONS)
}

fn is_one_of(element: &Element, kinds: &[&str]) -> bool {
    let kind = member::text(element, "type");
    kind.is_some_and(|kind| kinds.contains(&kind.as_str()))
}
