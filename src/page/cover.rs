//! MAIN THREAD. Where our one element lies: inside the host behind the customer's own children, or, over
//! a host that can have no children (`input`, `img`), right beside it.

use crate::shared::text::{concat, decimal};
use std::cell::{Cell, RefCell};
use web_sys::{Element, HtmlElement, Node};

const POSITION: &str = "position";

/// An element of ours that covers a host.
pub struct Cover {
    root: HtmlElement,
    laid: Cell<bool>,
    /// Where a cover beside its host lies, from where absolute positions count.
    at: Cell<(f64, f64)>,
    /// The host's style attribute before we positioned it, and right after.
    styles: RefCell<Option<(Option<String>, Option<String>)>>,
}

impl Cover {
    /// A cover that is not in the page yet.
    pub fn new(root: HtmlElement) -> Self {
        Self {
            root,
            laid: Cell::new(false),
            at: Cell::new((0.0, 0.0)),
            styles: RefCell::default(),
        }
    }

    /// The covering element.
    pub fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Lays the cover over the host, or puts it back where it belongs: a framework that re-renders may
    /// have dropped it.
    pub fn lay(&self, host: &HtmlElement) {
        let root: &Node = &self.root;
        if has_no_children(host) {
            if root.previous_sibling().as_ref() != Some(host) {
                let _ = host.insert_adjacent_element("afterend", &self.root);
                set(&self.root, "data-beside", Some(""));
                // Where zero lies is measured, not computed.
                self.at.set((0.0, 0.0));
                self.root.style().set_css_text("--x:0px;--y:0px");
            }
            self.follow(host);
        } else if root.parent_node().as_ref() != Some(host) || root.next_sibling().is_some() {
            let _ = host.append_child(root);
        }
        if !self.laid.replace(true) && !has_no_children(host) {
            self.position(host);
        }
    }

    /// Whether it is over its host now.
    pub fn is_laid(&self) -> bool {
        self.laid.get()
    }

    /// Takes the cover off.
    pub fn lift(&self, host: &HtmlElement) {
        if self.laid.replace(false) {
            self.root.remove();
            self.unposition(host);
        }
    }

    /// Lies over the box that the host has now, wherever absolute positions count from.
    fn follow(&self, host: &HtmlElement) {
        let (there, here) = (
            host.get_bounding_client_rect(),
            self.root.get_bounding_client_rect(),
        );
        let (x, y) = self.at.get();
        let (x, y) = (x + there.left() - here.left(), y + there.top() - here.top());
        self.at.set((x, y));
        let Some(of_host) = computed(host) else {
            return;
        };
        let taken_over = |name| of_host.get_property_value(name).unwrap_or_default();
        let style = concat(&[
            "--x:",
            &pixels(x),
            ";--y:",
            &pixels(y),
            ";--w:",
            &pixels(there.width()),
            ";--h:",
            &pixels(there.height()),
            ";--r:",
            &taken_over("border-radius"),
            ";--f:",
            &taken_over("font"),
        ]);
        self.root.style().set_css_text(&style);
    }

    /// Our element covers the host, so the host must be what absolute positions refer to. Where the
    /// page has not positioned it, `relative` moves nothing and is taken back with the cover.
    fn position(&self, host: &HtmlElement) {
        let position = computed(host).and_then(|style| style.get_property_value(POSITION).ok());
        if position.as_deref() == Some("static") {
            let before = host.get_attribute("style");
            let _ = host
                .style()
                .set_property_with_priority(POSITION, "relative", "important");
            let after = host.get_attribute("style");
            self.styles.replace(Some((before, after)));
        }
    }

    fn unposition(&self, host: &HtmlElement) {
        if let Some((before, after)) = self.styles.take() {
            let untouched = host.get_attribute("style") == after;
            let _ = host.style().remove_property(POSITION);
            // The CSSOM writes the attribute in its own spelling; the page gets back its own.
            if untouched && host.get_attribute("style") != before {
                set(host, "style", before.as_deref());
            }
        }
    }
}

/// A length for CSS, to the whole pixel.
fn pixels(length: f64) -> String {
    let sign = if length < 0.0 { "-" } else { "" };
    concat(&[sign, &decimal(length.abs().round() as u32), "px"])
}

/// Elements whose children, if any, are never shown.
pub fn has_no_children(host: &Element) -> bool {
    matches!(host.tag_name().as_str(), "INPUT" | "IMG")
}

fn computed(host: &HtmlElement) -> Option<web_sys::CssStyleDeclaration> {
    web_sys::window().and_then(|window| window.get_computed_style(host).ok().flatten())
}

/// Sets or removes an attribute; fails for no name of ours.
pub fn set(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
