//! The same sources give the same bytes, whoever builds them, where and when. The real thing: it takes a minute.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use holds::holds;
use tempfile::TempDir;

use crate::offline::{NOT_CUT_OFF, can_be_cut_off};

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const FILES: &[&str] = &[
    "THIRD-PARTY-NOTICES",
    "_headers",
    "integrity.json",
    "nginx.conf",
    "sbom.cdx.json",
    "snippet.html",
    concat!("vocadesk-embed-", env!("CARGO_PKG_VERSION"), ".tgz"),
    "vocadesk.call-bar.min.js",
    "vocadesk.call-bar.min.js.br",
    "vocadesk.call-bar.min.js.gz",
    "vocadesk.call-bar.min.js.map",
    "vocadesk.call-bar.min.js.map.br",
    "vocadesk.call-bar.min.js.map.gz",
    "vocadesk.d.ts",
    "vocadesk.d.ts.br",
    "vocadesk.d.ts.gz",
    "vocadesk.min.js",
    "vocadesk.min.js.br",
    "vocadesk.min.js.gz",
    "vocadesk.min.js.map",
    "vocadesk.min.js.map.br",
    "vocadesk.min.js.map.gz",
    "vocadesk.nowasm.min.js",
    "vocadesk.nowasm.min.js.br",
    "vocadesk.nowasm.min.js.gz",
    "vocadesk.nowasm.min.js.map",
    "vocadesk.nowasm.min.js.map.br",
    "vocadesk.nowasm.min.js.map.gz",
    "vocadesk.wasm",
    "vocadesk.wasm.br",
    "vocadesk.wasm.gz",
];

/// The languages' files of a release, which lie there compressed as well.
fn of_languages() -> Vec<String> {
    let labels = fs::read_dir(Path::new(PROJECT).join("src/page/labels")).unwrap();
    let names = labels.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let tags = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
    tags.filter(|tag| tag != "en")
        .flat_map(|tag| ["", ".br", ".gz"].map(|end| format!("vocadesk.lang-{tag}.js{end}")))
        .collect()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Somebody else's machine, as far as a process can tell: a clone with one commit and its tag, in a folder
/// with a space in its name, and a home of its own that leads to what set-up has taken by our lock files. What it compiles by
/// others, for the tests, is not there.
struct Elsewhere {
    folder: TempDir,
    commit: String,
}

impl Elsewhere {
    fn new() -> Self {
        let folder = TempDir::with_prefix("else where ").unwrap();
        let clone = folder.path().join("clone");
        let mut listed = Command::new("git");
        listed.args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let listed = run(listed.current_dir(PROJECT));
        for name in listed.split('\0').filter(|name| !name.is_empty()) {
            let from = Path::new(PROJECT).join(name);
            // One that was deleted and is not committed yet.
            if from.exists() {
                fs::create_dir_all(clone.join(name).parent().unwrap()).unwrap();
                fs::copy(from, clone.join(name)).unwrap();
            }
        }
        let home = folder.path().join("home");
        let real = PathBuf::from(std::env::var_os("HOME").unwrap());
        let named = |name: &str, usual: &str| {
            std::env::var_os(name).map_or_else(|| real.join(usual), PathBuf::from)
        };
        fs::create_dir_all(home.join(".cache")).unwrap();
        for (link, to) in [
            (".cargo", named("CARGO_HOME", ".cargo")),
            (".rustup", named("RUSTUP_HOME", ".rustup")),
            (".npm", named("npm_config_cache", ".npm")),
            (".npmrc", named("npm_config_userconfig", ".npmrc")),
        ] {
            symlink(to, home.join(link)).unwrap();
        }
        let elsewhere = Self {
            folder,
            commit: String::new(),
        };
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        elsewhere.git(&["init", "--quiet"]);
        elsewhere.git(&["add", "--all"]);
        elsewhere.git(&["commit", "--quiet", "--message", "all of it"]);
        elsewhere.git(&["tag", tag]);
        Self {
            commit: elsewhere.git(&["rev-parse", "HEAD"]),
            ..elsewhere
        }
    }

    fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=A", "-c", "user.email=a@example.test"]);
        git.args(["-c", "commit.gpgsign=false"]).args(words);
        run(git.current_dir(self.folder.path().join("clone")))
    }

    /// `scripts/release`, in another time zone and language, and readable for nobody else.
    fn release(&self) -> PathBuf {
        let home = self.folder.path().join("home");
        let clone = self.folder.path().join("clone");
        let mut release = Command::new("sh");
        release.args(["-c", "umask 077 && exec scripts/release"]);
        for (name, value) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            release.env(name, home.join(value));
        }
        for (name, value) in [
            ("USER", "somebody"),
            ("LOGNAME", "somebody"),
            ("TZ", "Pacific/Chatham"),
            ("LANG", "tr_TR.UTF-8"),
            ("LC_ALL", "tr_TR.UTF-8"),
            // What a developer may have set for work of another kind.
            ("RUSTFLAGS", "-Copt-level=0"),
            ("NODE_ENV", "production"),
            ("SOURCE_DATE_EPOCH", "1"),
        ] {
            release.env(name, value);
        }
        release.env("HOME", &home).env_remove("CARGO_TARGET_DIR");
        release.env("XDG_CACHE_HOME", home.join(".cache"));
        let output = release.current_dir(&clone).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert!(!can_be_cut_off() || !said.contains(NOT_CUT_OFF), "{said}");
        let tools = home.join(".cache/vocadesk-embed");
        assert!(!tools.exists(), "set-up has compiled what only tests need");
        clone.join(concat!("dist/embed/v", env!("CARGO_PKG_VERSION")))
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read(entry.path()).unwrap())
    };
    entries.map(file).collect()
}

