//! Criterion's means in one table.

use std::path::Path;

use serde_json::Value;

use super::PEER;
use support::failure::Failure;
use support::report::Table;

/// Reads what Criterion left in `target/criterion`, prints it, and writes `target/bench/native.json`.
pub fn report() -> Result<(), Failure> {
    let folder = support::project().join("target/criterion");
    let mut rows = Vec::new();
    gather(&folder, &mut rows)?;
    // By number where it is one.
    rows.sort_by_key(|row| (row.0.clone(), row.1.parse().unwrap_or(0u32), row.1.clone()));
    let mut table = Table::new(
        "Native cost (ns; the last column: of the peer's cost)",
        &["what", "of"],
        &["mean", "±", "to the peer"],
    );
    for (group, id, mean, error) in &rows {
        let peer = rows.iter().find(|row| row.0 == *group && row.1 == PEER);
        let ratio = peer.map_or(f64::NAN, |peer| mean / peer.2);
        table.row(&[group, id], &[*mean, *error, ratio]);
    }
    print!("{}", table.text());
    table.write("native")
}

fn gather(folder: &Path, rows: &mut Vec<(String, String, f64, f64)>) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let read = |name| -> Option<Value> {
            serde_json::from_slice(&std::fs::read(path.join("new").join(name)).ok()?).ok()
        };
        if let (Some(what), Some(found)) = (read("benchmark.json"), read("estimates.json")) {
            let text = |key: &str| what[key].as_str().unwrap_or_default().to_owned();
            let id = match text("value_str") {
                value if value.is_empty() => text("function_id"),
                value => value,
            };
            let mean = &found["mean"];
            let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
            rows.push((
                text("group_id"),
                id,
                number(&mean["point_estimate"]),
                number(&mean["standard_error"]),
            ));
        } else if path.is_dir() {
            gather(&path, rows)?;
        }
    }
    Ok(())
}
