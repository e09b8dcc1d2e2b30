//! Native tests of the pure modules: scripted events and golden data, no browser.

mod audio;
mod layering;
