//! The browsers that the trials run in. A new engine is a file here and a line in [`ALL`]; the trials
//! do not know which one they are in.

mod chromium;
mod firefox;
mod webkit;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};

use crate::machine::Needs;
use crate::network::Requested;

/// Every engine by name. Those without something of theirs make what the contract promises all the same; what
/// they can do is one engine's business as much as another's.
const ALL: &[Engine] = &[
    chromium::ENGINE,
    firefox::ENGINE,
    webkit::ENGINE,
    Engine {
        name: "chromium-no-wasm",
        without: Without::Wasm,
        ..chromium::ENGINE
    },
    Engine {
        name: "chromium-no-worker",
        without: Without::Worker,
        ..chromium::ENGINE
    },
    Engine {
        name: "chromium-no-worklet",
        without: Without::Worklet,
        // Where the page's own thread is late for a block.
        microphone_slips: true,
        ..chromium::ENGINE
    },
];

/// Those that `VOCADESK_ENGINES` names, or all that refuse nothing.
pub fn wanted() -> Vec<&'static Engine> {
    let named = std::env::var("VOCADESK_ENGINES").unwrap_or_default();
    let named: Vec<_> = named.split_whitespace().collect();
    let wanted = |engine: &&Engine| match named.is_empty() {
        true => engine.without == Without::Nothing,
        false => named.contains(&engine.name),
    };
    ALL.iter().filter(wanted).collect()
}

/// What the harness must know of a browser.
pub struct Engine {
    /// The first part of each trial's name.
    pub name: &'static str,
    /// Which driver and browser it is; a browser that is to refuse something is told so by its pages.
    pub family: &'static str,
    /// What it refuses to every page.
    pub without: Without,
    /// Its WebDriver server, told to take a port from the operating system.
    pub driver: fn() -> Command,
    /// How the port becomes known.
    pub port: Port,
    /// What it needs of the machine.
    pub needs: Needs,
    /// The W3C capabilities of a session as wanted.
    pub capabilities: fn(&Wanted) -> Map<String, Value>,
    /// Lays ready, in the session's folder, what its own microphone gives; nothing where that is the machine's.
    pub hears: fn(&Path, &Microphone) -> std::io::Result<()>,
    /// How its requests become known, from every thread.
    pub network: Network,
    /// Whether its driver tells what the console said; otherwise the page's own `console` is overheard.
    pub tells_console: bool,
    /// What passes through the page's own thread in the browser's own code: it waits while the page
    /// stands still.
    pub relays: Relays,
    /// Whether a new tab comes to the front, where a page must be to open a microphone; if not, a new window
    /// stands for it.
    pub shows_new_tabs: bool,
    /// A script for the browser's own realm that has it collect unused elements soon. Without it Firefox 153
    /// lets a plain `div` that nobody holds live for over half a minute.
    pub asks_to_collect: Option<&'static str>,
    /// Which pages it keeps as they are when they are left, in case the visitor comes back.
    pub keeps_left_pages: LeftPages,
    /// Whether its microphone is a capture device with a clock of its own: see [`crate::speech`].
    pub microphone_slips: bool,
    /// Whether a microphone that is pulled out of the machine ends its track.
    pub loses_microphones: bool,
    /// Whether an answer whose connection broke off in its middle is given to the page as if it were whole.
    pub takes_torn_answers: bool,
    /// Whether `getBoundingClientRect` of an element in a zoomed one counts in zoomed pixels.
    pub zooms_boxes: bool,
    /// Whether it may die with a page whose AudioWorklet still runs, as that of the harness' tap does.
    pub dies_of_taps: bool,
    /// The name of `getUserMedia`'s error where there is no microphone.
    pub says_missing: &'static str,
    /// Why there can be no such microphone, if so.
    pub lacks: fn(&Microphone) -> Option<&'static str>,
}

/// What pages have to do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// Nothing.
    Nothing,
    /// WebAssembly, by a Content-Security-Policy.
    Wasm,
    /// A Worker from a `blob:`, by a Content-Security-Policy.
    Worker,
    /// A worklet. A policy that refuses ours would refuse the pages' own scripts, too: `addModule` is rejected
    /// as it would be.
    Worklet,
}

impl Without {
    /// The policy of every page.
    pub fn policy(self) -> Option<&'static str> {
        match self {
            Self::Wasm => Some("script-src * 'unsafe-inline' blob: data:"),
            Self::Worker => Some("worker-src *"),
            Self::Nothing | Self::Worklet => None,
        }
    }

    /// What runs in every page before anything else.
    pub fn script(self) -> &'static str {
        match self {
            Self::Worklet => {
                "globalThis.withoutWorklets = true;
                 if (globalThis.AudioWorklet) AudioWorklet.prototype.addModule = () =>
                   Promise.reject(new DOMException('Unable to load a worklet module.', 'AbortError'));\n"
            }
            _ => "",
        }
    }

    /// Whether a line of the console tells of nothing else than of this.
    pub fn explains(self, line: &str) -> bool {
        let told = [
            "Content Security Policy",
            "Content-Security-Policy lacks",
            "ScriptProcessorNode is deprecated",
        ];
        // Of a Worker's requests the console is not told.
        let refused = "Failed to load resource: the server responded";
        (self == Self::Worker && line.contains(refused))
            || (self != Self::Nothing && told.iter().any(|words| line.contains(words)))
    }
}

/// What a browser passes through the page's own thread, though both ends are elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relays {
    /// Nothing: a page that stands still is not in the way.
    Nothing,
    /// What a worker's WebSocket sends and receives.
    Sockets,
    /// Messages between a worklet and a worker.
    Ports,
}

/// How a driver's port becomes known.
pub enum Port {
    /// A line of its output says it.
    Said(fn(&str) -> Option<u16>),
    /// It says nothing: the system knows which port the process listens on.
    Silent,
}

/// How a session's requests become known.
pub enum Network {
    /// The browser leaves a log in the session's folder.
    OwnLog(fn(&Path) -> Option<Vec<Requested>>),
    /// It goes through the harness's proxy.
    Proxy,
}

/// Which pages are kept when they are left.
#[derive(Clone, Copy, Debug)]
pub struct LeftPages {
    /// One whose buttons are idle.
    pub idle: bool,
    /// One in mid-call.
    pub in_call: bool,
}

/// What a trial wants of its browser.
pub struct Wanted<'a> {
    /// What `getUserMedia` finds.
    pub microphone: &'a Microphone,
    /// Some of it is served over TLS, by a server that has signed its certificate itself.
    pub tls: bool,
    /// An empty folder for this session's profile and logs.
    pub folder: &'a Path,
    /// The proxy's port on 127.0.0.1, for an engine that wants one.
    pub proxy: Option<u16>,
}

/// What `getUserMedia` finds.
#[derive(Clone, Debug)]
pub enum Microphone {
    /// A microphone that plays this WAV file once, from the moment it is opened, and then is silent.
    Plays(PathBuf),
    /// A microphone that beeps once a second.
    Beeps,
    /// A microphone that the visitor has denied to every page.
    Denied,
    /// No microphone in the machine.
    Missing,
}
