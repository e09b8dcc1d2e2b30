//! What is published stays as it is, and can be compared with what its tag builds to.

use std::fs;

use crate::scene::Scene;

const FOLDER: &str = "dist/embed/v1.2.3";

fn published() -> Scene {
    let scene = Scene::new();
    scene.tag("v1.2.3");
    scene.run(&[]).must(0, &["v1.2.3 is published"]);
    scene
}

/// Names and contents.
fn content(scene: &Scene) -> Vec<(String, String)> {
    let entries = fs::read_dir(scene.path(FOLDER)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = names
        .map(|name| (name.clone(), scene.read(&format!("{FOLDER}/{name}"))))
        .collect();
    files.sort();
    files
}

#[test]
fn a_version_is_published_whole_and_never_written_over_with_other_bytes() {
    let scene = published();
    let before = content(&scene);
    assert_eq!(before.len(), 4, "{before:?}");
    scene.run(&[]).must(0, &["published already", "very bytes"]);
    assert_eq!(content(&scene), before);
    // The hashes of "the script \n" and "the script other\n", by openssl.
    let hashes = [HASH_OF_FIRST, HASH_OF_OTHER];
    let says = [
        "vocadesk.min.js",
        "never written over",
        "nothing was published",
    ];
    scene
        .run_stub("other")
        .must(1, &[&says[..], &hashes].concat());
    assert_eq!(content(&scene), before);
}

const HASH_OF_FIRST: &str =
    "sha384-RAd/Udpmq7AvvCPM0az5X54pXDpkaNFW0+weVdfttqHqB6RJBypnzn2LSWqJTjFd";
const HASH_OF_OTHER: &str =
    "sha384-/wMHfidfttfkn+dR/vIkwunOIitpjJeMWxtXzyi9SmTpyGdKEdCYoyWKHFt7NYEW";

#[test]
fn what_the_quick_build_has_left_makes_room() {
    let scene = Scene::new();
    scene.tag("v1.2.3");
    fs::create_dir_all(scene.path(FOLDER)).unwrap();
    scene.write(&format!("{FOLDER}/vocadesk.min.js"), "a developer's");
    scene.write(&format!("{FOLDER}/of-yesterday"), "");
    scene.run(&[]).must(0, &["v1.2.3 is published"]);
    assert_eq!(content(&scene).len(), 4);
}

#[test]
fn a_copy_that_differs_from_what_the_tag_builds_to_is_named() {
    let scene = published();
    let verify = ["--verify", "v1.2.3"];
    scene
        .run(&verify)
        .must(0, &["4 of 4 files", "what its tag builds to"]);
    let fine = content(&scene);
    // From any commit, with any changes in the clone.
    scene.write("Cargo.toml", "[package]\nversion = \"2.0.0\"\n");
    scene.commit();
    scene.write("scripts/more", "");
    scene.run(&verify).must(0, &["4 of 4 files"]);

    let wasm = format!("{FOLDER}/vocadesk.wasm");
    scene.write(&wasm, "the wasn\n");
    scene
        .run(&verify)
        .must(1, &["vocadesk.wasm", "3 of 4 files", "is not what"]);
    fs::remove_file(scene.path(&wasm)).unwrap();
    scene
        .run(&verify)
        .must(1, &["vocadesk.wasm", "no such file"]);
    scene.write(&wasm, "the wasm\n");
    scene.write(&format!("{FOLDER}/more.js"), "");
    scene
        .run(&verify)
        .must(1, &["more.js", "4 of 5 files", "no such file"]);
    fs::remove_file(scene.path(FOLDER).join("more.js")).unwrap();
    assert_eq!(content(&scene), fine);

    // A copy elsewhere.
    let copy = scene.path("dist/copy").display().to_string();
    scene
        .run(&["--verify", "v1.2.3", &copy])
        .must(1, &["0 of 4 files"]);
    fs::rename(scene.path(FOLDER), &copy).unwrap();
    scene
        .run(&["--verify", "v1.2.3", &copy])
        .must(0, &["4 of 4 files"]);
}
