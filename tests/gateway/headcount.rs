//! How many of something each address has open. Who is counted is so until the [`Seat`] is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::address::Address;

/// Counts by address.
#[derive(Clone, Default)]
pub(super) struct Headcount(Arc<Mutex<HashMap<Address, usize>>>);

/// One that is counted.
pub(super) struct Seat {
    all: Headcount,
    address: Address,
}

impl Headcount {
    /// Counts one more, unless so many are there.
    pub(super) fn enter(&self, address: Address, most: usize) -> Option<Seat> {
        let mut counts = super::lock(&self.0);
        let count = counts.entry(address).or_default();
        if *count >= most {
            if *count == 0 {
                counts.remove(&address);
            }
            return None;
        }
        *count += 1;
        Some(Seat {
            all: self.clone(),
            address,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = super::lock(&self.all.0);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}
