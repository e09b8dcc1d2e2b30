//! The npm package: the same bytes wherever it is made, and at home on a server. What its components do in a page,
//! `tests/e2e/trials/npm` tries; its types and its manifest are checked by `scripts/test lint`.

use std::path::{Path, PathBuf};
use std::process::Command;

use holds::holds;
use tempfile::TempDir;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const INTEGRITY: &str = "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC";

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Below the project, so that Node finds the frameworks.
fn folder() -> TempDir {
    let target = Path::new(PROJECT).join("target");
    TempDir::with_prefix_in("npm-", target).unwrap()
}

/// Makes the package of version 1.2.3 there, with this umask and in this time zone.
fn packed(folder: &Path, umask: &str, zone: &str) -> PathBuf {
    let script = Path::new(PROJECT).join("scripts/packing/npm.mjs");
    let mut pack = Command::new("sh");
    pack.args([
        "-c",
        &format!(r#"umask {umask} && exec "$@""#),
        "sh",
        "node",
    ]);
    pack.arg(script).args(["--version", "1.2.3"]);
    pack.args(["--integrity", INTEGRITY, "--out"]).arg(folder);
    run(pack.env("TZ", zone).current_dir("/"));
    folder.join("vocadesk-embed-1.2.3.tgz")
}

#[test]
fn the_package_is_the_same_bytes_whoever_makes_it() {
    let (here, there) = (folder(), TempDir::with_prefix("else where ").unwrap());
    let here = packed(here.path(), "022", "UTC");
    let there = packed(there.path(), "077", "Pacific/Chatham");
    let bytes = std::fs::read(&here).unwrap();
    assert!(bytes == std::fs::read(there).unwrap(), "they differ");
    let listed = run(Command::new("tar").arg("-tvzf").arg(here));
    for line in listed.lines() {
        assert!(line.starts_with("-rw-r--r-- 0/0"), "{line}");
    }
}

#[test]
#[holds("1.on-a-server")]
fn a_server_may_import_it_and_render_its_components() {
    let folder = folder();
    let tarball = packed(folder.path(), "022", "UTC");
    let home = folder.path().join("node_modules/@vocadesk/embed");
    std::fs::create_dir_all(&home).unwrap();
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(tarball).arg("--strip-components=1");
    run(unpack.arg("-C").arg(&home));
    let script = folder.path().join("on-a-server.mjs");
    std::fs::copy(
        Path::new(PROJECT).join("tests/release/on-a-server.mjs"),
        &script,
    )
    .unwrap();
    run(Command::new("node").arg(&script).arg(INTEGRITY));
}
