//! Frames as the socket has them, text or bytes.

use super::socket::Socket;
use crate::browser::value;
use crate::protocol::binary_frames;
use crate::protocol::frames::{FrameObject, MOST_FRAME_BYTES, Number, ServerFrame, write_audio};
use js_sys::{ArrayBuffer, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

/// A frame of the server's; nothing where it is malformed. Of what is too long not a word is read, and bytes count only
/// where they were agreed on.
pub fn read(data: &JsValue, may_be_binary: bool) -> Option<(Number, ServerFrame)> {
    if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
        if !may_be_binary || buffer.byte_length() > MOST_FRAME_BYTES {
            return None;
        }
        let bytes = Uint8Array::new(buffer).to_vec();
        let (number, pcm) = binary_frames::read(&bytes)?;
        return Some((number, ServerFrame::Audio(pcm.to_vec())));
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
    /// Sends a packet, with its number where frames have one.
    pub fn send(&mut self, socket: &Socket, packet: &[u8], number: Option<u32>, is_binary: bool) {
        if is_binary {
            binary_frames::write(&mut self.bytes, packet, number);
            socket.send_bytes(&self.bytes);
        } else {
            write_audio(&mut self.text, packet, number);
            socket.send(&self.text);
        }
    }
}
