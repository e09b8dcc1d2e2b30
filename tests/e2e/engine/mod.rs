//! The browsers that the trials run in. A new engine is a file here and a line in [`ALL`]; the trials
//! do not know which one they are in.

mod chromium;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};

use crate::network::Requested;

/// Every engine by name.
pub const ALL: &[Engine] = &[chromium::ENGINE];

/// What the harness must know of a browser.
pub struct Engine {
    /// The first part of each trial's name.
    pub name: &'static str,
    /// Its WebDriver server, told to take a port from the operating system.
    pub driver: fn() -> Command,
    /// The port, if this line of the driver's output says it.
    pub port_in: fn(&str) -> Option<u16>,
    /// The W3C capabilities of a session as wanted.
    pub capabilities: fn(&Wanted) -> Map<String, Value>,
    /// All requests of a session that is closed, from every thread; `None` where the engine keeps no log.
    pub requests: fn(&Path) -> Option<Vec<Requested>>,
}

/// What a trial wants of its browser.
pub struct Wanted<'a> {
    /// What `getUserMedia` finds.
    pub microphone: &'a Microphone,
    /// An empty folder for this session's profile and logs.
    pub folder: &'a Path,
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
