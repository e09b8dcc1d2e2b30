//! Real browsers and all that tests, benchmarks and screenshots do with them: one driver for each engine, the machine
//! that it stands on, pages, clicks, and ears for what is said and heard.

pub mod arrivals;
pub mod bar;
pub mod browser;
pub mod chaos;
pub mod driver;
mod driver_port;
pub mod engine;
pub mod evidence;
pub mod extension;
pub mod failure;
pub mod line;
pub mod machine;
pub mod namespaces;
pub mod network;
pub mod nginx;
pub mod page;
pub mod page_event;
pub mod picture;
pub mod pixels;
pub mod process_tree;
pub mod prompt;
pub mod relay;
pub mod renderer;
pub mod report;
pub mod sentences;
pub mod soak;
pub mod sound;
pub mod speech;
pub mod stage;
pub mod tap;
pub mod visitor;
pub mod walk;

use std::path::{Path, PathBuf};

/// The clone's folder.
pub fn project() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // tests/support is two folders down.
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
