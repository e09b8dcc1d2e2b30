//! Frames as the socket has them, text or bytes.

use super::socket::Socket;
use crate::browser::value;
use crate::protocol::binary_frames;
use crate::protocol::frames::{FrameObject, MOST_FRAME_BYTES, Number, ServerFrame, write_audio};
use crate::protocol::sound::Sound;
use js_sys::{ArrayBuffer, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

/// A frame of the server's; nothing where it is malformed. Of what is too long not a word is read, and bytes count only
/// where they were agreed on.
pub fn read(data: &JsValue, may_be_binary: bool) -> Option<(Number, ServerFrame)> {
    if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
        if !may_be_binary || buffer.byte_length() > MOST_FRAME_BYTES {
            return None;
        }
        return binary_frames::read(&Uint8Array::new(buffer).to_vec());
    }
    let text = data.dyn_ref::<JsString>()?;
    // A text that is no ASCII has yet more bytes.
    if text.length() > MOST_FRAME_BYTES {
        return None;
    }
    let object: FrameObject = value::parse(data)?;
    Some((object.number(), object.read()?))
}

/// The outgoing audio frame, built in place fifty times a second, as text or as bytes.
#[derive(Default)]
pub struct OutgoingFrame {
    text: String,
    bytes: Vec<u8>,
}

impl OutgoingFrame {
    /// Sends sound, with its number where frames have one.
    pub fn send(&mut self, socket: &Socket, sound: &Sound, number: Option<u32>, is_binary: bool) {
        match sound {
            Sound::Pcm(pcm) if !is_binary => {
                write_audio(&mut self.text, pcm, number);
                socket.send(&self.text);
            }
            _ => {
                binary_frames::write(&mut self.bytes, sound, number);
                socket.send_bytes(&self.bytes);
            }
        }
    }
}
