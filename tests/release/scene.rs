//! A small clone with the real `scripts/release` in it. What takes minutes is played by a stub: `scripts/pack`
//! writes a few files, or does as the environment variable `STUB` says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

pub const VERSION: &str = "1.2.3";

/// The whole of a release, as far as the outer script can tell.
pub const PACK: &str = r#"#!/usr/bin/env bash
set -euo pipefail
mkdir "$3"
echo "half of it" >"$3/vocadesk.min.js"
case "${STUB:-}" in
  fail) echo "pack: rustc is out of sorts" >&2; exit 1 ;;
  full) head -c 9000000 /dev/zero >"${STUB_FILE:-$3/vocadesk.wasm}" ;;
  hang) echo $$ >"$STUB_FILE.new"; mv "$STUB_FILE.new" "$STUB_FILE"; exec sleep 600 ;;
esac
echo "the script ${STUB:-}" >"$3/vocadesk.min.js"
echo "the wasm" >"$3/vocadesk.wasm"
echo "the snippet" >"$3/snippet.html"
echo "{\"commit\":\"$2\",\"files\":{\"vocadesk.min.js\":{},\"vocadesk.wasm\":{},\"snippet.html\":{}}}" >"$3/integrity.json"
"#;

/// What was said, and how it ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub said: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let said = [output.stdout, output.stderr].concat();
        Self {
            code: output.status.code(),
            said: String::from_utf8_lossy(&said).into_owned(),
        }
    }
}

impl Outcome {
    /// Fails unless it ended so, and said all of this.
    pub fn must(&self, code: i32, says: &[&str]) {
        let silent: Vec<_> = says.iter().filter(|w| !self.said.contains(**w)).collect();
        assert!(
            self.code == Some(code) && silent.is_empty(),
            "not code {code} with {silent:?}: {self:?}"
        );
    }
}

pub struct Scene {
    folder: TempDir,
}

impl Scene {
    /// A clean clone without a tag.
    pub fn new() -> Self {
        let scene = Self {
            folder: TempDir::new().unwrap(),
        };
        scene.fill();
        scene
    }

    /// The same in a folder that is there already.
    pub fn fill(&self) {
        let project = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        fs::create_dir_all(self.path("scripts/packing")).unwrap();
        for script in [
            "scripts/release",
            "scripts/packing/compare.mjs",
            "scripts/packing/integrity.mjs",
            "scripts/packing/publish.mjs",
        ] {
            fs::copy(project.join(script), self.path(script)).unwrap();
        }
        self.write("scripts/setup", "#!/bin/sh\n");
        self.write("scripts/pack", PACK);
        for script in ["setup", "pack"] {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            fs::set_permissions(self.path("scripts").join(script), mode).unwrap();
        }
        self.write(".gitignore", "/target\n/dist\n");
        self.write(
            "Cargo.toml",
            &format!("[package]\nversion = \"{VERSION}\"\n"),
        );
        self.git(&["init", "--quiet"]);
        self.commit();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs git here, as somebody with no settings of their own, and gives what it says.
    pub fn git(&self, words: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.test"])
            .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
            .args(words)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {words:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "more"]);
    }

    pub fn tag(&self, name: &str) {
        self.git(&["tag", "--annotate", name, "--message", "a release"]);
    }

    /// `scripts/release`, ready to be started, as from a terminal: a shell's background job has its interrupt switched
    /// off, and what it starts could not be interrupted either.
    pub fn release(&self, words: &[&str]) -> Command {
        let mut command = Command::new("env");
        command
            .arg("--default-signal=INT")
            .arg(self.path("scripts/release"));
        command.args(words).stdin(Stdio::null()).env_remove("STUB");
        command
    }

    /// Runs it to its end.
    pub fn run(&self, words: &[&str]) -> Outcome {
        self.release(words).output().unwrap().into()
    }

    /// The same with a stub that does this.
    pub fn run_stub(&self, stub: &str) -> Outcome {
        let mut command = self.release(&[]);
        command.env("STUB", stub).output().unwrap().into()
    }

    /// Nothing is there to be served, and nothing is left lying about.
    pub fn is_untouched(&self) {
        assert!(!self.path("dist").exists(), "dist is there");
        let left: Vec<_> = fs::read_dir(self.path("target"))
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name != "release.lock")
            .collect();
        assert!(left.is_empty(), "left in target: {left:?}");
    }
}
