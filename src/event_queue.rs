//! Things to be worked on one at a time, in the order in which they came, also where working on one
//! brings the next: a page's listener may call us back while it is being called.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// What waits to be worked on.
#[derive(Debug)]
pub struct EventQueue<T> {
    waiting: RefCell<VecDeque<T>>,
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
    /// Puts an item in line, for the next [`EventQueue::drain`].
    pub fn push(&self, item: T) {
        self.waiting.borrow_mut().push_back(item);
    }

    /// Works on all that waits, and on all that comes meanwhile; inside such work it does nothing.
    pub fn drain(&self, mut work: impl FnMut(T)) {
        if self.busy.replace(true) {
            return;
        }
        while let Some(item) = self.next() {
            work(item);
        }
        self.busy.set(false);
    }

    /// Works on an item and on all that comes meanwhile; inside such work it only puts the item in line.
    pub fn dispatch(&self, item: T, work: impl FnMut(T)) {
        self.push(item);
        self.drain(work);
    }

    fn next(&self) -> Option<T> {
        self.waiting.borrow_mut().pop_front()
    }
}
