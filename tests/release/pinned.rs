//! What the build takes from outside is named exactly, and checked against a hash when it comes.

use serde_json::Value;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{PROJECT}/{name}")).unwrap()
}

fn json(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap()
}

#[test]
fn npm_packages_are_for_building_only_and_pinned() {
    let package = json("package.json");
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
    let lock = json("package-lock.json");
    for (name, package) in lock["packages"].as_object().unwrap() {
        let known = package["integrity"].as_str().unwrap_or_default();
        assert!(name.is_empty() || known.starts_with("sha512-"), "{name}");
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