/// What `scripts/build` does last, with a release in its way.
fn the_quick_build_leaves_it_alone(release: &Path) {
    let before = files(release);
    for (version, says) in [
        (env!("CARGO_PKG_VERSION"), ""),
        ("0.0.9", "Raise the version"),
    ] {
        let mut bundle = Command::new("node");
        bundle.args(["scripts/bundle.mjs", "--version", version]);
        bundle.args(["--glue", "target/wasm/glue/vocadesk_embed.js"]);
        bundle.args(["--twin", "target/wasm-first/glue"]);
        bundle.args(["--call-bar", "target/wasm/call-bar"]);
        bundle.args(["--languages", "target/wasm/languages"]);
        bundle.args(["--wasm", "target/wasm/glue/vocadesk.wasm"]);
        let output = bundle.arg("--out").arg(release).current_dir(PROJECT);
        let output = output.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let refused = said.contains(says) && said.matches("sha384-").count() == 2;
        let right = output.status.success() == says.is_empty() && (says.is_empty() || refused);
        assert!(right, "{output:?}");
        assert!(files(release) == before, "it was written over");
    }
}

/// `--verify` looks into compressed files; a published one is kept to the byte all the same.
fn one_compressed_by_another_node_is_the_same(release: &Path) {
    let folder = TempDir::new().unwrap();
    let other = folder.path().join("other");
    run(Command::new("cp").arg("-r").arg(release).arg(&other));
    let compress = r#"
      const { readFileSync, writeFileSync } = require("node:fs");
      const { gzipSync } = require("node:zlib");
      writeFileSync("vocadesk.wasm.gz", gzipSync(readFileSync("vocadesk.wasm"), { level: 1 }));
      const said = readFileSync("integrity.json", "utf8");
      writeFileSync("integrity.json", said.replace(/"node": ".*"/, '"node": "99.0.0"'));"#;
    run(Command::new("node")
        .args(["-e", compress])
        .current_dir(&other));
    let script = |name: &str| Path::new(PROJECT).join("scripts/packing").join(name);
    let mut compare = Command::new("node");
    let said = run(compare.arg(script("compare.mjs")).args([&other, release]));
    let count = FILES.len() + of_languages().len();
    for words in [
        "vocadesk.wasm.gz: other bytes, the same content",
        "and here is 99.0.0",
        &format!("{count} of {count} files"),
    ] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let mut publish = Command::new("node");
    publish.arg(script("publish.mjs")).args([&other, release]);
    let output = publish.arg(folder.path()).output().unwrap();
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let both = ["vocadesk.wasm.gz", "integrity.json"].map(|name| said.contains(name));
    let refused =
        !output.status.success() && said.contains("never written over") && both == [true; 2];
    assert!(refused, "{output:?}");
}

#[test]
#[holds("1.on-a-server")]
fn the_same_sources_are_the_same_release_wherever_they_are_built() {
    let elsewhere = Elsewhere::new();
    let here = TempDir::new().unwrap();
    let packed = here.path().join("packed");
    let mut pack = Command::new(Path::new(PROJECT).join("scripts/pack"));
    run(pack.args(["--commit", &elsewhere.commit]).arg(&packed));
    let inspect = Path::new(PROJECT).join("tests/release/inspect.mjs");
    run(Command::new("node").arg(inspect).arg(&packed));
    the_quick_build_leaves_it_alone(&packed);
    one_compressed_by_another_node_is_the_same(&packed);
    let released = elsewhere.release();

    let (packed, there) = (files(&packed), files(&released));
    let names: Vec<_> = packed.keys().collect();
    let mut due: Vec<_> = FILES.iter().map(|name| (*name).to_owned()).collect();
    due.extend(of_languages());
    due.sort_unstable();
    assert_eq!(
        names,
        due.iter().collect::<Vec<_>>(),
        "not the files of a release"
    );
    assert_eq!(there.keys().collect::<Vec<_>>(), names);
    let differ: Vec<_> = names.iter().filter(|n| packed[**n] != there[**n]).collect();
    assert!(
        differ.is_empty(),
        "built elsewhere, these differ: {differ:?}"
    );

    // A static host must be able to read what somebody with another umask has made.
    for entry in fs::read_dir(&released).unwrap().map(Result::unwrap) {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o644, "{:?}", entry.file_name());
    }
    // Nobody's machine shows.
    let home = std::env::var("HOME").unwrap();
    for (name, bytes) in &packed {
        let text = String::from_utf8_lossy(bytes);
        for place in [
            PROJECT,
            &home,
            "else where",
            "/tmp/",
            "/rustlib/",
            "/registry/src",
        ] {
            assert!(!text.contains(place), "{place} stands in {name}");
        }
    }
}
