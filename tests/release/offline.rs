//! Once set-up has taken what a build needs, nothing is fetched any more: a build has no network to fetch from.

use std::net::TcpListener;
use std::process::Command;

use crate::scene::{PACK, Scene};

/// Whether this system gives network namespaces to users. Where it does not, `scripts/release` says that it could not keep
/// the build from fetching.
pub fn can_be_cut_off() -> bool {
    let mut namespace = Command::new("unshare");
    namespace.args(["--user", "--map-root-user", "--net", "true"]);
    namespace
        .output()
        .is_ok_and(|output| output.status.success())
}

/// What `scripts/release` says where it cannot.
pub const NOT_CUT_OFF: &str = "gives no network namespace";

#[test]
fn set_up_has_a_network_and_the_build_has_none() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let look = |who: &str| {
        format!(
            "#!/usr/bin/env bash\n\
             if (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; then echo {who} has a network; else echo {who} has none; fi\n"
        )
    };
    let scene = Scene::new();
    scene.write("scripts/setup", &look("set-up"));
    scene.write("scripts/pack", &(look("the build") + PACK));
    scene.commit();
    scene.tag("v1.2.3");
    let outcome = scene.run(&[]);
    let build = if can_be_cut_off() {
        "the build has none"
    } else {
        NOT_CUT_OFF
    };
    outcome.must(0, &["set-up has a network", build]);
}
