//! The reference gateway, held to the contract.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "../lib.rs"]
mod gateway;

mod files;
mod http;
mod misbehaviour;
mod parrot;
mod parrot_manners;
mod settings;
mod sockets;
mod tokens;
mod visitor;
mod voice;
