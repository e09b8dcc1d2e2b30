//! Where our one element lies: inside the host behind the customer's own children, or, over
//! a host that shows no children (`input`, `img`, a custom element without a slot), right beside it.

use super::element::{computed, put_behind, set};
use super::host_kind::shows_no_children;
use std::cell::{Cell, RefCell};
use web_sys::{HtmlElement, Node};

const POSITION: &str = "position";

/// Any length will do to see how long a pixel of ours is.
const PROBE_PX: f64 = 100.0;

/// An element of ours that covers a host.
pub struct OverlayLayout {
    root: HtmlElement,
    laid: Cell<bool>,
    beside: Cell<bool>,
    /// Left, top and width of an overlay beside its host, in its own pixels, from where absolute positions
    /// count.
    at: Cell<(f64, f64, f64)>,
    styles: RefCell<Option<Styles>>,
}

/// A host's style before we positioned it.
struct Styles {
    attribute: Option<String>,
    /// The same as the CSSOM tells it.
    text: String,
    /// The attribute right after.
    ours: Option<String>,
}

impl OverlayLayout {
    /// A overlay that is not in the page yet.
    pub fn new(root: HtmlElement) -> Self {
        Self {
            root,
            laid: Cell::new(false),
            beside: Cell::new(false),
            at: Cell::new((0.0, 0.0, PROBE_PX)),
            styles: RefCell::default(),
        }
    }

    /// The covering element.
    pub fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Lays the overlay over the host, or puts it back where it belongs: a framework that re-renders may
    /// have dropped it.
    pub fn lay(&self, host: &HtmlElement) {
        let first = !self.laid.replace(true);
        if first {
            self.lie(shows_no_children(host));
        }
        if !self.beside.get() {
            let root: &Node = &self.root;
            if root.parent_node().as_ref() != Some(host) || root.next_sibling().is_some() {
                let _ = host.append_child(root);
            }
            self.position(host, first);
            // A custom element may show none of its children: it has a box, and what is in it has none.
            // Others are not asked: the answer costs a layout.
            if first
                && host.tag_name().contains('-')
                && host.offset_width() > 0
                && self.root.offset_parent().is_none()
            {
                self.unposition(host);
                self.lie(true);
            }
        }
        if self.beside.get() {
            self.follow(host);
        }
    }

    /// Whether it is over its host now.
    pub fn is_laid(&self) -> bool {
        self.laid.get()
    }

    /// Beside the host or in it.
    fn lie(&self, beside: bool) {
        self.beside.set(beside);
        set(&self.root, "data-beside", beside.then_some(""));
    }

    /// Takes the overlay off.
    pub fn lift(&self, host: &HtmlElement) {
        if self.laid.replace(false) {
            self.root.remove();
            self.unposition(host);
        }
    }

    /// Lies over the box that the host has now, wherever absolute positions count from and however much
    /// the page is zoomed there: both are measured, not computed.
    fn follow(&self, host: &HtmlElement) {
        let root: &Node = &self.root;
        if root.previous_sibling().as_ref() != Some(host) {
            put_behind(host, &self.root);
            self.at.set((0.0, 0.0, PROBE_PX));
            self.root.style().set_css_text("--x:0px;--y:0px;--w:100px");
        }
        let (there, here) = (
            host.get_bounding_client_rect(),
            self.root.get_bounding_client_rect(),
        );
        let (x, y, width) = self.at.get();
        let zoom = here.width() / width;
        // Neither is shown at present, or this is no number.
        if !zoom.is_normal() || there.width() == 0.0 {
            return;
        }
        let (x, y, width) = (
            x + (there.left() - here.left()) / zoom,
            y + (there.top() - here.top()) / zoom,
            there.width() / zoom,
        );
        self.at.set((x, y, width));
        let style = format!(
            "--x:{};--y:{};--w:{};--h:{};--r:{};--f:{}",
            pixels(x),
            pixels(y),
            pixels(width),
            pixels(there.height() / zoom),
            computed(host, "border-radius"),
            computed(host, "font"),
        );
        self.root.style().set_css_text(&style);
    }

    /// Our element covers the host, so the host must be what absolute positions refer to. Mostly our
    /// stylesheet sees to that; where the page's own rules are stronger, the style attribute does, until
    /// the overlay is lifted or the page writes that attribute anew.
    fn position(&self, host: &HtmlElement, first: bool) {
        let now = host.get_attribute("style");
        let rewritten = |styles: &Styles| styles.ours != now;
        if !first && !self.styles.borrow().as_ref().is_some_and(rewritten) {
            return;
        }
        if computed(host, POSITION) == "static" {
            let style = host.style();
            let text = style.css_text();
            style.set_css_text(&format!("{text};position:relative!important"));
            self.styles.replace(Some(Styles {
                attribute: now,
                text,
                ours: host.get_attribute("style"),
            }));
        }
    }

    fn unposition(&self, host: &HtmlElement) {
        if let Some(before) = self.styles.take() {
            let style = host.style();
            if host.get_attribute("style") == before.ours {
                style.set_css_text(&before.text);
                // The CSSOM writes the attribute in its own spelling, and the page gets back its own. Only where that is
                // another: a site's policy may refuse the attribute, and never the CSSOM.
                if host.get_attribute("style") != before.attribute {
                    set(host, "style", before.attribute.as_deref());
                }
            } else if style.get_property_priority(POSITION) == "important" {
                let _ = style.remove_property(POSITION);
            }
        }
    }
}

/// A length for CSS, to the hundredth: a zoomed page would show what a whole pixel hides. Without the formatting of
/// floats, which is 3 kB of wasm and used nowhere else.
fn pixels(length: f64) -> String {
    format!("calc({}px/100)", (length * 100.0).round() as i32)
}
