//! What the build takes from outside is named exactly, and checked against a hash when it comes.

use serde_json::Value;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{PROJECT}/{name}")).unwrap()
}

fn json(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap()
}

/// What builds, and the meta-frameworks that the tests' shops are built with.
const NPM: [&str; 2] = ["", "tests/e2e/npm/meta-frameworks/"];

#[test]
fn npm_packages_are_for_building_only_and_pinned() {
    for folder in NPM {
        let package = json(&format!("{folder}package.json"));
        assert!(
            package.get("dependencies").is_none(),
            "something would ship"
        );
        for (name, version) in package["devDependencies"].as_object().unwrap() {
            let version = version.as_str().unwrap();
            // A second version of a package has a name of its own: npm:react@18.3.1.
            let version = match version.strip_prefix("npm:") {
                Some(alias) => alias.rsplit('@').next().unwrap(),
                None => version,
            };
            let exact = version.split('.').count() == 3
                && version.chars().all(|c| c.is_ascii_digit() || c == '.');
            assert!(exact, "{name} {version}");
        }
        let lock = json(&format!("{folder}package-lock.json"));
        for (name, package) in lock["packages"].as_object().unwrap() {
            let known = package["integrity"].as_str().unwrap_or_default();
            assert!(name.is_empty() || known.starts_with("sha512-"), "{name}");
        }
    }
}

#[test]
fn crates_come_from_the_registry_with_a_checksum() {
    let lock: toml::Table = toml::from_str(&read("Cargo.lock")).unwrap();
    let ours = workspace();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let locked = package.get("source").and_then(toml::Value::as_str)
            == Some("registry+https://github.com/rust-lang/crates.io-index")
            && package.get("checksum").is_some();
        assert!(locked || ours.iter().any(|own| own == name), "{name}");
    }
}

/// What makes the files that ship. Only what the tests drive and judge with comes by another lock file than ours.
#[test]
fn what_builds_keeps_to_the_lock_files() {
    let calls = |script: &str, program: &str| {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
        let all: Vec<Vec<String>> = read(script).lines().map(words).collect();
        // Neither what is said nor what Debian calls its packages.
        let is_call = |words: &Vec<String>| {
            words.iter().any(|word| word == program) && !["#", "want"].contains(&words[0].as_str())
        };
        all.into_iter().filter(is_call).collect::<Vec<_>>()
    };
    let mut seen = 0;
    for (script, program) in [
        ("scripts/build", "scripts/wasm-cargo"),
        ("scripts/setup", "scripts/wasm-cargo"),
        ("scripts/tool-cargo", "cargo"),
    ] {
        for call in calls(script, program) {
            assert!(
                call.iter().any(|word| word.starts_with("--locked")),
                "{script}: {call:?}"
            );
            seen += 1;
        }
    }
    assert!(seen >= 4, "{seen} calls of cargo");
    for call in calls("scripts/setup", "npm") {
        assert!(
            call[1] == "ci" && call.iter().any(|word| word == "--ignore-scripts"),
            "{call:?}"
        );
    }
    let compiled = calls("scripts/setup", "cargo_install");
    let compiled: Vec<_> = compiled.iter().map(|call| call[1].as_str()).collect();
    assert_eq!(compiled, ["geckodriver", "cargo-deny"]);
}

/// The packages of this workspace.
fn workspace() -> Vec<String> {
    let name_in = |manifest: &str| {
        let manifest: toml::Table = toml::from_str(&read(manifest)).unwrap();
        manifest["package"]["name"].as_str().unwrap().to_owned()
    };
    let root: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let members = root["workspace"]["members"].as_array().unwrap();
    let members = members.iter().map(|member| member.as_str().unwrap());
    let mut names: Vec<_> = members
        .map(|member| name_in(&format!("{member}/Cargo.toml")))
        .collect();
    names.push(name_in("Cargo.toml"));
    names
}

#[test]
fn the_version_is_written_in_one_place() {
    // Cargo carries it from Cargo.toml into its lock file.
    assert!(json("package.json").get("version").is_none());
    let lock = read("package-lock.json");
    let own = lock.split("\"node_modules/").next().unwrap();
    assert!(!own.contains("\"version\""), "{own}");
    for script in ["scripts/build", "scripts/pack", "scripts/release"] {
        assert!(
            !read(script).contains(env!("CARGO_PKG_VERSION")),
            "{script}"
        );
    }
}
