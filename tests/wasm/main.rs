//! Browser-facing modules in a real browser, each by itself: what the DOM, the ports and the locks make
//! of what we ask them. The whole is tried end to end in `tests/e2e`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod browser;
mod custom_events;
mod host;
mod options;
mod page_furniture;
mod registry;
mod visitor;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
