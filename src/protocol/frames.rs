//! Wire version 1: socket frames ↔ types. Total: what is no frame is `None`. The text itself is read by the engine's own
//! `JSON.parse`, which is twice as fast as anything that we could bring.

use super::member::Member;
use super::session::{Role, Transcript};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

/// Sent as soon as the socket is open.
pub const START: &str = r#"{"type":"start","agentId":"","promptOverride":null}"#;
/// Sent when the visitor hangs up.
pub const STOP: &str = r#"{"type":"stop"}"#;

/// A longer frame is malformed. Half a minute of sound takes two of these four MiB.
pub const MOST_FRAME_BYTES: u32 = 4 << 20;

/// A longer text of one transcript nobody says: a quarter of an hour of speech.
const MOST_SAID_BYTES: usize = 20_000;

/// Fifteen digits: of longer whole numbers not all are JavaScript's.
const MOST_SEQ: u64 = 999_999_999_999_999;

/// A frame from the server. What a version-1 client does nothing with is [`ServerFrame::Ignored`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerFrame {
    /// The agent answers.
    Started,
    /// PCM16 little-endian mono at 24 kHz.
    Audio(Vec<u8>),
    /// Drop what is queued, now.
    Clear,
    /// The goodbye is playing: send no more microphone audio.
    AgentEnding,
    /// Play out what is queued, then end; a transfer ends our part in the same way.
    EndCall,
    /// Something was said.
    Transcript(Transcript),
    /// Something went wrong on the server, in its own words, not yet fit to be shown.
    Error(String),
    /// A type that we do not know, or do not use.
    Ignored,
}

/// The object that a frame's text is: all members that a frame of any type may have.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FrameObject {
    #[serde(rename = "type")]
    kind: Member,
    data: Member,
    message: Member,
    role: Member,
    text: Member,
    seq: Member,
}

impl FrameObject {
    /// The frame; nothing where it is malformed.
    pub fn read(self) -> Option<ServerFrame> {
        Some(match self.kind.text()?.as_str() {
            "started" => ServerFrame::Started,
            "audio" => {
                let mut pcm = decode(&self.data.text()?)?;
                // Half a sample is none.
                pcm.truncate(pcm.len() & !1);
                ServerFrame::Audio(pcm)
            }
            "transcript" => ServerFrame::Transcript(Transcript {
                role: match self.role.text()?.as_str() {
                    "user" => Role::User,
                    "assistant" => Role::Assistant,
                    _ => return None,
                },
                text: self
                    .text
                    .text()
                    .filter(|text| text.len() < MOST_SAID_BYTES)?,
                seq: self.seq.count(MOST_SEQ)?,
            }),
            "clear" => ServerFrame::Clear,
            "agent_ending" => ServerFrame::AgentEnding,
            "end_call" | "transfer_call" => ServerFrame::EndCall,
            "error" => ServerFrame::Error(self.message.text().unwrap_or_default()),
            _ => ServerFrame::Ignored,
        })
    }
}

/// Bits left over in the last letter do not matter: whoever sent them, the bytes are clear.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The bytes behind a base64 text whose padding is whole or absent; nothing where it is none.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let padded = text.len().is_multiple_of(4);
    let unpadded = match text.strip_suffix('=').filter(|_| padded) {
        Some(shorter) => shorter.strip_suffix('=').unwrap_or(shorter),
        None => text,
    };
    BASE64.decode(unpadded).ok()
}

/// Writes one microphone packet as a frame into `frame`, which is emptied first.
pub fn write_audio(frame: &mut String, pcm: &[u8]) {
    frame.clear();
    frame.push_str(r#"{"type":"audio","data":""#);
    BASE64.encode_string(pcm, frame);
    frame.push_str("\"}");
}

/// The socket's address for one token.
pub fn socket_url(wss_url: &str, token: &str) -> String {
    let mut url: String = wss_url.chars().take_while(|c| *c != '#').collect();
    url.push(if url.bytes().any(|byte| byte == b'?') {
        '&'
    } else {
        '?'
    });
    url.push_str("token=");
    for byte in token.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                url.push(byte as char);
            }
            _ => {
                url.push_str(&format!("%{byte:02x}"));
            }
        }
    }
    url
}
