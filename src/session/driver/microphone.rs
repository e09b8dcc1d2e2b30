//! From the microphone to the socket.

use super::SessionDriver;
use crate::browser::clock::now_ms;
use crate::protocol::audio_port;
use crate::protocol::sound::Sound;
use crate::session::event::Event;
use crate::session::line_watch::NotTaken;
use js_sys::{ArrayBuffer, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

/// What the socket holds unsent is bounded by the time that it stands for, and Opus needs so many times fewer bytes: 80 a packet,
/// of 960.
const SOUND_IN_A_BYTE_OF_OPUS: u32 = 12;

impl SessionDriver {
    pub(super) fn from_audio(self: &Rc<Self>, event: &MessageEvent) {
        let data = event.data();
        if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
            self.speak(Uint8Array::new(buffer).to_vec());
            // Fifty times a second.
            self.see_to_timers();
            if self.state.borrow().has_talk_waiting() {
                self.dispatch(Event::Tick);
            }
        } else if data.as_f64() == Some(f64::from(audio_port::DRAINED)) {
            self.dispatch(Event::Drained);
        }
    }

    /// Takes a packet of the microphone's.
    fn speak(self: &Rc<Self>, packet: Vec<u8>) {
        let encoder = self.encoder.borrow().clone();
        let Some(encoder) = encoder else {
            return self.send_or_note(Sound::Pcm(packet));
        };
        if self.state.borrow().sends_audio() {
            encoder.speak(packet);
            self.send_what_is_encoded();
        }
    }

    /// Sends what the encoder has ready.
    pub(super) fn send_what_is_encoded(self: &Rc<Self>) {
        let encoder = self.encoder.borrow().clone();
        while let Some(sound) = encoder.as_ref().and_then(|encoder| encoder.take()) {
            self.send_or_note(sound);
        }
    }

    fn send_or_note(self: &Rc<Self>, sound: Sound) {
        if self.send_sound(sound).is_err() {
            self.dispatch(Event::NotTaken);
        }
    }

    /// Sends sound, after all that the socket could not take before it.
    ///
    /// # Errors
    /// The socket has taken nothing for too long.
    fn send_sound(&self, sound: Sound) -> Result<(), NotTaken> {
        let mut send_buffer = self.send_buffer.borrow_mut();
        let mut state = self.state.borrow_mut();
        if !state.sends_audio() {
            send_buffer.clear();
            return Ok(());
        }
        if let Some(line) = state.line() {
            line.sent.push(now_ms(), sound);
            drop(state);
            self.send_what_waits();
            return Ok(());
        }
        let socket = self.socket.borrow();
        let Some(socket) = socket.as_ref() else {
            send_buffer.clear();
            return Ok(());
        };
        let mut line_watch = self.line_watch.borrow_mut();
        if self.page_stands() {
            line_watch.start_anew();
        }
        line_watch.look(socket.unsent_bytes(), now_ms())?;
        let sound_in_a_byte = match sound {
            Sound::Pcm(_) => 1,
            Sound::Opus(_) => SOUND_IN_A_BYTE_OF_OPUS,
        };
        send_buffer.push(now_ms(), sound);
        let mut frame = self.frame.borrow_mut();
        let unsent_bytes = || socket.unsent_bytes().saturating_mul(sound_in_a_byte);
        while let Some(sound) = send_buffer.next(unsent_bytes()) {
            frame.send(socket, &sound, None, state.sends_binary());
        }
        line_watch.left(socket.unsent_bytes());
        Ok(())
    }

    /// Gives the socket what it can take of a line that outlives it.
    pub(super) fn send_what_waits(&self) {
        let socket = self.socket.borrow();
        let mut state = self.state.borrow_mut();
        let is_binary = state.sends_binary();
        let mut frame = self.frame.borrow_mut();
        if let Some(socket) = socket.as_ref()
            && let Some(line) = state.line()
        {
            while let Some((number, sound)) = line.next_to_send(socket.unsent_bytes(), now_ms()) {
                frame.send(socket, sound, Some(number), is_binary);
            }
        }
    }
}
