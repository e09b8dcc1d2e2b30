//! wasm-bindgen's own test runner, of the version that the lock file says: cargo hands it the tests as wasm,
//! and it runs them in a browser.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
