//! The agent's side: packets of Opus in, PCM16 at the wire's rate out, in order with all else that arrives.

use super::PACKET_US;
use super::format::FORMAT;
use super::incoming::{Incoming, Next};
use crate::browser::clock::now_ms;
use crate::browser::web_codecs::{Decoder, Samples};
use crate::protocol::audio_port::WIRE_RATE_HZ;
use crate::protocol::opus_packets::OpusPackets;
use crate::resampler::Resampler;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Two decoders die of one bad packet. After so many deaths without an answer there is none that works.
const MOST_DEATHS: u32 = 10;

/// A decoder that does not answer has cost seconds: it counts for so many.
const DEATHS_OF_SILENCE: u32 = 5;

/// Half a second: what one answer may hold without another allocation.
const MOST_INPUTS: usize = 24_000;

/// What arrives, on its way through a decoder.
pub struct OpusDecoder<Event> {
    incoming: RefCell<Incoming<Event>>,
    decoder: RefCell<Option<Rc<Decoder>>>,
    resampler: RefCell<Option<(u32, Resampler)>>,
    /// The next packet's time.
    at_us: Cell<f64>,
    /// Decoders that have died since the last answer.
    deaths: Cell<u32>,
    /// How often a decoder was replaced: the answers of those before the present one count no more.
    replaced: Cell<u32>,
    on_change: Box<dyn Fn()>,
}

impl<Event: 'static> OpusDecoder<Event> {
    /// `on_change` is called when there may be something to [`take`](Self::take).
    pub fn new(on_change: impl Fn() + 'static) -> Rc<Self> {
        Rc::new(Self {
            incoming: RefCell::default(),
            decoder: RefCell::default(),
            resampler: RefCell::default(),
            at_us: Cell::default(),
            deaths: Cell::default(),
            replaced: Cell::default(),
            on_change: Box::new(on_change),
        })
    }

    /// Takes packets of the agent's voice. False: there is no decoder any more.
    pub fn decode(self: &Rc<Self>, packets: &OpusPackets) -> bool {
        if self.is_dead() {
            return false;
        }
        for packet in packets.iter() {
            self.incoming
                .borrow_mut()
                .decoding(packet.to_vec(), now_ms());
            if !self.give(packet) {
                self.replace_decoder(true);
            }
        }
        !self.is_dead()
    }

    /// Takes PCM16.
    pub fn sound(&self, pcm: Vec<u8>) {
        self.incoming.borrow_mut().sound(pcm);
    }

    /// Takes anything else.
    pub fn event(&self, event: Event) {
        self.incoming.borrow_mut().event(event);
    }

    /// What was to be played is not to be played any more.
    pub fn clear(&self) {
        self.incoming.borrow_mut().clear();
    }

    /// What can be played or told now.
    pub fn take(&self) -> Option<Next<Event>> {
        self.incoming.borrow_mut().take()
    }

    /// Whether the decoder owes something.
    pub fn is_owed(&self) -> bool {
        self.incoming.borrow().is_owed()
    }

    /// In how many ms one that owes something and says nothing is to be replaced.
    pub fn patience_ms(&self) -> Option<f64> {
        self.incoming.borrow().patience_ms(now_ms())
    }

    /// Whether no decoder works.
    pub fn is_dead(&self) -> bool {
        self.deaths.get() >= MOST_DEATHS
    }

    /// A decoder that does not answer any more is replaced.
    pub fn look(self: &Rc<Self>) {
        let is_stuck = self.incoming.borrow().is_stuck(now_ms());
        if is_stuck {
            self.replace_decoder(false);
        }
    }

    fn give(self: &Rc<Self>, packet: &[u8]) -> bool {
        // Nothing is borrowed while a codec is called: a page's own may call back at once.
        let mut decoder = self.decoder.borrow().clone();
        if decoder.is_none() {
            let answered = Rc::downgrade(self);
            let which = self.replaced.get();
            let made = Decoder::new(FORMAT, move |samples| {
                let voice = answered.upgrade();
                if let Some(voice) = voice.filter(|voice| voice.replaced.get() == which) {
                    voice.answered(samples);
                }
            });
            decoder = made.ok().map(Rc::new);
            self.decoder.replace(decoder.clone());
        }
        let at_us = self.at_us.get();
        self.at_us.set(at_us + f64::from(PACKET_US));
        let given = decoder.map(|decoder| decoder.give(packet, at_us));
        matches!(given, Some(Ok(())))
    }

    fn answered(self: &Rc<Self>, samples: Option<Samples>) {
        match samples.and_then(|samples| self.at_wire_rate(samples)) {
            Some(pcm) => {
                self.deaths.set(0);
                self.incoming.borrow_mut().decoded(pcm, now_ms());
            }
            None => self.replace_decoder(true),
        }
        (self.on_change)();
    }

    /// A decoder that has erred is closed for ever: the next one is given what it owes.
    fn replace_decoder(self: &Rc<Self>, died_of_a_packet: bool) {
        self.decoder.take();
        let replaced = self.replaced.get() + 1;
        self.replaced.set(replaced);
        let deaths = if died_of_a_packet {
            self.incoming.borrow_mut().failed(now_ms());
            1
        } else {
            DEATHS_OF_SILENCE
        };
        self.deaths.set(self.deaths.get() + deaths);
        if self.is_dead() {
            return self.incoming.borrow_mut().give_up();
        }
        let owed = self.incoming.borrow_mut().owed_anew(now_ms());
        for packet in owed {
            let is_given = self.give(&packet);
            // Who has called back at once has had the rest given to another.
            if self.replaced.get() != replaced {
                return;
            }
            if !is_given {
                return self.replace_decoder(true);
            }
        }
    }

    /// PCM16 at the wire's rate; nothing where the rate is none.
    fn at_wire_rate(&self, (samples, rate_hz): Samples) -> Option<Vec<u8>> {
        let mut resampler = self.resampler.borrow_mut();
        if resampler
            .as_ref()
            .is_none_or(|(from_hz, _)| *from_hz != rate_hz)
        {
            *resampler =
                Resampler::new(rate_hz, WIRE_RATE_HZ, MOST_INPUTS).map(|made| (rate_hz, made));
        }
        let (_, resampler) = resampler.as_mut()?;
        let mut pcm = Vec::with_capacity(samples.len() * 2);
        resampler.process(samples.into_iter(), usize::MAX, |sample| {
            let sample = (sample * 32_768.0).round() as i16;
            pcm.extend_from_slice(&sample.to_le_bytes());
        });
        Some(pcm)
    }
}
