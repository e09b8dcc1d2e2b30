//! Whoever speaks into the microphone: plays the trial's WAV file from its beginning each time a page
//! opens the microphone, as Chromium's fake device does.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::sound_server::Client;
use crate::engine::Microphone;
use crate::failure::Failure;
use crate::sound;

/// How long to wait for the subscription's first line before the server is nudged again.
const NUDGE_EVERY: Duration = Duration::from_millis(100);

#[derive(Default)]
struct Voice {
    file: Option<PathBuf>,
    player: Option<Child>,
}

impl Voice {
    fn stop(&mut self) {
        if let Some(mut player) = self.player.take() {
            // Through to the end already is as good.
            let _ = player.kill();
            let _ = player.wait();
        }
    }
}

/// See the module.
pub struct Speaker {
    subscription: Child,
    voice: Arc<Mutex<Voice>>,
    beeps: PathBuf,
}

impl Speaker {
    /// Listens to the server's events within this deadline.
    pub fn start(client: Client, beeps: PathBuf, deadline: Duration) -> Result<Self, Failure> {
        let mut subscription = client
            .command("pactl")
            .arg("subscribe")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| Failure(format!("pactl: {e} (scripts/setup test installs it)")))?;
        let events = subscription.stdout.take();
        let voice = Arc::new(Mutex::new(Voice::default()));
        let speaker = Self {
            subscription,
            voice: Arc::clone(&voice),
            beeps,
        };
        let player = client.clone();
        let (say, heard) = mpsc::channel();
        let events = events.ok_or("pactl has no output")?;
        thread::spawn(move || {
            for line in BufReader::new(events).lines().map_while(Result::ok) {
                // Nobody listens any more once the first line was heard.
                let _ = say.send(());
                if line.contains("'new' on source-output") {
                    speak(&voice, &player);
                }
            }
        });
        // The subscription says nothing by itself: other clients come and go until it is heard.
        let late = Instant::now() + deadline;
        while heard.recv_timeout(NUDGE_EVERY).is_err() {
            if Instant::now() > late {
                return Err("the sound server tells no events".into());
            }
            let mut nudge = client.command("pactl");
            nudge.arg("info").stdout(Stdio::null()).status()?;
        }
        Ok(speaker)
    }

    /// What to say when the microphone is opened next.
    pub fn will_say(&self, microphone: &Microphone) {
        let mut voice = self.voice.lock().unwrap_or_else(PoisonError::into_inner);
        voice.stop();
        voice.file = match microphone {
            Microphone::Plays(file) => Some(file.clone()),
            Microphone::Beeps => Some(self.beeps.clone()),
            Microphone::Denied | Microphone::Missing => None,
        };
    }
}

fn speak(voice: &Mutex<Voice>, client: &Client) {
    let mut voice = voice.lock().unwrap_or_else(PoisonError::into_inner);
    voice.stop();
    if let Some(file) = &voice.file {
        let mut player = client.command("paplay");
        player.arg("--device=mouth").arg(file).stdout(Stdio::null());
        // Without a player the trial hears silence, and says so in its own words.
        voice.player = player.spawn().ok();
    }
}

/// Beeps for as long as any trial may take, one a second, as Chromium's fake device does. Each of Chromium's trials has a file
/// of its own, which its browser reads: its samples are made once for all.
pub fn write_beeps(file: &Path) -> Result<(), Failure> {
    static MADE: Mutex<Option<Arc<[u8]>>> = Mutex::new(None);
    let wav = {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        match &*made {
            Some(wav) => Arc::clone(wav),
            None => {
                make_beeps(file)?;
                Arc::clone(made.insert(std::fs::read(file)?.into()))
            }
        }
    };
    Ok(std::fs::write(file, wav)?)
}

fn make_beeps(file: &Path) -> Result<(), Failure> {
    const RATE_HZ: usize = 24_000;
    const SECONDS: usize = 240;
    const BEEP_SAMPLES: usize = RATE_HZ / 5;
    let beep = |i: usize| {
        let phase = i as f32 / RATE_HZ as f32 * 440.0 * std::f32::consts::TAU;
        if i % RATE_HZ < BEEP_SAMPLES {
            0.3 * phase.sin()
        } else {
            0.0
        }
    };
    let samples: Vec<f32> = (0..SECONDS * RATE_HZ).map(beep).collect();
    sound::write_wav(file, RATE_HZ as u32, &samples)
}

impl Drop for Speaker {
    fn drop(&mut self) {
        let mut voice = self.voice.lock().unwrap_or_else(PoisonError::into_inner);
        voice.stop();
        voice.file = None;
        // Gone already is as good.
        let _ = self.subscription.kill();
        let _ = self.subscription.wait();
    }
}
