//! WebKit: WebKitGTK's MiniBrowser, driven by WebKitWebDriver, on a screen of the harness's own. It
//! hears real sound from the harness's sound server.

use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use super::{Engine, LeftPages, Microphone, Network, Port, Relays, Wanted, Without};
use crate::machine::Needs;

pub(super) const ENGINE: Engine = Engine {
    name: "webkit",
    family: "webkit",
    without: Without::Nothing,
    driver,
    port: Port::Silent,
    needs: Needs {
        display: true,
        sound: true,
    },
    capabilities,
    hears: |_, _| Ok(()),
    network: Network::Proxy,
    relays: Relays::Ports,
    shows_new_tabs: false,
    asks_to_collect: None,
    keeps_left_pages: LeftPages {
        idle: true,
        in_call: true,
    },
    microphone_slips: true,
    // Measured with 2.50: `devicechange` comes and the list of devices is empty, but the track stays live, and
    // PulseAudio lends its stream another source.
    loses_microphones: false,
    // Measured with 2.50: a chunked answer without its last chunk resolves with what came.
    takes_torn_answers: true,
    // Measured with 2.50, whose driver therefore clicks beside such an element.
    zooms_boxes: true,
    // Measured with 2.50, beside busy loops: of pages that were left right after a call each tenth took the browser with it, by a null
    // pointer on the AudioWorklet thread; of 55 without the tap none did, and of 30 that were left in a call.
    dies_of_taps: true,
    tells_console: false,
    // Against the specification, also for `{ audio: true }` (2.50).
    says_missing: "OverconstrainedError",
    lacks,
};

/// `WEBKITWEBDRIVER` and `MINIBROWSER` name the two programs where they are not where Debian has them.
fn driver() -> Command {
    let program = std::env::var_os("WEBKITWEBDRIVER").unwrap_or("WebKitWebDriver".into());
    let mut command = Command::new(program);
    command.arg("--port=0");
    command
}

/// Not on PATH: beside the library, in a folder that carries the machine's kind.
fn mini_browser() -> String {
    if let Ok(binary) = std::env::var("MINIBROWSER") {
        return binary;
    }
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten();
    folders
        .filter_map(Result::ok)
        .map(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser"))
        .find(|file| Path::is_file(file))
        .map_or("MiniBrowser".to_owned(), |file| file.display().to_string())
}

fn capabilities(wanted: &Wanted) -> Map<String, Value> {
    let address = format!("127.0.0.1:{}", wanted.proxy.unwrap_or_default());
    let mut proxy = json!({ "proxyType": "manual", "httpProxy": address });
    // The driver (2.50) takes this for a proxy that is spoken to by TLS, and ours is not: what is encrypted
    // goes nowhere, unless a trial has a server for it.
    if !wanted.tls {
        proxy["sslProxy"] = address.into();
    }
    let capabilities = json!({
        "webkitgtk:browserOptions": {
            "binary": mini_browser(),
            "args": ["--automation", "--enable-media-stream=true"],
        },
        "acceptInsecureCerts": wanted.tls,
        "proxy": proxy,
    });
    capabilities.as_object().cloned().unwrap_or_default()
}

fn lacks(microphone: &Microphone) -> Option<&'static str> {
    match microphone {
        Microphone::Denied => Some(
            "a browser under WebKit's automation grants the microphone without asking, and its driver \
             has no command to deny it (measured with 2.50)",
        ),
        _ => None,
    }
}
