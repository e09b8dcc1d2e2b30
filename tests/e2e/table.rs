//! What the run showed, promise by engine: printed at the end, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How a trial went in one engine.
#[derive(Clone, Copy, Debug)]
enum Cell {
    /// It held.
    Held,
    /// It did not; the words stand above the table.
    Failed,
    /// It cannot be tried there, for this reason.
    Impossible(&'static str),
}

/// Sentence and engine.
type Place = (&'static str, &'static str);

/// Trials in the order of their files, by engine.
#[derive(Default)]
pub struct Table {
    cells: Mutex<BTreeMap<Place, (Cell, Duration)>>,
}

impl Table {
    /// It was made, and took so long.
    pub fn ended(&self, sentence: &'static str, engine: &'static str, held: bool, cost: Duration) {
        let cell = if held { Cell::Held } else { Cell::Failed };
        self.note(sentence, engine, cell, cost);
    }

    /// It cannot be made there, for this reason.
    pub fn impossible(&self, sentence: &'static str, engine: &'static str, reason: &'static str) {
        self.note(sentence, engine, Cell::Impossible(reason), Duration::ZERO);
    }

    fn note(&self, sentence: &'static str, engine: &'static str, cell: Cell, cost: Duration) {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        cells.insert((sentence, engine), (cell, cost));
    }

    /// The table, its reasons and what each engine cost; empty if no trial ran.
    pub fn text(&self, sentences: &[&'static str], engines: &[&'static str]) -> String {
        let cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        let ran = |place| matches!(cells.get(&place), Some((Cell::Held | Cell::Failed, _)));
        let shown = |s: &&&'static str| engines.iter().any(|e| ran((**s, *e)));
        let shown: Vec<_> = sentences.iter().filter(shown).collect();
        if shown.is_empty() {
            return String::new();
        }
        let wide = shown.iter().map(|s| s.len()).max().unwrap_or_default();
        let mut text = format!("\n{:wide$}", "");
        for engine in engines {
            let _ = write!(text, "  {engine:9}");
        }
        let column = |engine: &str| engine.len().max(9);
        let mut reasons: Vec<&str> = Vec::new();
        for sentence in shown {
            let _ = write!(text, "\n{:wide$}", sentence.replace('_', " "));
            for engine in engines {
                let cell = match cells.get(&(*sentence, *engine)) {
                    None => String::new(),
                    Some((Cell::Held, cost)) => format!("ok {:>5.1}", cost.as_secs_f64()),
                    Some((Cell::Failed, _)) => "FAILED".to_owned(),
                    Some((Cell::Impossible(reason), _)) => {
                        if !reasons.contains(reason) {
                            reasons.push(reason);
                        }
                        let number = reasons.iter().position(|r| r == reason);
                        format!("- ({})", number.unwrap_or_default() + 1)
                    }
                };
                let _ = write!(text, "  {cell:0$}", column(engine));
            }
        }
        let _ = write!(text, "\n{:wide$}", "time in all");
        for engine in engines {
            let of_engine = cells.iter().filter(|((_, e), _)| e == engine);
            let seconds: f64 = of_engine.map(|(_, (_, cost))| cost.as_secs_f64()).sum();
            let _ = write!(text, "  {:1$}", format!("{seconds:.0} s"), column(engine));
        }
        for (place, reason) in reasons.iter().enumerate() {
            let _ = write!(text, "\n({}) {reason}", place + 1);
        }
        text.push('\n');
        text
    }
}
