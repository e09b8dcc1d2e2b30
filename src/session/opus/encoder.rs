//! The microphone's side: PCM in, frames of Opus out, and of PCM where the browser's encoder fails.

use super::PACKET_US;
use super::format::FORMAT;
use super::outgoing::{Feed, OutgoingPackets};
use crate::browser::web_codecs::Encoder;
use crate::protocol::sound::Sound;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The voice on its way through an encoder.
pub struct OpusEncoder {
    encoder: RefCell<Option<Rc<Encoder>>>,
    packets: RefCell<OutgoingPackets>,
    /// The next packet's time.
    at_us: Cell<f64>,
}

impl OpusEncoder {
    /// `on_change` is called when there may be something to [`take`](Self::take).
    pub fn new(on_change: impl Fn() + Clone + 'static) -> Rc<Self> {
        let voice = Rc::new(Self {
            encoder: RefCell::default(),
            packets: RefCell::default(),
            at_us: Cell::default(),
        });
        let answered = Rc::downgrade(&voice);
        let encoder = Encoder::new(FORMAT, move |packet| {
            if let Some(voice) = answered.upgrade() {
                match packet {
                    Some(packet) => voice.packets.borrow_mut().encoded(packet),
                    None => voice.give_up(),
                }
                on_change();
            }
        });
        match encoder {
            Ok(encoder) => drop(voice.encoder.replace(Some(Rc::new(encoder)))),
            Err(_) => voice.give_up(),
        }
        voice
    }

    /// Takes a packet of the microphone's.
    pub fn speak(&self, pcm: Vec<u8>) {
        let feed = self.packets.borrow_mut().push(pcm.clone());
        let is_alive = feed == Feed::Nothing || self.give(&pcm);
        if !is_alive || self.packets.borrow().is_stuck() {
            self.give_up();
        }
    }

    fn give(&self, pcm: &[u8]) -> bool {
        let at_us = self.at_us.get();
        self.at_us.set(at_us + f64::from(PACKET_US));
        // Nothing is borrowed while a codec is called: a page's own may call back at once.
        let encoder = self.encoder.borrow().clone();
        let given = encoder.map(|encoder| encoder.give(pcm, at_us));
        matches!(given, Some(Ok(())))
    }

    /// What can be sent now.
    pub fn take(&self) -> Option<Sound> {
        self.packets.borrow_mut().take()
    }

    /// From now on the voice goes as PCM.
    pub fn give_up(&self) {
        self.packets.borrow_mut().give_up();
        self.encoder.take();
    }
}
