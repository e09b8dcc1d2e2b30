//! Chromium, driven by chromedriver.

use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use super::{Engine, LeftPages, Microphone, Network, Port, Relays, Wanted, Without};
use crate::machine::{Needs, write_beeps};
use crate::network::{self, Requested};

pub(super) const ENGINE: Engine = Engine {
    name: "chromium",
    family: "chromium",
    without: Without::Nothing,
    driver,
    port: Port::Said(port_in),
    // Its fake devices hear and speak without the system's.
    needs: Needs {
        display: false,
        sound: false,
    },
    capabilities,
    hears,
    network: Network::OwnLog(requests),
    relays: Relays::Nothing,
    shows_new_tabs: true,
    asks_to_collect: None,
    keeps_left_pages: LeftPages {
        idle: true,
        in_call: true,
    },
    microphone_slips: false,
    // Its fake device is none of the machine's.
    loses_microphones: false,
    takes_torn_answers: false,
    zooms_boxes: false,
    dies_of_taps: false,
    tells_console: true,
    says_missing: "NotFoundError",
    lacks: |_| None,
};

/// In a session's folder: what Chromium's network stack did, whichever thread asked for it.
const NET_LOG: &str = "net-log.json";

/// In a session's folder: what its microphone gives.
const MICROPHONE: &str = "microphone.wav";

/// `CHROMEDRIVER` and `CHROMIUM` name the two programs where they are not on PATH.
fn driver() -> Command {
    let mut command =
        Command::new(std::env::var_os("CHROMEDRIVER").unwrap_or("chromedriver".into()));
    command.arg("--port=0");
    command
}

fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}

fn capabilities(wanted: &Wanted) -> Map<String, Value> {
    let mut args: Vec<String> = [
        "--headless=new",
        // The tests also run as root in containers, where Chromium's sandbox does not start.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        // Nothing may reach the network but what the page asks for.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-sync",
        // Pages of any origin that a trial may want, from this machine.
        "--host-resolver-rules=MAP *.test 127.0.0.1",
        "--window-size=900,700",
    ]
    .map(str::to_owned)
    .to_vec();
    args.push(format!(
        "--user-data-dir={}",
        wanted.folder.join("profile").display()
    ));
    args.push(format!(
        "--log-net-log={}",
        wanted.folder.join(NET_LOG).display()
    ));

    let mut prefs = json!({});
    let fake_device = || "--use-fake-device-for-media-stream".to_owned();
    let prompt_says_yes = || "--use-fake-ui-for-media-stream".to_owned();
    match wanted.microphone {
        Microphone::Plays(_) | Microphone::Beeps => {
            let file = wanted.folder.join(MICROPHONE);
            let file = file.display();
            args.extend([fake_device(), prompt_says_yes()]);
            args.push(format!("--use-file-for-fake-audio-capture={file}%noloop"));
        }
        // A device, and the setting that a visitor's "Block" leaves behind.
        Microphone::Denied => {
            args.push(fake_device());
            prefs = json!({ "profile.default_content_setting_values.media_stream_mic": 2 });
        }
        // Machines that run tests have no sound card; the prompt, if there is one, is answered.
        Microphone::Missing => args.push(prompt_says_yes()),
    }

    let mut options = json!({ "args": args, "prefs": prefs });
    if let Ok(binary) = std::env::var("CHROMIUM") {
        options["binary"] = binary.into();
    }
    let capabilities = json!({
        "browserName": "chrome",
        "acceptInsecureCerts": wanted.tls,
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    capabilities.as_object().cloned().unwrap_or_default()
}

/// The fake device reads its file each time that a page opens it.
fn hears(folder: &Path, microphone: &Microphone) -> std::io::Result<()> {
    let file = folder.join(MICROPHONE);
    match microphone {
        Microphone::Plays(from) => std::fs::copy(from, file).map(drop),
        Microphone::Beeps => write_beeps(&file).map_err(|failure| std::io::Error::other(failure.0)),
        Microphone::Denied | Microphone::Missing => Ok(()),
    }
}

fn requests(folder: &Path) -> Option<Vec<Requested>> {
    let log = std::fs::read_to_string(folder.join(NET_LOG)).ok()?;
    Some(network::parse_net_log(&log))
}
