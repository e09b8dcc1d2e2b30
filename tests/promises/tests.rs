//! Every promise has a test, or says which issue builds it.

use std::collections::BTreeSet;

use promises::Promises;

#[test]
fn every_promise_that_is_built_is_held_by_a_test() {
    let promises = Promises::read().unwrap();
    let built = promises.all.iter().filter(|promise| promise.open.is_none());
    let forgotten: Vec<_> = built
        .filter(|promise| !promises.held_by.contains_key(&promise.id))
        .map(|promise| promise.id.as_str())
        .collect();
    assert!(forgotten.is_empty(), "no test holds {forgotten:?}");
}

#[test]
fn a_promise_that_a_test_holds_is_no_longer_called_open() {
    let promises = Promises::read().unwrap();
    let open = promises.all.iter().filter(|promise| promise.open.is_some());
    let held: Vec<_> = open
        .filter(|promise| promises.held_by.contains_key(&promise.id))
        .map(|promise| promise.id.as_str())
        .collect();
    assert!(held.is_empty(), "held, and called open: {held:?}");
}

#[test]
fn each_promise_has_a_name_of_its_own_in_a_section_of_the_contract() {
    const SECTIONS: [&str; 8] = ["1", "2", "3", "4", "5", "5b", "6", "7"];
    let promises = Promises::read().unwrap();
    let mut names = BTreeSet::new();
    for promise in &promises.all {
        let (section, name) = promise.id.split_once('.').unwrap();
        assert!(SECTIONS.contains(&section), "{}", promise.id);
        assert!(
            !name.is_empty() && promise.says.ends_with('.'),
            "{}",
            promise.id
        );
        assert!(names.insert(&promise.id), "{} stands twice", promise.id);
    }
}

#[test]
fn the_attributes_of_native_browser_and_wasm_tests_are_found() {
    let promises = Promises::read().unwrap();
    for folder in ["tests/unit", "tests/e2e", "tests/wasm", "tests/gateway"] {
        let mut holdings = promises.held_by.values().flatten();
        assert!(
            holdings.any(|h| h.file.starts_with(folder)),
            "none in {folder}"
        );
    }
}

#[test]
fn the_list_names_each_promise_with_its_tests_or_its_issue() {
    let promises = Promises::read().unwrap();
    let text = promises.text();
    for promise in &promises.all {
        let line = format!("{}  {}\n", promise.id, promise.says);
        let (_, after) = text.split_once(&line).unwrap();
        assert!(
            after.starts_with("    "),
            "{} has nothing below it",
            promise.id
        );
    }
}
