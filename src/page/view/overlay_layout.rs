//! Where our one element lies: in the host's shadow root, or behind the customer's own children where it may have none, or,
//! over a host that shows no children (`input`, `img`, a custom element without a slot), right beside it.

use super::element::{computed, put_behind, set};
use super::host_kind::shows_no_children;
use super::host_position::HostPosition;
use super::host_shadow;
use std::cell::Cell;
use web_sys::{HtmlElement, Node};

/// Any length will do to see how long a pixel of ours is.
const PROBE_PX: f64 = 100.0;

/// Where an overlay lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the host's own shadow root.
    InShadow,
    /// The last of the host's children, where the host may have no shadow root: a button, a link.
    Inside,
    /// The host's next sibling, where it shows none of its children.
    Beside,
}

/// An element of ours that covers a host.
pub struct OverlayLayout {
    root: HtmlElement,
    laid: Cell<bool>,
    place: Cell<Place>,
    /// Left, top and width of an overlay beside its host, in its own pixels, from where absolute positions
    /// count.
    at: Cell<(f64, f64, f64)>,
    position: HostPosition,
}

impl OverlayLayout {
    /// A overlay that is not in the page yet.
    pub fn new(root: HtmlElement) -> Self {
        Self {
            root,
            laid: Cell::new(false),
            place: Cell::new(Place::Inside),
            at: Cell::new((0.0, 0.0, PROBE_PX)),
            position: HostPosition::default(),
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
            self.lie(match shows_no_children(host) {
                true => Place::Beside,
                false if host_shadow::of(host).is_some() => Place::InShadow,
                false => Place::Inside,
            });
        }
        if self.place.get() != Place::Beside {
            let parent: Node = match host_shadow::of(host) {
                Some(shadow) if self.place.get() == Place::InShadow => shadow.into(),
                _ => host.clone().into(),
            };
            let root: &Node = &self.root;
            if root.parent_node().as_ref() != Some(&parent) || root.next_sibling().is_some() {
                let _ = parent.append_child(root);
            }
            self.position.position(host, first);
            // A custom element may show none of its children: it has a box, and what is in it has none.
            // Others are not asked: the answer costs a layout.
            if first
                && host.tag_name().contains('-')
                && host.offset_width() > 0
                && self.root.offset_parent().is_none()
            {
                self.position.unposition(host);
                self.lie(Place::Beside);
            }
        }
        if self.place.get() == Place::Beside {
            self.follow(host);
        }
    }

    /// Whether it is over its host now.
    pub fn is_laid(&self) -> bool {
        self.laid.get()
    }

    fn lie(&self, place: Place) {
        self.place.set(place);
        let beside = place == Place::Beside;
        set(&self.root, "data-beside", beside.then_some(""));
    }

    /// Takes the overlay off.
    pub fn lift(&self, host: &HtmlElement) {
        if self.laid.replace(false) {
            self.root.remove();
            self.position.unposition(host);
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
}

/// A length for CSS, to the hundredth: a zoomed page would show what a whole pixel hides. Without the formatting of
/// floats, which is 3 kB of wasm and used nowhere else.
fn pixels(length: f64) -> String {
    format!("calc({}px/100)", (length * 100.0).round() as i32)
}
