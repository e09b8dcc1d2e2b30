//! From the socket to the speaker, and to the state.

use super::SessionDriver;
use crate::browser::clock::{Timer, now_ms};
use crate::protocol::frames::{self, Number, ServerFrame};
use crate::protocol::opus_packets::OpusPackets;
use crate::session::event::Event;
use crate::session::line::Taken;
use crate::session::opus::decoder::OpusDecoder;
use crate::session::opus::incoming::Next;
use crate::session::socket_frames;
use js_sys::Uint8Array;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

impl SessionDriver {
    /// Reads what the socket brought.
    pub(super) fn read(self: &Rc<Self>, data: &JsValue) {
        let may_be_binary = self.state.borrow().sends_binary();
        match socket_frames::read(data, may_be_binary) {
            Some((number, frame)) => self.from_server(number, frame),
            None => {
                self.count_malformed();
                if let Some(line) = self.state.borrow_mut().line() {
                    line.hear(now_ms());
                }
            }
        }
    }

    fn from_server(self: &Rc<Self>, number: Number, frame: ServerFrame) {
        let taken = {
            let mut state = self.state.borrow_mut();
            if !state.reads(&frame) {
                return;
            }
            match state.line() {
                Some(line) => line.arrive(&frame, number, now_ms()),
                // A type that wire version 1 does not know.
                None if frame == ServerFrame::Ping => return,
                None => Taken::Next,
            }
        };
        if matches!(taken, Taken::Malformed | Taken::OutOfOrder) {
            self.count_malformed();
        }
        if matches!(taken, Taken::Malformed | Taken::Before) {
            return;
        }
        match frame {
            ServerFrame::Audio(pcm) => self.play_in_order(pcm),
            ServerFrame::Opus(packets) => self.decode(&packets),
            ServerFrame::Ping => self.send_text(frames::PONG),
            ServerFrame::Pong | ServerFrame::Ack(_) => {}
            // What comes behind it is read only after it.
            frame @ ServerFrame::Resumed(_) => self.dispatch(Event::Frame(frame)),
            ServerFrame::Clear => {
                if let Some(decoder) = self.decoder.borrow().as_ref() {
                    decoder.clear();
                }
                self.dispatch(Event::Frame(ServerFrame::Clear));
            }
            frame => self.dispatch_in_order(Event::Frame(frame)),
        }
        self.do_what_is_due();
        self.send_what_waits();
    }

    fn count_malformed(&self) {
        self.malformed.set(self.malformed.get() + 1);
    }

    /// Packets of a call that does not speak Opus are no frame, and a decoder that has died cannot read them.
    fn decode(self: &Rc<Self>, packets: &OpusPackets) {
        if !self.state.borrow().plays_audio() {
            return;
        }
        let decoder = self.decoder.borrow().clone();
        if decoder.is_none_or(|decoder| !decoder.decode(packets)) {
            self.count_malformed();
            // Who is spoken to in PCM answers in it (docs/protocol.md).
            if let Some(encoder) = self.encoder.borrow().as_ref() {
                encoder.give_up();
            }
        }
        self.take_what_is_decoded();
    }

    fn play_in_order(self: &Rc<Self>, pcm: Vec<u8>) {
        match self.waiting_for_decoder() {
            Some(decoder) => decoder.sound(pcm),
            None => self.play(&pcm),
        }
    }

    /// What comes after sound that is being decoded must not overtake it.
    pub(super) fn dispatch_in_order(self: &Rc<Self>, event: Event) {
        match self.waiting_for_decoder() {
            Some(decoder) => decoder.event(event),
            None => self.dispatch(event),
        }
    }

    fn waiting_for_decoder(&self) -> Option<Rc<OpusDecoder<Event>>> {
        let decoder = self.decoder.borrow().clone();
        decoder.filter(|decoder| decoder.is_owed())
    }

    /// Plays and tells what the decoder has ready, and looks after what it owes.
    pub(super) fn take_what_is_decoded(self: &Rc<Self>) {
        let Some(decoder) = self.decoder.borrow().clone() else {
            return;
        };
        decoder.look();
        while let Some(next) = decoder.take() {
            match next {
                Next::Sound(pcm) => self.play(&pcm),
                Next::Event(event) => self.dispatch(event),
            }
        }
        self.look_later(&decoder);
    }

    /// One timer, and not one for each packet: when it rings, and the decoder has answered meanwhile, it is set for the rest.
    fn look_later(self: &Rc<Self>, decoder: &OpusDecoder<Event>) {
        let standing = self.decoder_look.take();
        let set = |rest_ms: f64| {
            let driver = self.clone();
            // Later than that, and not just then: it is stuck only after it.
            Timer::after(rest_ms.max(0.0) + 1.0, move || {
                driver.decoder_look.take();
                driver.take_what_is_decoded();
            })
        };
        let look = standing.or_else(|| decoder.patience_ms().map(set));
        self.decoder_look.set(look);
    }

    /// Sound of a call that is not running, or already played out, is dropped.
    fn play(self: &Rc<Self>, pcm: &[u8]) {
        if pcm.is_empty() || !self.state.borrow().plays_audio() {
            return;
        }
        self.dispatch(Event::Audio { bytes: pcm.len() });
        if let Some(audio) = self.audio.borrow().as_ref() {
            // Cloned: that costs less than giving it away.
            let _ = audio.post_message(&Uint8Array::from(pcm).buffer());
        }
    }
}
