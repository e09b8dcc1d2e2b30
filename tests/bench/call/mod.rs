//! A call: what it costs its page, and what a visitor gets of it.

pub mod cost;
pub mod wait;
