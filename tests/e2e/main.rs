//! End to end: the built bundle in real browsers, against the reference gateway.
//!
//! A trial is an `async fn(&mut Stage) -> Result<(), Failure>` in `trials/`, listed there with the
//! setting it wants; it runs once in each engine as `<engine>::<sentence of behaviour>`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
// Each trial uses another part of the harness.
#![allow(dead_code)]

mod arrivals;
mod bar;
mod browser;
mod driver;
mod driver_port;
mod engine;
mod evidence;
mod extension;
mod failure;
#[path = "../gateway/lib.rs"]
mod gateway;
mod machine;
mod network;
mod nginx;
mod page;
mod page_event;
mod picture;
mod pixels;
mod process_tree;
mod prompt;
mod renderer;
mod runner;
mod sound;
mod speech;
mod stage;
mod table;
mod tap;
mod trials;
mod visitor;
mod walk;

fn main() -> std::process::ExitCode {
    runner::run(
        trials::contract(),
        trials::beyond(),
        trials::without_browser(),
    )
}
