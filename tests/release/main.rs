//! `scripts/release`: what it refuses, what it publishes, where what builds comes from, and that the same sources give the
//! same bytes wherever they are built.

mod interrupted;
mod npm_package;
mod offline;
mod pinned;
mod published;
mod refused;
mod reproducible;
mod scene;
