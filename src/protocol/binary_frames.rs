//! Binary frames of wire version 2: a kind, a number, and sound. Pure and total.

use super::frames::{MOST_FRAME_BYTES, Number};

/// Byte 0 of a frame whose rest is PCM16, little-endian, mono, 24 kHz.
const PCM16: u8 = 1;

/// Kind and number.
pub const HEADER_BYTES: usize = 5;

/// Writes sound as a frame into `frame`, which is emptied first; without a number it has 0 in its place.
pub fn write(frame: &mut Vec<u8>, pcm: &[u8], number: Option<u32>) {
    frame.clear();
    frame.push(PCM16);
    frame.extend_from_slice(&number.unwrap_or_default().to_be_bytes());
    frame.extend_from_slice(pcm);
}

/// The sound of a frame, and its number; nothing where it is malformed. Half a sample is none.
pub fn read(frame: &[u8]) -> Option<(Number, &[u8])> {
    let (&[kind, n3, n2, n1, n0], pcm) = frame.split_first_chunk::<HEADER_BYTES>()?;
    let (whole, _) = pcm.as_chunks::<2>();
    let is_sound = kind == PCM16 && !whole.is_empty() && frame.len() <= MOST_FRAME_BYTES as usize;
    let number = Number::of(u32::from_be_bytes([n3, n2, n1, n0]));
    is_sound.then_some((number, whole.as_flattened()))
}
