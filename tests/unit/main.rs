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
mod base64;
mod browser_id;
mod call_state;
mod contrast;
mod corpus;
mod device_id;
mod diagnostics;
mod drawn_parts;
mod error;
mod event_queue;
mod frames;
mod http;
mod languages;
mod layering;
mod microphone_error;
mod press_rule;
mod send_buffer;
mod server_text;
mod session;
mod session_messages;
mod shim;
mod steady_clock;
mod talk_limit;
mod token_answer;
mod view_model;
