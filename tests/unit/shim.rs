//! What the shim and the crate must agree on, read from the sources of both.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(file: &str) -> String {
    fs::read_to_string(folder(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The shim's own scripts, types and the bar included.
fn shim() -> String {
    let mut folders = vec![folder("js-shim")];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text += &fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

/// All names that begin with `start` in a text.
fn names(text: &str, start: &str) -> BTreeSet<String> {
    text.match_indices(start)
        .map(|(at, _)| {
            let name = text[at..].chars();
            name.take_while(|c| c.is_ascii_lowercase() || matches!(c, ':' | '-'))
                .collect::<String>()
        })
        .filter(|name| name != start)
        .collect()
}

#[test]
fn the_shim_knows_no_event_that_the_crate_does_not_emit_and_the_types_know_all() {
    let emitted = names(&read("src/page/custom_events.rs"), "vocadesk:");
    assert!(emitted.len() >= 5, "{emitted:?}");
    for name in names(&shim(), "vocadesk:") {
        assert!(emitted.contains(&name), "{name}");
    }
    let typed = names(&read("js-shim/vocadesk.d.ts"), "vocadesk:");
    assert_eq!(typed, emitted);
}

/// The texts in double quotes of the lines between two.
fn quoted(text: &str, from: &str, to: &str) -> BTreeSet<String> {
    let (_, rest) = text.split_once(from).unwrap();
    let (inside, _) = rest.split_once(to).unwrap();
    inside
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_types_know_each_key_of_the_labels_and_no_other() {
    let types = read("js-shim/vocadesk.d.ts");
    let mut typed = quoted(&types, "type LabelKey =", ";");
    // By `Exclude<State, "error">` and `ErrorCode`.
    assert!(typed.remove("error"));
    typed.extend(
        quoted(&types, "type State =", ";")
            .into_iter()
            .filter(|state| state != "error"),
    );
    typed.extend(quoted(&types, "type ErrorCode =", ";"));
    let table: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&read("src/page/labels/en.json")).unwrap();
    let keys: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(typed, keys);
}

#[test]
fn the_shim_knows_no_attribute_that_the_crate_does_not_read() {
    let read_by_us = names(&read("src/page/options.rs"), "data-vocadesk-");
    // Marks the bar's own element, for the page's rules.
    let bars_own = "data-vocadesk-bar";
    for name in names(&shim(), "data-vocadesk-") {
        let known = read_by_us.contains(&name) || name == bars_own || name == "data-vocadesk-state";
        assert!(known, "{name}");
    }
}
