//! Binary frames of wire version 2: a kind, a number, and sound. Pure and total.

use super::frames::{MOST_FRAME_BYTES, Number, ServerFrame};
use super::opus_packets::OpusPackets;
use super::sound::Sound;

/// Byte 0 of a frame whose rest is PCM16, little-endian, mono, 24 kHz.
const PCM16: u8 = 1;

/// Byte 0 of a frame whose rest is packets of Opus, 20 ms each, each after its length.
const OPUS: u8 = 2;

/// Kind and number.
pub const HEADER_BYTES: usize = 5;

/// Writes sound as a frame into `frame`, which is emptied first; without a number it has 0 in its place.
pub fn write(frame: &mut Vec<u8>, sound: &Sound, number: Option<u32>) {
    frame.clear();
    frame.push(match sound {
        Sound::Pcm(_) => PCM16,
        Sound::Opus(_) => OPUS,
    });
    frame.extend_from_slice(&number.unwrap_or_default().to_be_bytes());
    frame.extend_from_slice(match sound {
        Sound::Pcm(pcm) => pcm,
        Sound::Opus(packets) => packets.bytes(),
    });
}

/// The frame, and its number; nothing where it is malformed. Half a sample is none.
pub fn read(frame: &[u8]) -> Option<(Number, ServerFrame)> {
    let (&[kind, n3, n2, n1, n0], rest) = frame.split_first_chunk::<HEADER_BYTES>()?;
    if frame.len() > MOST_FRAME_BYTES as usize {
        return None;
    }
    let number = Number::of(u32::from_be_bytes([n3, n2, n1, n0]));
    let (samples, _) = rest.as_chunks::<2>();
    let frame = match kind {
        PCM16 if !samples.is_empty() => ServerFrame::Audio(samples.as_flattened().to_vec()),
        OPUS => ServerFrame::Opus(OpusPackets::read(rest)?),
        _ => return None,
    };
    Some((number, frame))
}
