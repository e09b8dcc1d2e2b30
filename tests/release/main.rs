//! `scripts/release`: what it refuses, what it publishes, and that the same sources give the same bytes
//! wherever they are built.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod interrupted;
mod pinned;
mod published;
mod refused;
mod reproducible;
mod scene;
