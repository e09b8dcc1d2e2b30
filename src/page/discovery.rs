//! Finds the hosts of a document and follows its changes.
//!
//! One query for the whole document after a batch of changes, instead of a walk through every changed
//! node: what the page does thousands of times a second costs it one crossing into wasm for each batch.
//! The looks are so far apart that they take a hundredth of the time at most, and in between nobody
//! listens: a browser's records of changes that nobody reads cost the page as much as our looks.

use super::languages;
use super::options::{EMBED_ATTRIBUTE, LABEL_ATTRIBUTE, LANG_ATTRIBUTE, MountOptions};
use super::realms::Realms;
use super::registry::Registry;
use super::site_marks;
use super::view::attributes::STATE_ATTRIBUTE;
use super::view::element::all;
use super::view::host_kind;
use super::view::stylesheets::{self, Sheet};
use super::widget::Widget;
use crate::browser::clock::{Timer, now_ms};
use crate::browser::events::PageListener;
use crate::browser::value::to_js;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, Element, HtmlElement, MutationObserver, MutationObserverInit, Node, ShadowRoot,
    Window,
};

/// Two looks through the document are at least this far apart.
const LEAST_PAUSE_MS: f64 = 100.0;

/// And at most this far, however long a look takes: a visitor notices a button that comes later.
const MOST_PAUSE_MS: f64 = 1_000.0;

/// A pause is so many times as long as the look before it.
const PAUSE_PER_LOOK: f64 = 100.0;

/// Attributes whose changes a bound host must be told of: the page's, in `options.rs`, the language of what it stands in, and
/// the state, which a framework that morphs the page into what its server has sent takes off with all else that we have added.
const MARKS: [&str; 5] = [
    EMBED_ATTRIBUTE,
    LABEL_ATTRIBUTE,
    LANG_ATTRIBUTE,
    "lang",
    STATE_ATTRIBUTE,
];

/// How often the stylesheets are looked at: a page that replaces its list tells nobody.
const SHEETS_EVERY_MS: f64 = 1_000.0;

/// Nodes that come and go.
fn nodes() -> MutationObserverInit {
    let what = MutationObserverInit::new();
    what.set_subtree(true);
    what.set_child_list(true);
    what
}

/// Changes of our attributes.
fn marks() -> MutationObserverInit {
    let what = MutationObserverInit::new();
    what.set_subtree(true);
    what.set_attribute_filter(&to_js(&MARKS));
    what
}

/// Looks for the hosts of one page.
pub struct Discovery {
    registry: Registry,
    document: Document,
    /// Told of the document's nodes, often, except between two looks.
    nodes: OnceCell<MutationObserver>,
    /// Told of our attributes, everywhere, and of what is in the shadow roots that hosts are in: rarely.
    others: RefCell<Vec<(MutationObserver, MutationObserverInit)>>,
    /// The look to come.
    next_look: Cell<Option<Timer>>,
    /// No look before then.
    due_ms: Cell<f64>,
    /// One of our attributes was changed somewhere since the last look.
    marks_changed: Cell<bool>,
    /// Until what has left the document is let go, if it has not come back.
    leaving: Cell<Option<Timer>>,
    /// The shadow roots that hosts are in.
    shadows: RefCell<Vec<ShadowRoot>>,
    /// Until the stylesheets are looked at again.
    sheets: Cell<Option<Timer>>,
}

impl Discovery {
    /// Starts to look after a document; it goes on for as long as the page lives.
    pub fn start(realms: Realms, window: &Window, document: Document) -> Rc<Self> {
        let discovery = Rc::new(Self {
            registry: Registry::new(realms.clone()),
            document: document.clone(),
            nodes: OnceCell::new(),
            others: RefCell::default(),
            next_look: Cell::default(),
            due_ms: Cell::new(0.0),
            marks_changed: Cell::new(false),
            leaving: Cell::default(),
            shadows: RefCell::default(),
            sheets: Cell::default(),
        });
        let this = discovery.clone();
        languages::start(&realms, move || this.registry.redraw());
        discovery.keep_sheets();
        discovery.look();
        if let Some(observer) = discovery.observer(false) {
            let _ = discovery.nodes.set(observer);
        }
        for (what, marks) in [(marks(), true), (nodes(), false)] {
            if let Some(observer) = discovery.observer(marks) {
                discovery.others.borrow_mut().push((observer, what));
            }
        }
        discovery.observe_nodes();
        if let Some((marks, what)) = discovery.others.borrow().first() {
            observe(marks, &document, what);
        }
        let this = discovery.clone();
        PageListener::new(window, "pagehide", move |_| this.registry.page_left()).forget();
        discovery
    }

    /// The hosts that were found or mounted.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Binds an element with options, wherever it is; gives its widget with the number of this mount.
    pub fn mount(&self, element: &HtmlElement, options: MountOptions) -> (Weak<Widget>, u32) {
        if let Some(why) = host_kind::refusal(element).filter(|_| host_kind::is_form(element)) {
            self.registry.refuse(element, why);
            return Default::default();
        }
        self.look_into_shadows_around(element);
        self.registry.mount(element, options)
    }

