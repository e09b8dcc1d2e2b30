//! What two wings must agree on. Pure: no clock, no browser.

pub mod packet;
pub mod units;
