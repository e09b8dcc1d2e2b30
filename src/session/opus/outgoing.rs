//! The microphone's packets on their way through the encoder: three packets of Opus a frame, and PCM where there is no
//! encoder any more. Pure.

use super::OWES_PACKETS;
use crate::protocol::opus_packets::{MOST_OPUS_PACKETS, OpusPackets};
use crate::protocol::sound::Sound;
use std::collections::VecDeque;

/// So many packets go in one frame: each frame costs 40 bytes of WebSocket, TLS and ours, and each packet waits for the next.
const FRAME_PACKETS: usize = 3;

/// A packet is silent where no sample is louder: −50 dB of full scale. Nobody hears that beside a voice.
const SILENT_PEAK: u16 = 103;

/// After so many silent packets (0.4 s) no more are encoded: the end of a word is quiet, too.
const SILENT_BEFORE: u32 = 20;

/// Of silent packets every so many is encoded, so that the other side's comfort noise stays true: 0.4 s, as Opus has it.
const ENCODED_OF_SILENT: u32 = 20;

/// What the encoder is to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// Encode it, and bring the answer to [`OutgoingPackets::encoded`].
    Encode,
    /// Nothing.
    Nothing,
}

/// A packet that has not been sent.
#[derive(Debug)]
struct Waiting {
    pcm: Vec<u8>,
    /// What the encoder made of it; nothing while it has not answered.
    opus: Option<Vec<u8>>,
}

/// Packets in the order in which they were spoken.
#[derive(Debug)]
pub struct OutgoingPackets {
    waiting: VecDeque<Waiting>,
    /// There is an encoder.
    encodes: bool,
    /// Silent packets since the last one that was not.
    silent: u32,
    /// A packet of Opus that says "nothing here" (RFC 6716, 3.1: a header, and a frame of length 0), in the encoder's
    /// present way of coding.
    nothing: Option<u8>,
}

impl Default for OutgoingPackets {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            encodes: true,
            silent: 0,
            nothing: None,
        }
    }
}

impl OutgoingPackets {
    /// Puts a packet of PCM in line.
    pub fn push(&mut self, pcm: Vec<u8>) -> Feed {
        // Without an encoder nothing goes as Opus: the other side answers in the kind that it hears.
        let nothing = self.nothing.filter(|_| self.encodes);
        let nothing = nothing.filter(|_| self.is_left_out(&pcm));
        let opus = nothing.map(|nothing| vec![nothing]);
        let is_for_encoder = self.encodes && opus.is_none();
        self.waiting.push_back(Waiting { pcm, opus });
        if is_for_encoder {
            Feed::Encode
        } else {
            Feed::Nothing
        }
    }

    /// Whether a packet need not be encoded. It is counted.
    fn is_left_out(&mut self, pcm: &[u8]) -> bool {
        let (samples, _) = pcm.as_chunks::<2>();
        let is_quiet = |&sample: &[u8; 2]| i16::from_le_bytes(sample).unsigned_abs() <= SILENT_PEAK;
        if !samples.iter().all(is_quiet) {
            self.silent = 0;
            return false;
        }
        self.silent = self.silent.saturating_add(1);
        self.silent > SILENT_BEFORE && !self.silent.is_multiple_of(ENCODED_OF_SILENT)
    }

    /// The encoder's next answer. It answers in order, and once for each packet.
    pub fn encoded(&mut self, packet: Vec<u8>) {
        let next = self.waiting.iter_mut().find(|next| next.opus.is_none());
        if let (Some(next), Some(header)) = (next, packet.first()) {
            // Its last two bits count frames: none of them, none is one frame.
            self.nothing = Some(header & !3);
            next.opus = Some(packet);
        }
    }

    /// Whether the encoder owes too much.
    pub fn is_stuck(&self) -> bool {
        self.encodes && self.waiting.len() > OWES_PACKETS
    }

    /// There is no encoder any more: what it has answered goes as it is, the rest as PCM.
    pub fn give_up(&mut self) {
        self.encodes = false;
    }

    /// Whether there is an encoder.
    pub fn encodes(&self) -> bool {
        self.encodes
    }

    /// The visitor's turn to speak is over. The encoder may still answer, and must not be believed then.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.encodes = false;
    }

    /// What can be sent now.
    pub fn take(&mut self) -> Option<Sound> {
        let ready = self
            .waiting
            .iter()
            .take_while(|next| next.opus.is_some())
            .count();
        let taken = match (self.encodes, ready) {
            (true, ready) if ready < FRAME_PACKETS => return None,
            (true, _) => FRAME_PACKETS,
            (false, 0) => return Some(Sound::Pcm(self.waiting.pop_front()?.pcm)),
            (false, ready) => ready.min(MOST_OPUS_PACKETS),
        };
        let mut packets = OpusPackets::default();
        for packet in self.waiting.drain(..taken).filter_map(|next| next.opus) {
            packets.push(&packet);
        }
        Some(Sound::Opus(packets))
    }
}
