//! What is no release: a clear message, another exit code than 0, and nothing published.

use std::fs;
use std::process::Command;

use crate::scene::{Outcome, Scene};

/// What is wrong with the clone, the words of the command line, and what must be said.
type Case = (
    &'static str,
    fn(&Scene),
    &'static [&'static str],
    &'static [&'static str],
);

const CASES: &[Case] = &[
    (
        "a dirty tree",
        |scene| {
            scene.tag("v1.2.3");
            scene.write("Cargo.toml", "[package]\nversion = \"1.2.3\"\n#\n");
        },
        &[],
        &["not clean", "Cargo.toml"],
    ),
    (
        "a file that git does not know",
        |scene| {
            scene.tag("v1.2.3");
            scene.write("scripts/more", "");
        },
        &[],
        &["not clean", "scripts/more"],
    ),
    (
        "a missing tag",
        |_| {},
        &[],
        &["no tag", "git tag -a v1.2.3"],
    ),
    (
        "a tag that disagrees with Cargo.toml",
        |scene| scene.tag("v9.9.9"),
        &[],
        &["v9.9.9", "Cargo.toml says 1.2.3"],
    ),
    (
        "a version that another commit has",
        |scene| {
            scene.tag("v1.2.3");
            scene.commit();
        },
        &[],
        &["the tag v1.2.3 is at", "raise the version"],
    ),
    (
        "a tag to be verified that is not there",
        |_| {},
        &["--verify", "v7.7.7"],
        &["no tag v7.7.7", "git fetch --tags"],
    ),
    (
        "a tag to be verified that disagrees with its Cargo.toml",
        |scene| scene.tag("v7.7.7"),
        &["--verify", "v7.7.7"],
        &["v7.7.7", "disagree", "1.2.3"],
    ),
    (
        "a tag to be verified that is no version",
        |scene| scene.tag("latest"),
        &["--verify", "latest"],
        &["latest is no version", "vX.Y.Z"],
    ),
    (
        "no clone",
        |scene| fs::remove_dir_all(scene.path(".git")).unwrap(),
        &[],
        &["no git clone"],
    ),
];

#[test]
fn what_is_no_release_is_refused_before_anything_is_built() {
    for (name, spoil, words, says) in CASES {
        eprintln!("{name}");
        let scene = Scene::new();
        spoil(&scene);
        scene.run(words).must(1, says);
        scene.is_untouched();
    }
}

#[test]
fn words_that_it_does_not_know_are_answered_with_its_usage() {
    let scene = Scene::new();
    for words in [
        &["v1.2.3"][..],
        &["--verify"],
        &["--verify", "v1.2.3", "a", "b"],
    ] {
        scene.run(words).must(2, &["usage: scripts/release"]);
    }
}

#[test]
fn a_build_that_fails_publishes_nothing() {
    let scene = Scene::new();
    scene.tag("v1.2.3");
    let outcome = scene.run_stub("fail");
    outcome.must(
        1,
        &["out of sorts", "build failed", "nothing was published"],
    );
    scene.is_untouched();
}

/// On a file system of two megabytes where this system lets a test make one; elsewhere the one file that
/// is always full.
#[test]
fn a_full_disk_publishes_nothing() {
    let scene = Scene::new();
    scene.tag("v1.2.3");
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "true"]);
    let may_mount = command.output().is_ok_and(|output| output.status.success());
    let outcome: Outcome = if may_mount {
        let script = "mkdir -p target && mount -t tmpfs -o size=2m none target && STUB=full scripts/release; \
                      code=$?; ls -A target; exit $code";
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
        command
            .current_dir(scene.path("."))
            .output()
            .unwrap()
            .into()
    } else {
        let mut command = scene.release(&[]);
        command.env("STUB", "full").env("STUB_FILE", "/dev/full");
        command.output().unwrap().into()
    };
    outcome.must(1, &["No space left on device", "nothing was published"]);
    if may_mount {
        outcome.must(1, &["the disk is full"]);
    }
    assert!(!outcome.said.contains("staging."), "{outcome:?}");
    scene.is_untouched();
}
