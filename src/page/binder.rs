//! MAIN THREAD. Finds the hosts of a document and follows its changes.
//!
//! One query for the whole document after a batch of changes, instead of a walk through every changed
//! node: what the page does thousands of times a second costs it one crossing into wasm for each batch.
//! The looks are so far apart that they take a hundredth of the time at most, and in between nobody
//! listens: a browser's records of changes that nobody reads cost the page as much as our looks.

use super::environment::Environment;
use super::host::STATE_ATTRIBUTE;
use super::launcher::Launcher;
use super::options::{EMBED_ATTRIBUTE, Options};
use super::state::Happening;
use super::stylesheet::{self, Sheet};
use crate::realm::callback::Callback;
use crate::realm::clock::{Timer, now_ms};
use crate::realm::listening::Listening;
use crate::realm::literal::literal;
use crate::shared::text::concat;
use js_sys::{Array, WeakSet};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, HtmlElement, MutationObserver, MutationObserverInit, Node, ShadowRoot, Window,
};

/// Two looks through the document are at least this far apart.
const LEAST_PAUSE_MS: f64 = 100.0;

/// And at most this far, however long a look takes: a visitor notices a button that comes later.
const MOST_PAUSE_MS: f64 = 1_000.0;

/// A pause is so many times as long as the look before it.
const PAUSE_PER_LOOK: f64 = 100.0;

const NODES: &str = r#"{"subtree":true,"childList":true}"#;

/// Changes of the attributes in `options.rs` that a bound host must be told of.
const MARKS: &str =
    r#"{"subtree":true,"attributeFilter":["data-vocadesk-embed","data-vocadesk-label"]}"#;

/// All hosts of one page.
pub struct Binder {
    environment: Environment,
    document: Document,
    bound: RefCell<Vec<Rc<Launcher>>>,
    /// How often `mount` was called.
    mounts: Cell<u32>,
    /// Elements that the page has destroyed: marked up still, and to be left alone.
    dismissed: WeakSet,
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
}

impl Binder {
    /// Starts to look after a document; it goes on for as long as the page lives.
    pub fn start(environment: Environment, window: &Window, document: Document) -> Rc<Self> {
        let binder = Rc::new(Self {
            environment,
            document: document.clone(),
            bound: RefCell::default(),
            mounts: Cell::new(0),
            dismissed: WeakSet::new(),
            nodes: OnceCell::new(),
            others: RefCell::default(),
            next_look: Cell::default(),
            due_ms: Cell::new(0.0),
            marks_changed: Cell::new(false),
        });
        stylesheet::adopt(&document, Sheet::Host);
        binder.look();
        if let Some(observer) = binder.observer(false) {
            let _ = binder.nodes.set(observer);
        }
        for (what, marks) in [(MARKS, true), (NODES, false)] {
            if let Some(observer) = binder.observer(marks) {
                binder.others.borrow_mut().push((observer, literal(what)));
            }
        }
        binder.observe_nodes();
        if let Some((marks, what)) = binder.others.borrow().first() {
            observe(marks, &document, what);
        }
        let this = binder.clone();
        Listening::to(window, "pagehide", move |_| {
            for launcher in this.launchers() {
                launcher.happen(Happening::PageLeft { at_ms: now_ms() });
            }
        })
        .forever();
        binder
    }

    /// For as long as the page lives.
    fn observer(self: &Rc<Self>, marks: bool) -> Option<MutationObserver> {
        let this = self.clone();
        let changed = Callback::new(move |_| {
            if marks {
                this.marks_changed.set(true);
            }
            this.look_soon();
        });
        let observer = MutationObserver::new(changed.function()).ok();
        std::mem::forget(changed);
        observer
    }

    fn observe_nodes(&self) {
        if let Some(nodes) = self.nodes.get() {
            observe(nodes, &self.document, &literal(NODES));
        }
    }

    /// What happens inside a shadow root is seen from inside only, and our colours must be there too.
    fn look_into_shadows_around(&self, element: &HtmlElement) {
        let mut root = element.get_root_node();
        while let Some(shadow) = root.dyn_ref::<ShadowRoot>() {
            stylesheet::adopt(shadow, Sheet::Host);
            for (observer, what) in self.others.borrow().iter() {
                observe(observer, shadow, what);
            }
            root = shadow.host().get_root_node();
        }
    }

