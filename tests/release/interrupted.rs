//! A release that is broken off from outside: nothing half-written is there to be served.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::scene::{Outcome, Scene};

/// A few processes are started and ended meanwhile, which takes a second; on a busy machine many.
const SOON: Duration = Duration::from_secs(120);

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let from = Instant::now();
    while !holds() {
        assert!(from.elapsed() < SOON, "not soon: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A release in the middle of its build, and the process that builds.
fn in_mid_build(scene: &Scene) -> (Child, String) {
    let pid_file = scene.path("target/pid");
    let mut command = scene.release(&[]);
    command.env("STUB", "hang").env("STUB_FILE", &pid_file);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    until("the build begins", || pid_file.exists());
    let pid = fs::read_to_string(&pid_file).unwrap().trim().to_owned();
    fs::remove_file(pid_file).unwrap();
    (child, pid)
}

fn signal(name: &str, pid: u32) {
    let command = format!("kill -{name} {pid}");
    let sent = Command::new("sh").args(["-c", &command]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn one_that_is_interrupted_publishes_nothing_and_leaves_nothing_running() {
    let scene = Scene::new();
    scene.tag("v1.2.3");
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let (child, builder) = in_mid_build(&scene);
        signal(name, child.id());
        let outcome = Outcome::from(child.wait_with_output().unwrap());
        outcome.must(code, &["interrupted", "nothing was published"]);
        scene.is_untouched();
        let proc = Path::new("/proc").join(builder);
        until("the build is gone", || !proc.exists());
    }
}

#[test]
fn one_that_is_killed_publishes_nothing_and_the_next_one_succeeds() {
    let scene = Scene::new();
    scene.tag("v1.2.3");
    let (mut child, builder) = in_mid_build(&scene);
    // Only one at a time.
    scene.run(&[]).must(1, &["another release"]);
    signal("KILL", child.id());
    child.wait().unwrap();
    assert!(!scene.path("dist").exists(), "dist is there");
    signal("KILL", builder.parse().unwrap());
    scene.run(&[]).must(0, &["is published"]);
    let left = fs::read_dir(scene.path("target")).unwrap().count();
    assert_eq!(left, 1, "more than the lock file is left in target");
}
