//! The socket's frames of text ↔ types, of both wire versions. Total: what is no frame is `None`. The text itself is read by the engine's own
//! `JSON.parse`, which is twice as fast as anything that we could bring.

use super::features::Agreed;
use super::member::Member;
use super::opus_packets::OpusPackets;
use super::session::{Role, Transcript};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

/// Sent as soon as the socket is open. What it offers is wire version 2, and a server of version 1 does not see it.
pub const START: &str =
    r#"{"type":"start","agentId":"","promptOverride":null,"features":["resume","binary"]}"#;
/// The same where the browser has Opus.
pub const START_WITH_OPUS: &str =
    r#"{"type":"start","agentId":"","promptOverride":null,"features":["resume","binary","opus"]}"#;
/// Sent when the visitor hangs up.
pub const STOP: &str = r#"{"type":"stop"}"#;
/// The question whether the other side is there, and the answer to it (wire version 2).
pub const PING: &str = r#"{"type":"ping"}"#;
/// See [`PING`].
pub const PONG: &str = r#"{"type":"pong"}"#;

/// A longer frame is malformed. Half a minute of sound takes two of these four MiB.
pub const MOST_FRAME_BYTES: u32 = 4 << 20;

/// A longer text of one transcript nobody says: a quarter of an hour of speech.
const MOST_SAID_BYTES: usize = 20_000;

/// Fifteen digits: of longer whole numbers not all are JavaScript's.
const MOST_SEQ: u64 = 999_999_999_999_999;

/// A frame from the server. What a version-1 client does nothing with is [`ServerFrame::Ignored`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerFrame {
    /// The agent answers, and takes so much of wire version 2.
    Started(Agreed),
    /// PCM16 little-endian mono at 24 kHz.
    Audio(Vec<u8>),
    /// Packets of Opus, 20 ms each (wire version 2).
    Opus(OpusPackets),
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
    /// A lost line is taken up again; the server has received all up to this number.
    Resumed(Option<u32>),
    /// The server has received all up to this number.
    Ack(Option<u32>),
    /// Are you there?
    Ping,
    /// A sign of life.
    Pong,
    /// A type that we do not know, or do not use.
    Ignored,
}

impl ServerFrame {
    /// Whether wire version 2 counts it.
    pub fn has_number(&self) -> bool {
        !matches!(
            self,
            Self::Started(_) | Self::Resumed(_) | Self::Ack(_) | Self::Ping | Self::Pong
        )
    }
}

/// The number of a frame, in wire version 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Number {
    /// There is none.
    #[default]
    Missing,
    /// It is none that a frame can have.
    Wrong,
    /// From 1 on.
    Is(u32),
}

impl Number {
    /// What a frame has in the place of its number.
    pub fn of(number: u32) -> Self {
        if number == 0 {
            Self::Wrong
        } else {
            Self::Is(number)
        }
    }
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
    n: Member,
    received: Member,
    features: Member,
    resume: Member,
}

impl FrameObject {
    /// Its number.
    pub fn number(&self) -> Number {
        match &self.n {
            Member::Number(_) => count(&self.n).map_or(Number::Wrong, Number::of),
            _ => Number::Missing,
        }
    }

    /// The frame; nothing where it is malformed.
    pub fn read(self) -> Option<ServerFrame> {
        Some(match self.kind.text()?.as_str() {
            "started" => ServerFrame::Started(Agreed::read(&self.features, &self.resume)),
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
            "resumed" => ServerFrame::Resumed(count(&self.received)),
            "ack" => ServerFrame::Ack(count(&self.n)),
            "ping" => ServerFrame::Ping,
            "pong" => ServerFrame::Pong,
            _ => ServerFrame::Ignored,
        })
    }
}

/// A number of wire version 2 has 32 bits.
fn count(member: &Member) -> Option<u32> {
    member.count(u32::MAX.into())?.try_into().ok()
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

/// Writes one microphone packet as a frame into `frame`, which is emptied first; with its number, where frames have one.
pub fn write_audio(frame: &mut String, pcm: &[u8], number: Option<u32>) {
    frame.clear();
    frame.push_str(r#"{"type":"audio","data":""#);
    BASE64.encode_string(pcm, frame);
    match number {
        None => frame.push_str("\"}"),
        Some(number) => frame.push_str(&format!("\",\"n\":{number}}}")),
    }
}

/// [`STOP`] with its number.
pub fn numbered_stop(number: u32) -> String {
    format!(r#"{{"type":"stop","n":{number}}}"#)
}

/// All up to this number has arrived.
pub fn ack(number: u32) -> String {
    format!(r#"{{"type":"ack","n":{number}}}"#)
}

/// The voice that follows is so old.
pub fn late(age_ms: u32) -> String {
    format!(r#"{{"type":"late","ms":{age_ms}}}"#)
}

/// The socket's address for one token.
pub fn socket_url(wss_url: &str, token: &str) -> String {
    with_parameter(wss_url, "token", token)
}

/// The address at which a lost line is taken up again: all up to this number has arrived.
pub fn resume_url(wss_url: &str, token: &str, received: u32) -> String {
    let url = with_parameter(wss_url, "resume", token);
    format!("{url}&received={received}")
}

fn with_parameter(wss_url: &str, name: &str, value: &str) -> String {
    let mut url: String = wss_url.chars().take_while(|c| *c != '#').collect();
    url.push(if url.bytes().any(|byte| byte == b'?') {
        '&'
    } else {
        '?'
    });
    url.push_str(name);
    url.push('=');
    for byte in value.bytes() {
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