    /// For as long as the page lives.
    fn observer(self: &Rc<Self>, marks: bool) -> Option<MutationObserver> {
        let this = self.clone();
        let changed = Closure::<dyn FnMut()>::new(move || {
            if marks {
                this.marks_changed.set(true);
            }
            this.look_soon();
        });
        MutationObserver::new(changed.into_js_value().unchecked_ref()).ok()
    }

    fn observe_nodes(&self) {
        if let Some(observer) = self.nodes.get() {
            observe(observer, &self.document, &nodes());
        }
    }

    /// What happens inside a shadow root is seen from inside only, and our colours must be there too.
    fn look_into_shadows_around(&self, element: &HtmlElement) {
        let mut root = element.get_root_node();
        while let Some(shadow) = root.dyn_ref::<ShadowRoot>() {
            stylesheets::adopt(shadow, Sheet::Host);
            if !self.shadows.borrow().contains(shadow) {
                self.shadows.borrow_mut().push(shadow.clone());
            }
            for (observer, what) in self.others.borrow().iter() {
                observe(observer, shadow, what);
            }
            root = shadow.host().get_root_node();
        }
    }

    /// Our colours, wherever hosts are, now and from time to time.
    fn keep_sheets(self: &Rc<Self>) {
        stylesheets::adopt(&self.document, Sheet::Host);
        let mut shadows = self.shadows.borrow_mut();
        shadows.retain(|shadow| shadow.is_connected());
        for shadow in shadows.iter() {
            stylesheets::adopt(shadow, Sheet::Host);
        }
        let this = self.clone();
        let next = Timer::after(SHEETS_EVERY_MS, move || this.keep_sheets());
        self.sheets.set(Some(next));
    }

    /// Looks through the document now, if it was not looked through just before, and once more when the
    /// next look is due: what comes in between is not told.
    fn look_soon(self: &Rc<Self>) {
        if let Some(next) = self.next_look.take() {
            return self.next_look.set(Some(next));
        }
        if let Some(nodes) = self.nodes.get() {
            nodes.disconnect();
        }
        if now_ms() >= self.due_ms.get() {
            self.look();
        }
        let this = self.clone();
        let next = Timer::after(self.due_ms.get() - now_ms(), move || {
            this.next_look.take();
            this.observe_nodes();
            this.look();
        });
        self.next_look.set(Some(next));
    }

    fn look(self: &Rc<Self>) {
        let from_ms = now_ms();
        if self.registry.review(self.marks_changed.take()) {
            self.let_go_soon();
        }
        let new = self.find_the_new();
        // What binding costs is the page's own doing: it is paid once for each host.
        let pause_ms = (now_ms() - from_ms) * PAUSE_PER_LOOK;
        let pause_ms = pause_ms.clamp(LEAST_PAUSE_MS, MOST_PAUSE_MS);
        self.due_ms.set(now_ms() + pause_ms);
        for element in new {
            self.registry.bind(element, MountOptions::default());
        }
    }

    /// Binds an element that is marked up, if it is new.
    pub fn find(&self, element: Element) {
        if let Some(host) = self.host_of(element) {
            self.registry.bind(host, MountOptions::default());
        }
    }

    /// A host that was only moved, or that a framework takes out and puts back some microtasks later, is in the document
    /// again after a task.
    fn let_go_soon(self: &Rc<Self>) {
        let this = self.clone();
        let leaving = Timer::after(0.0, move || {
            this.leaving.take();
            this.registry.let_go_what_left();
        });
        self.leaving.set(Some(leaving));
    }

    /// A host is known by the element: attributes are stripped, copied and saved.
    fn find_the_new(&self) -> Vec<HtmlElement> {
        all(&self.document, &format!("[{EMBED_ATTRIBUTE}]"))
            .filter_map(|element| self.host_of(element))
            .collect()
    }

    /// An element that can be a host and is none yet.
    fn host_of(&self, element: Element) -> Option<HtmlElement> {
        // First of all: nearly every element of nearly every look is bound already.
        if !self.registry.is_new(&element) {
            return None;
        }
        let may_call = |element: &Element| {
            let id = element.get_attribute(EMBED_ATTRIBUTE).unwrap_or_default();
            site_marks::may_call(id.trim_ascii())
        };
        if !host_kind::is_form(&element) && !may_call(&element) {
            return None;
        }
        if let Some(why) = host_kind::refusal(&element) {
            self.registry.refuse(&element, why);
            return None;
        }
        Some(element.unchecked_into())
    }
}

fn observe(observer: &MutationObserver, root: &Node, what: &MutationObserverInit) {
    // Refused only for options that make no sense.
    let _ = observer.observe_with_options(root, what);
}
