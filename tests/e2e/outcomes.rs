//! How it went: said at once, and summed up at the end as cargo's own tests do.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use support::failure::Failure;

use crate::table::Table;

/// Of a run.
pub struct Outcomes {
    table: Table,
    /// How many tests there are to make.
    wanted: usize,
    from: Instant,
    ended: Mutex<Ended>,
}

#[derive(Default)]
struct Ended {
    passed: usize,
    failures: Vec<(String, Failure)>,
    /// Trials whose browser died under them.
    deaths: Vec<String>,
}

impl Outcomes {
    pub fn new(table: Table, wanted: usize) -> Self {
        Self {
            table,
            wanted,
            from: Instant::now(),
            ended: Mutex::default(),
        }
    }

    /// Of one test; `place` is its row and column of the table.
    pub fn note(
        &self,
        name: &str,
        place: Option<(&'static str, &'static str)>,
        outcome: Result<(), Failure>,
        took: Duration,
    ) {
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} ... {word} ({:.1} s)", took.as_secs_f64());
        if let Some((sentence, engine)) = place {
            self.table.ended(sentence, engine, outcome.is_ok(), took);
        }
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(()) => ended.passed += 1,
            Err(failure) => {
                // At once, too: what is printed at the end is not always read to the end.
                eprintln!("{name}: {:.2000}", failure.0);
                ended.failures.push((name.to_owned(), failure));
            }
        }
    }

    /// A browser died under this test, which is made once more.
    pub fn browser_died(&self, name: &str, Failure(why): &Failure) {
        eprintln!("{name}: the browser died, and it is made once more: {why:.600}");
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.deaths.push(name.to_owned());
    }

    /// Prints the rest: failures, counts, the table.
    pub fn conclude(&self, sentences: &[&'static str], engines: &[&'static str]) -> ExitCode {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if !ended.failures.is_empty() {
            println!("\nfailures:");
        }
        for (name, Failure(why)) in &ended.failures {
            println!("\n---- {name} ----\n{why}");
        }
        // A lane that could not be set up, or fell over, has left some.
        let not_made = self.wanted - ended.passed - ended.failures.len();
        if not_made > 0 {
            println!("\n{not_made} tests were not made");
        }
        let failed = ended.failures.len() + not_made;
        let word = if failed == 0 { "ok" } else { "FAILED" };
        for name in &ended.deaths {
            println!("browser died, made once more: {name}");
        }
        println!(
            "\ntest result: {word}. {} passed; {failed} failed; finished in {:.0} s\n",
            ended.passed,
            self.from.elapsed().as_secs_f64()
        );
        print!("{}", self.table.text(sentences, engines));
        match failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}
