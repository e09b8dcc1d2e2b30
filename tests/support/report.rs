//! Figures in a table for people, and in a file for programs.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// Rows of figures under one heading. The first cells of a row are words.
pub struct Table {
    heading: &'static str,
    columns: Vec<&'static str>,
    words: usize,
    rows: Vec<(Vec<String>, Vec<f64>)>,
}

impl Table {
    /// A table whose columns are so many of words, then figures.
    pub fn new(heading: &'static str, words: &[&'static str], figures: &[&'static str]) -> Self {
        Self {
            heading,
            columns: [words, figures].concat(),
            words: words.len(),
            rows: Vec::new(),
        }
    }

    /// One more row.
    pub fn row(&mut self, words: &[&str], figures: &[f64]) {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        self.rows.push((words, figures.to_vec()));
    }

    /// The table as it is printed.
    pub fn text(&self) -> String {
        let mut lines = vec![self.columns.iter().map(|&c| c.to_owned()).collect()];
        for (words, figures) in &self.rows {
            let figures = figures.iter().map(|figure| format!("{figure:.2}"));
            lines.push(words.iter().cloned().chain(figures).collect::<Vec<_>>());
        }
        let wide = |column: usize| lines.iter().map(|l| l[column].chars().count()).max();
        let wide: Vec<_> = (0..self.columns.len()).filter_map(wide).collect();
        let mut text = format!("\n{}\n", self.heading);
        for line in lines {
            for (column, cell) in line.iter().enumerate() {
                let wide = wide[column];
                let _ = if column < self.words {
                    write!(text, "{cell:wide$}  ")
                } else {
                    write!(text, "{cell:>wide$}  ")
                };
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }

    /// Writes `target/bench/<name>.json`: a list of objects, one for each row.
    pub fn write(&self, name: &str) -> Result<(), Failure> {
        let folder = crate::project().join("target/bench");
        std::fs::create_dir_all(&folder)?;
        let object = |(words, figures): &(Vec<String>, Vec<f64>)| {
            let words = words.iter().map(|word| json!(word));
            let cells = words.chain(figures.iter().map(|figure| json!(figure)));
            let named = self.columns.iter().map(|&c| c.to_owned()).zip(cells);
            Value::Object(Map::from_iter(named))
        };
        let rows: Vec<_> = self.rows.iter().map(object).collect();
        let text = serde_json::to_string_pretty(&rows)?;
        Ok(std::fs::write(folder.join(format!("{name}.json")), text)?)
    }
}
