//! Every promise of the contract, by section and sentence, with the tests that hold it: the promises stand in
//! `promises.toml`, and a test names those that it holds by the attribute `#[holds("…")]`.

mod scan;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

pub use scan::Holding;

/// One sentence of the contract.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The section, a dot, and a word for it.
    pub id: String,
    /// The promise itself.
    pub says: String,
    /// Not built yet: the issue that builds it. Such a promise has no test.
    pub open: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    promise: Vec<Promise>,
}

/// All of them, and who holds them.
pub struct Promises {
    /// In the contract's order.
    pub all: Vec<Promise>,
    /// By promise.
    pub held_by: BTreeMap<String, Vec<Holding>>,
}

impl Promises {
    /// Reads `promises.toml`, and the attributes of every test in the clone.
    ///
    /// # Errors
    /// In words: a file that cannot be read or does not parse.
    pub fn read() -> Result<Self, String> {
        let file: File = toml::from_str(include_str!("promises.toml"))
            .map_err(|why| format!("promises.toml: {why}"))?;
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let tests = here.parent().ok_or("tests/promises has no parent")?;
        let mut held_by: BTreeMap<String, Vec<Holding>> = BTreeMap::new();
        for holding in scan::holdings(tests)? {
            for id in &holding.promises {
                held_by.entry(id.clone()).or_default().push(holding.clone());
            }
        }
        Ok(Self {
            all: file.promise,
            held_by,
        })
    }

    /// The list, for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut section = "";
        for promise in &self.all {
            let (number, _) = promise.id.split_once('.').unwrap_or(("", ""));
            if number != section {
                section = number;
                let _ = write!(text, "\n§{section}\n");
            }
            let _ = writeln!(text, "{}  {}", promise.id, promise.says);
            match (promise.open, self.held_by.get(&promise.id)) {
                (Some(issue), _) => {
                    let _ = writeln!(text, "    not built yet: issue {issue}");
                }
                (None, holdings) => {
                    for holding in holdings.into_iter().flatten() {
                        let _ = writeln!(text, "    {}: {}", holding.file, holding.test);
                    }
                }
            }
        }
        let open = self.all.iter().filter(|promise| promise.open.is_some());
        let open = open.count();
        let held = self.all.len() - open;
        let _ = writeln!(
            text,
            "\n{held} promises are held by tests, {open} are not built yet."
        );
        text
    }
}
