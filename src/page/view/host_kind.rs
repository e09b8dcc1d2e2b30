//! Which elements can be call buttons: those that a state can be shown on, and that do nothing else with a click.

use super::element::{all, computed};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement};

const HTML: &str = "http://www.w3.org/1999/xhtml";

/// Whether it is a form: whatever one asks of it, a field of that name answers (DOM clobbering).
pub fn is_form(element: &Element) -> bool {
    element.is_instance_of::<HtmlFormElement>()
}

/// Why an element can be no call button, and what to write instead; nothing where it can.
pub fn refusal(element: &Element) -> Option<&'static str> {
    if is_form(element) {
        return Some(
            "a form is no call button. Put data-vocadesk-embed on a <button type=\"button\"> in it:",
        );
    }
    if element.namespace_uri().as_deref() != Some(HTML) {
        return Some(
            "an element of SVG or MathML is no call button. Put it into a <button>, and data-vocadesk-embed on that:",
        );
    }
    match element.tag_name().as_str() {
        "IFRAME" | "FRAME" | "OBJECT" | "EMBED" => Some(
            "what shows another document keeps the clicks to itself. Put data-vocadesk-embed on a <button> beside it:",
        ),
        "SELECT" | "TEXTAREA" | "OPTION" | "OPTGROUP" => Some(
            "a field of a form is no call button. Put data-vocadesk-embed on a <button> beside it:",
        ),
        "SCRIPT" | "STYLE" | "TEMPLATE" | "LINK" | "META" | "HEAD" | "TITLE" => {
            Some("this element is never shown. Put data-vocadesk-embed on a <button>:")
        }
        _ if computed(element.unchecked_ref::<HtmlElement>(), "display") == "contents" => Some(
            "display: contents leaves an element without a box of its own. Put data-vocadesk-embed on the element in it:",
        ),
        _ => None,
    }
}

/// Whether an element of ours that covers a host need not be one of its children: it lies in a shadow root or beside the host.
pub fn takes_what_is_no_child(host: &Element) -> bool {
    takes_shadow_root(host) || shows_no_children(host)
}

/// Elements that HTML lets carry a shadow root. A custom element's is its own business; and a child that names a slot would
/// not be shown in ours.
pub fn takes_shadow_root(host: &Element) -> bool {
    let names_a_slot = || all(host, ":scope > [slot]").next().is_some();
    let may = matches!(
        host.tag_name().as_str(),
        "ARTICLE"
            | "ASIDE"
            | "BLOCKQUOTE"
            | "DIV"
            | "FOOTER"
            | "H1"
            | "H2"
            | "H3"
            | "H4"
            | "H5"
            | "H6"
            | "HEADER"
            | "MAIN"
            | "NAV"
            | "P"
            | "SECTION"
            | "SPAN"
    );
    may && !names_a_slot()
}

/// Elements whose children, if any, are never shown.
pub fn shows_no_children(host: &Element) -> bool {
    matches!(
        host.tag_name().as_str(),
        "INPUT" | "IMG" | "CANVAS" | "VIDEO" | "AUDIO" | "PROGRESS" | "METER" | "HR"
    )
}
