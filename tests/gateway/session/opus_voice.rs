//! Opus, both ways (wire version 2, `opus`), by libopus.

use opus::{Application, Bitrate, Channels, Decoder, Encoder};

use super::super::wire::{FRAME_SAMPLES, MOST_OPUS_PACKETS, RATE_HZ};

/// What a voice at 24 kHz is worth.
const BITS_A_SECOND: i32 = 24_000;

/// The longest packet that Opus has (RFC 6716, 3.2.1: 1,275 bytes and its header).
const MOST_BYTES: usize = 1_276;

/// One call's codecs.
pub(super) struct OpusVoice {
    decoder: Decoder,
    encoder: Encoder,
    /// Hears what the client hears.
    echo: Decoder,
    /// The visitor's last sound came as Opus. A client whose decoder has died speaks PCM16, and is answered in it.
    pub(super) hears_opus: bool,
}

impl OpusVoice {
    pub(super) fn new() -> Option<Self> {
        let decoder = || Decoder::new(RATE_HZ, Channels::Mono).ok();
        let mut encoder = Encoder::new(RATE_HZ, Channels::Mono, Application::Voip).ok()?;
        encoder.set_bitrate(Bitrate::Bits(BITS_A_SECOND)).ok()?;
        Some(Self {
            decoder: decoder()?,
            encoder,
            echo: decoder()?,
            hears_opus: false,
        })
    }

    /// The 20 ms of a packet; `None` where it is none.
    pub(super) fn decode(&mut self, packet: &[u8]) -> Option<Vec<i16>> {
        decode(&mut self.decoder, packet)
    }

    /// Packets, as many as a frame takes, and what the client hears of them; `None` where the sound goes as it is: it is no
    /// whole packets, or more of them.
    pub(super) fn encode(&mut self, samples: &[i16]) -> Option<(Vec<Vec<u8>>, Vec<i16>)> {
        let (packets, rest) = samples.as_chunks::<FRAME_SAMPLES>();
        if !self.hears_opus || !rest.is_empty() || packets.len() > MOST_OPUS_PACKETS {
            return None;
        }
        let encode =
            |packet: &[i16; FRAME_SAMPLES]| self.encoder.encode_vec(packet, MOST_BYTES).ok();
        let packets: Vec<_> = packets.iter().map(encode).collect::<Option<_>>()?;
        let heard = packets.iter().map(|packet| decode(&mut self.echo, packet));
        let heard: Vec<_> = heard.collect::<Option<_>>()?;
        Some((packets, heard.concat()))
    }
}

fn decode(decoder: &mut Decoder, packet: &[u8]) -> Option<Vec<i16>> {
    // A decoder would take 120 ms, too; a frame's packets have 20.
    let mut samples = vec![0; FRAME_SAMPLES];
    let count = decoder.decode(packet, &mut samples, false).ok()?;
    (count == FRAME_SAMPLES).then_some(samples)
}
