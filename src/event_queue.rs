//! Things to be worked on one at a time, in the order in which they came, also where working on one
//! brings the next: a page's listener may call us back while we are still telling it something.

use std::cell::{Cell, RefCell};

/// What waits to be worked on.
#[derive(Debug)]
pub struct EventQueue<T> {
    waiting: RefCell<Vec<T>>,
    busy: Cell<bool>,
}

impl<T> Default for EventQueue<T> {
    fn default() -> Self {
        Self {
            waiting: RefCell::default(),
            busy: Cell::new(false),
        }
    }
}

impl<T> EventQueue<T> {
    /// Works on an item and on all that comes meanwhile; inside such work it only puts the item in line.
    pub fn dispatch(&self, item: T, mut work: impl FnMut(T)) {
        self.waiting.borrow_mut().push(item);
        if self.busy.replace(true) {
            return;
        }
        while let Some(item) = self.next() {
            work(item);
        }
        self.busy.set(false);
    }

    fn next(&self) -> Option<T> {
        let mut waiting = self.waiting.borrow_mut();
        (!waiting.is_empty()).then(|| waiting.remove(0))
    }
}
