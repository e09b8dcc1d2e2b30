//! What a browser needs of the machine that it runs on and that machines which run tests lack: a
//! screen, a speaker, a microphone, and a network that somebody watches.

mod display;
mod microphone;
mod proxy;
mod sound_server;

use std::process::Command;

pub use microphone::write_beeps;
pub use proxy::Proxy;

use crate::engine::Microphone;
use crate::failure::Failure;
use display::Display;
use sound_server::SoundServer;

/// Which of them an engine does not bring along.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// It opens windows also when nobody looks.
    pub display: bool,
    /// Its `AudioContext` runs, and its microphone hears, by what the system's sound server has.
    pub sound: bool,
}

/// One engine's machine; everything in it ends when this is dropped.
pub struct Machine {
    display: Option<Display>,
    sound: Option<SoundServer>,
}

impl Machine {
    /// Starts what is needed.
    pub fn start(needs: Needs) -> Result<Self, Failure> {
        Ok(Self {
            display: needs.display.then(Display::start).transpose()?,
            sound: needs.sound.then(SoundServer::start).transpose()?,
        })
    }

    /// Makes this command's process, and what it starts, use the machine.
    pub fn lend_to(&self, command: &mut Command) {
        if let Some(display) = &self.display {
            command.env("DISPLAY", &display.name);
        }
        if let Some(sound) = &self.sound {
            sound.client.lend_to(command);
        }
    }

    /// Has this microphone ready for a page to open.
    pub fn provide(&self, microphone: &Microphone) -> Result<(), Failure> {
        match &self.sound {
            Some(sound) => sound.provide(microphone),
            None => Ok(()),
        }
    }

    /// Plugs this microphone in, instead of the one before it.
    pub fn plug_in(&self, microphone: &Microphone) -> Result<(), Failure> {
        match &self.sound {
            Some(sound) => sound.plug_in(microphone),
            None => Ok(()),
        }
    }
}
