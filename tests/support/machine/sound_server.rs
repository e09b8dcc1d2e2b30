//! A PulseAudio of the harness's own: a speaker that nobody hears, and a microphone that can be plugged
//! in and out. The microphone is the echo of a second silent speaker, its "mouth": whatever is played
//! there, the browser records as it would record a person.

use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::microphone::{self, Speaker};
use crate::engine::Microphone;
use crate::failure::Failure;

const START_DEADLINE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The rates differ on purpose, as they do on many machines: neither is the wire's, and the browser
/// must bring them together. Without rewinds a null sink works 50 ms ahead, as a device does, instead
/// of two seconds: so long it would take to open (Firefox, PulseAudio 16.1: 1.9 s before the first block).
const SPEAKER: &str = "module-null-sink sink_name=speaker rate=44100 channels=2 norewinds=1";
const MOUTH: &str = "module-null-sink sink_name=mouth rate=48000 channels=1 norewinds=1";
/// A source of its own kind: WebKit does not offer a speaker's echo as a microphone.
const MICROPHONE: [&str; 4] = [
    "module-remap-source",
    "master=mouth.monitor",
    "source_name=microphone",
    "source_properties=device.description=Microphone",
];

/// Whoever knows where the server is.
#[derive(Clone)]
pub struct Client {
    socket: PathBuf,
    runtime: PathBuf,
}

impl Client {
    /// Makes this command's process a client.
    pub fn lend_to(&self, command: &mut Command) {
        command
            .env("PULSE_SERVER", format!("unix:{}", self.socket.display()))
            .env("XDG_RUNTIME_DIR", &self.runtime);
    }

    /// A client that nobody listens to unless it is told otherwise.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.lend_to(&mut command);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// A running sound server.
pub struct SoundServer {
    child: Child,
    /// Its socket, and what else it wants to keep.
    _folder: TempDir,
    pub client: Client,
    speaker: Option<Speaker>,
    /// The number of the loaded microphone module.
    plugged: Mutex<Option<String>>,
}

impl SoundServer {
    pub fn start() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let socket = folder.path().join("socket");
        let protocol = format!(
            "module-native-protocol-unix auth-anonymous=1 socket={}",
            socket.display()
        );
        let mut command = Command::new("pulseaudio");
        command
            // Without the system's configuration; as a child, not as a daemon (which refuses root).
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1"])
            .args(["--disable-shm=true", "--use-pid-file=no"])
            // In this order: the socket is there when the speakers are.
            .args(["-L", SPEAKER, "-L", MOUTH, "-L", &protocol])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command
            .spawn()
            .map_err(|e| Failure(format!("pulseaudio: {e} (scripts/setup test installs it)")))?;
        // Owned from here on, so that an early return ends the process too.
        let mut server = Self {
            child,
            client: Client {
                socket: socket.clone(),
                runtime: folder.path().to_owned(),
            },
            _folder: folder,
            speaker: None,
            plugged: Mutex::default(),
        };
        let late = Instant::now() + START_DEADLINE;
        while UnixStream::connect(&socket).is_err() {
            if Instant::now() > late || server.child.try_wait()?.is_some() {
                return Err("pulseaudio opened no socket".into());
            }
            thread::sleep(LOOK_EVERY);
        }
        let beeps = server.client.runtime.join("beeps.wav");
        microphone::write_beeps(&beeps)?;
        let client = server.client.clone();
        server.speaker = Some(Speaker::start(client, beeps, START_DEADLINE)?);
        Ok(server)
    }

    fn control(&self, args: &[&str]) -> Result<String, Failure> {
        let output = self.client.command("pactl").args(args).output()?;
        if !output.status.success() {
            return Err(Failure(format!("pactl {args:?}: {}", output.status)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Has this microphone ready. One that is plugged in already stays: Firefox (153) sometimes dies of devices that come
    /// and go under it.
    pub fn provide(&self, microphone: &Microphone) -> Result<(), Failure> {
        let is_there = {
            let plugged = self.plugged.lock().unwrap_or_else(PoisonError::into_inner);
            plugged.is_some()
        };
        if is_there == matches!(microphone, Microphone::Missing) {
            return self.plug_in(microphone);
        }
        if let Some(speaker) = &self.speaker {
            speaker.will_say(microphone);
        }
        Ok(())
    }

    /// Plugs this microphone in, instead of the one before it.
    pub fn plug_in(&self, microphone: &Microphone) -> Result<(), Failure> {
        let mut plugged = self.plugged.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = plugged.take() {
            self.control(&["unload-module", &module])?;
        }
        if !matches!(microphone, Microphone::Missing) {
            let mut load = vec!["load-module"];
            load.extend(MICROPHONE);
            *plugged = Some(self.control(&load)?);
        }
        if let Some(speaker) = &self.speaker {
            speaker.will_say(microphone);
        }
        Ok(())
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        self.speaker.take();
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
