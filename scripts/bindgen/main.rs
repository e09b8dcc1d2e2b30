//! Makes the JavaScript side of a wasm module, and the wasm that goes with it: bindgen MODULE FOLDER
//!
//! It is wasm-bindgen's CLI with `--target web --no-typescript --remove-name-section --remove-producers-section`,
//! without the CLI, which takes minutes to compile and would need its version kept in step by hand.

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (module, folder) = arguments
        .next()
        .zip(arguments.next())
        .context("usage: bindgen MODULE FOLDER")?;
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
}
