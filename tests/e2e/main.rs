//! End to end: the built bundle in real browsers, against the reference gateway.
//!
//! A trial is an `async fn(&mut Stage) -> Result<(), Failure>` in `trials/`, listed there with the
//! setting it wants; it runs once in each engine as `<engine>::<sentence of behaviour>`.

mod arguments;
mod lane;
mod outcomes;
mod runner;
mod schedule;
mod table;
mod trial;
mod trials;

fn main() -> std::process::ExitCode {
    runner::run(trials::all(), trials::without_browser())
}
