//! What `scripts/fuzz` has found worth keeping, each file through the fuzzer's own oracle.

#[path = "../fuzz/oracle.rs"]
mod oracle;

use std::fs;
use std::path::Path;

#[test]
fn every_text_that_the_fuzzer_kept_means_what_other_parsers_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/wire");
    let mut replayed = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        println!("{}", path.display());
        oracle::holds(&fs::read(&path).unwrap());
        replayed += 1;
    }
    assert!(
        replayed >= 300,
        "only {replayed} files are left of the corpus"
    );
}
