//! Native tests of the pure modules: scripted events and golden data, no browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod any_text;
mod audio;
mod backlog;
mod base64;
mod browser_id;
mod contrast;
mod corpus;
mod counted;
mod endpoint;
mod error;
mod grant;
mod inbox;
mod json;
mod layering;
mod message;
mod microphone_failure;
mod session;
mod state;
mod text;
mod view;
mod wire;
