//! Firefox, driven by geckodriver. It hears real sound from the harness's sound server: its own fake
//! device can only hum.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::{Engine, LeftPages, Microphone, Network, Port, Relays, Wanted, Without};
use crate::machine::Needs;

pub(super) const ENGINE: Engine = Engine {
    name: "firefox",
    family: "firefox",
    without: Without::Nothing,
    driver,
    port: Port::Said(port_in),
    needs: Needs {
        display: false,
        sound: true,
    },
    capabilities,
    hears: |_, _| Ok(()),
    network: Network::Proxy,
    // Measured with 153: a worker sends 99 frames in the 2 s that the page stands still, none leaves before
    // it goes on, and none comes in; what a worklet sends to the worker meanwhile is 39 ms late at most.
    relays: Relays::Sockets,
    shows_new_tabs: true,
    asks_to_collect: Some(
        "for (const what of ['child-gc-request', 'child-cc-request']) Services.obs.notifyObservers(null, what)",
    ),
    keeps_left_pages: LeftPages {
        idle: true,
        in_call: false,
    },
    microphone_slips: true,
    loses_microphones: true,
    takes_torn_answers: false,
    zooms_boxes: false,
    dies_of_taps: false,
    tells_console: false,
    says_missing: "NotFoundError",
    lacks: |_| None,
};

/// `GECKODRIVER` and `FIREFOX` name the two programs where they are not on PATH.
fn driver() -> Command {
    let mut command = Command::new(std::env::var_os("GECKODRIVER").unwrap_or("geckodriver".into()));
    // The second: scripts may run in the browser's own realm (`asks_to_collect`).
    command.args(["--port=0", "--allow-system-access"]);
    // Without this a release build ignores the preference that keeps it from Mozilla's servers.
    command.env("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1");
    command
}

fn port_in(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("Listening on 127.0.0.1:")?;
    address.trim().parse().ok()
}

fn capabilities(wanted: &Wanted) -> Map<String, Value> {
    let mut prefs = json!({
        // Nothing may reach the network but what the page asks for; geckodriver sets the rest.
        "services.settings.server": "data:,",
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": wanted.proxy,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": wanted.proxy,
        "network.proxy.allow_hijacking_localhost": true,
    });
    match wanted.microphone {
        // Answers the prompt.
        Microphone::Plays(_) | Microphone::Beeps => {
            prefs["media.navigator.permission.disabled"] = true.into();
        }
        // The setting that a visitor's "Block" leaves behind.
        Microphone::Denied => prefs["permissions.default.microphone"] = 2.into(),
        // Firefox would offer the echo of the speaker as a microphone; only this one may be used.
        Microphone::Missing => {
            prefs["media.navigator.permission.disabled"] = true.into();
            prefs["media.audio_loopback_dev"] = "no such device".into();
        }
    }
    let mut options = json!({ "args": ["-headless"], "prefs": prefs });
    if let Ok(launcher) = launcher(wanted.folder) {
        options["binary"] = launcher.display().to_string().into();
    }
    let capabilities = json!({
        "browserName": "firefox",
        "acceptInsecureCerts": wanted.tls,
        "moz:firefoxOptions": options,
    });
    capabilities.as_object().cloned().unwrap_or_default()
}

/// A script in the browser's place. geckodriver sets what makes Firefox quit as a whole when one of its
/// processes dies (0.37), and leaves no way to unset it; a visitor's Firefox loses one tab.
fn launcher(folder: &Path) -> std::io::Result<PathBuf> {
    let file = folder.join("firefox");
    let named = std::env::var("FIREFOX").unwrap_or_default();
    std::fs::write(
        &file,
        format!(
            "#!/bin/sh\nfirefox='{named}'\n\
             exec env -u MOZ_CRASHREPORTER_SHUTDOWN \
             \"${{firefox:-$(command -v firefox || command -v firefox-esr)}}\" \"$@\"\n"
        ),
    )?;
    std::fs::set_permissions(&file, Permissions::from_mode(0o755))?;
    Ok(file)
}