    /// As they are now: ending one tells the page, which may mount and unmount others.
    fn launchers(&self) -> Vec<Rc<Launcher>> {
        self.bound.borrow().clone()
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

    fn look(&self) {
        let from_ms = now_ms();
        self.unbind_the_gone();
        let new = self.find_the_new();
        // What binding costs is the page's own doing: it is paid once for each host.
        let pause_ms = (now_ms() - from_ms) * PAUSE_PER_LOOK;
        let pause_ms = pause_ms.clamp(LEAST_PAUSE_MS, MOST_PAUSE_MS);
        self.due_ms.set(now_ms() + pause_ms);
        for element in new {
            self.bind(element, Options::none());
        }
    }

    fn find_the_new(&self) -> Vec<HtmlElement> {
        let selector = concat(&["[", EMBED_ATTRIBUTE, "]:not([", STATE_ATTRIBUTE, "])"]);
        let Ok(found) = self.document.query_selector_all(&selector) else {
            return Vec::new();
        };
        Array::from(&found)
            .iter()
            .filter_map(|element| element.dyn_into::<HtmlElement>().ok())
            .filter(|element| !self.dismissed.has(element))
            .collect()
    }

    /// Ends what has left the document, re-binds what is only marked up and bears another id, and puts
    /// right what a framework may have re-rendered. A host that was only moved is connected again by now.
    fn unbind_the_gone(&self) {
        let marks_changed = self.marks_changed.take();
        for launcher in self.launchers() {
            let remarked = || !launcher.is_mounted() && launcher.is_remarked();
            if !launcher.element().is_connected() || marks_changed && remarked() {
                self.unbind(&launcher);
            } else if marks_changed {
                launcher.draw();
            } else {
                launcher.tend();
            }
        }
    }

    fn bind(&self, element: HtmlElement, options: Options) {
        if let Some(launcher) = Launcher::bind(&self.environment, element, options) {
            self.bound.borrow_mut().push(launcher.clone());
            launcher.appear();
        }
    }

    fn unbind(&self, launcher: &Rc<Launcher>) {
        self.bound
            .borrow_mut()
            .retain(|bound| !Rc::ptr_eq(bound, launcher));
        launcher.destroy();
    }

    fn find(&self, wanted: impl Fn(&Launcher) -> bool) -> Option<Rc<Launcher>> {
        let bound = self.bound.borrow();
        bound.iter().find(|launcher| wanted(launcher)).cloned()
    }

    /// Binds an element with options, or gives new options to one that is bound; gives the number that
    /// [`Binder::named`] takes.
    pub fn mount(&self, element: HtmlElement, options: Options) -> u32 {
        let is_it = |launcher: &Launcher| *launcher.element() == element;
        let embed_id = options.embed_id(&element);
        match self.find(is_it) {
            Some(known) if known.embed_id() == embed_id => known.rebind(options),
            known => {
                if let Some(known) = known {
                    self.unbind(&known);
                }
                self.look_into_shadows_around(&element);
                self.bind(element.clone(), options);
            }
        }
        let number = self.mounts.get().wrapping_add(1);
        self.mounts.set(number);
        if let Some(launcher) = self.find(is_it) {
            launcher.mounted(number);
        }
        number
    }

    /// The launcher of this element, or of the mount with this number; a mount that a later one of the same host has
    /// replaced is nothing any more.
    pub fn named(&self, who: &JsValue) -> Option<Rc<Launcher>> {
        let number = who.as_f64();
        self.find(|launcher| match number {
            Some(number) => launcher.is_mounted_as(number as u32),
            None => launcher.element() == who.unchecked_ref::<HtmlElement>(),
        })
    }

    /// Takes back a mount.
    pub fn dismiss(&self, launcher: &Rc<Launcher>) {
        self.dismissed.add(launcher.element());
        self.unbind(launcher);
    }
}

fn observe(observer: &MutationObserver, root: &Node, what: &MutationObserverInit) {
    // Refused only for options that make no sense.
    let _ = observer.observe_with_options(root, what);
}
