//! MAIN THREAD. Finds the hosts of a document and follows its changes.
//!
//! One query for the whole document after a batch of changes, instead of a walk through every changed
//! node: what the page does thousands of times a second costs it one crossing into wasm for each batch.
//! The looks are so far apart that they take a hundredth of the time at most.

use super::environment::Environment;
use super::host::STATE_ATTRIBUTE;
use super::launcher::Launcher;
use super::options::{EMBED_ATTRIBUTE, Options};
use super::state::Happening;
use super::stylesheet::{self, Sheet};
use crate::realm::clock::{Timer, now_ms};
use crate::realm::listening::Listening;
use crate::realm::literal::literal;
use crate::shared::text::concat;
use js_sys::WeakSet;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, HtmlElement, MutationObserver, MutationObserverInit, Node, ShadowRoot, Window,
};

/// Two looks through the document are at least this far apart.
const LEAST_PAUSE_MS: f64 = 50.0;

/// And at most this far, however long a look takes: a visitor notices a button that comes later.
const MOST_PAUSE_MS: f64 = 1_000.0;

/// A pause is so many times as long as the look before it.
const PAUSE_PER_LOOK: f64 = 100.0;

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
    observers: RefCell<Vec<(MutationObserver, MutationObserverInit)>>,
    pause: RefCell<Option<Timer>>,
    look_again: Cell<bool>,
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
            observers: RefCell::default(),
            pause: RefCell::default(),
            look_again: Cell::new(false),
            marks_changed: Cell::new(false),
        });
        stylesheet::adopt(&document, Sheet::Host);
        binder.look();
        let this = binder.clone();
        binder.observe_as(r#"{"subtree":true,"childList":true}"#, move || this.look());
        let this = binder.clone();
        binder.observe_as(MARKS, move || {
            this.marks_changed.set(true);
            this.look();
        });
        binder.observe(&document);
        let this = binder.clone();
        Listening::to(window, "pagehide", move |_| {
            for launcher in this.launchers() {
                launcher.happen(Happening::PageLeft { at_ms: now_ms() });
            }
        })
        .forever();
        binder
    }

    /// Two observers: one is told of nodes, often, the other of our attributes only, rarely.
    fn observe_as(&self, what: &'static str, changed: impl FnMut() + 'static) {
        let changed = Closure::<dyn FnMut()>::new(changed);
        if let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) {
            self.observers.borrow_mut().push((observer, literal(what)));
        }
        // For as long as the page lives.
        changed.forget();
    }

    fn observe(&self, root: &Node) {
        for (observer, what) in self.observers.borrow().iter() {
            // Refused only for options that make no sense.
            let _ = observer.observe_with_options(root, what);
        }
    }

    /// What happens inside a shadow root is seen from inside only, and our colours must be there too.
    fn look_into_shadows_around(&self, element: &HtmlElement) {
        let mut root = element.get_root_node();
        while let Some(shadow) = root.dyn_ref::<ShadowRoot>() {
            stylesheet::adopt(shadow, Sheet::Host);
            self.observe(shadow);
            root = shadow.host().get_root_node();
        }
    }

    /// As they are now: ending one tells the page, which may mount and unmount others.
    fn launchers(&self) -> Vec<Rc<Launcher>> {
        self.bound.borrow().clone()
    }

    /// Looks through the document now, or soon where it was looked through just before.
    fn look(self: &Rc<Self>) {
        if self.pause.borrow().is_some() {
            self.look_again.set(true);
            return;
        }
        let from_ms = now_ms();
        self.unbind_the_gone();
        let new = self.find_the_new();
        // What binding costs is the page's own doing: it is paid once for each host.
        let pause_ms = (now_ms() - from_ms) * PAUSE_PER_LOOK;
        for element in new {
            self.bind(element, Options::none());
        }
        let this = self.clone();
        let pause = Timer::after(pause_ms.clamp(LEAST_PAUSE_MS, MOST_PAUSE_MS), move || {
            this.pause.take();
            if this.look_again.take() {
                this.look();
            }
        });
        self.pause.replace(Some(pause));
    }

    fn find_the_new(&self) -> Vec<HtmlElement> {
        let selector = concat(&["[", EMBED_ATTRIBUTE, "]:not([", STATE_ATTRIBUTE, "])"]);
        let Ok(found) = self.document.query_selector_all(&selector) else {
            return Vec::new();
        };
        (0..found.length())
            .filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok())
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
    /// [`Binder::unmount`] takes.
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

    /// Takes back a mount; one that a later mount of the same host has replaced is nothing any more.
    pub fn unmount(&self, number: u32) {
        if let Some(launcher) = self.find(|launcher| launcher.is_mounted_as(number)) {
            self.dismissed.add(launcher.element());
            self.unbind(&launcher);
        }
    }

    /// The visitor clicked a host before we were there.
    pub fn click(&self, element: &HtmlElement) {
        let idle = |launcher: &Launcher| launcher.element() == element && !launcher.is_busy();
        if let Some(launcher) = self.find(idle) {
            launcher.happen(Happening::Click { at_ms: now_ms() });
        }
    }
}
