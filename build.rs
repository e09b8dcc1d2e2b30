//! Tells the crate where its stylesheets are: minified ones that `scripts/build` has made, or the
//! sources, where cargo builds alone.

use std::{env, path::PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=VOCADESK_CSS_DIR");
    let sources =
        || PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("css");
    let folder = env::var_os("VOCADESK_CSS_DIR").map_or_else(sources, PathBuf::from);
    for (name, file) in [
        ("VOCADESK_HOST_CSS", "host.css"),
        ("VOCADESK_OVERLAY_CSS", "state-overlay.css"),
    ] {
        let path = folder.join(file);
        println!("cargo:rerun-if-changed={}", path.display());
        println!("cargo:rustc-env={name}={}", path.display());
    }
}
