//! What two wings must agree on. Pure: no clock, no browser.

pub mod endpoint;
pub mod error;
pub mod inbox;
pub mod message;
pub mod packet;
pub mod text;
pub mod units;
