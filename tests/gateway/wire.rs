//! The wire as the server sees it. Version 1: JSON text frames, audio as base64 of PCM16 little-endian. Version 2 adds
//! numbers and frames about them, and audio in binary frames.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Samples a second on the wire.
pub const RATE_HZ: u32 = 24_000;

/// Samples in a frame: 20 ms.
pub const FRAME_SAMPLES: usize = 480;

/// The first byte of a binary frame: its samples are PCM16.
pub(super) const PCM16: u8 = 1;

/// The first byte of a binary frame: it holds packets of Opus.
const OPUS: u8 = 2;

/// As many packets stand in a frame at most.
pub(super) const MOST_OPUS_PACKETS: usize = 6;

/// A frame of the client's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FromClient {
    /// Open the call. Names of what the client can of version 2.
    Start(Vec<String>),
    /// Microphone samples; `None` is malformed, but has arrived.
    Audio(Option<Vec<i16>>),
    /// Version 2: the same as packets of Opus.
    Opus(Option<Vec<Vec<u8>>>),
    /// Hang up.
    Stop,
    /// Version 2: all up to this number has arrived.
    Ack,
    /// Version 2: asks for a sign of life.
    Ping,
    /// Version 2: a sign of life.
    Pong,
    /// Version 2: so old is the voice that comes now.
    Late,
    /// Anything else that has a type; ignored, as the contract says.
    Other(String),
}

/// A number of version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Missing,
    Is(u32),
    /// No whole number of 1 to 4,294,967,295.
    Wrong,
}

impl Number {
    fn of(value: Option<&Value>) -> Self {
        let Some(value) = value else {
            return Self::Missing;
        };
        match value.as_u64().map(u32::try_from) {
            Some(Ok(number)) if number > 0 => Self::Is(number),
            _ => Self::Wrong,
        }
    }
}

impl FromClient {
    /// The frame's `type`, for the record.
    pub(super) fn kind(&self) -> &str {
        match self {
            Self::Start(_) => "start",
            Self::Audio(_) | Self::Opus(_) => "audio",
            Self::Stop => "stop",
            Self::Ack => "ack",
            Self::Ping => "ping",
            Self::Pong => "pong",
            Self::Late => "late",
            Self::Other(kind) => kind,
        }
    }
}

/// A frame and what version 2 adds to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) frame: FromClient,
    pub(super) number: Number,
    /// How late the voice is.
    pub(super) ms: Option<u64>,
}

/// Reads a text frame; `None` is malformed.
pub(super) fn read(text: &str) -> Option<Read> {
    let value: Value = serde_json::from_str(text).ok()?;
    let frame = match value.get("type")?.as_str()? {
        "start" => FromClient::Start(names(value.get("features"))),
        "stop" => FromClient::Stop,
        "audio" => FromClient::Audio(base64(value.get("data"))),
        "ack" => FromClient::Ack,
        "ping" => FromClient::Ping,
        "pong" => FromClient::Pong,
        "late" => FromClient::Late,
        other => FromClient::Other(other.to_owned()),
    };
    Some(Read {
        frame,
        number: Number::of(value.get("n")),
        ms: value.get("ms").and_then(Value::as_u64),
    })
}

fn names(value: Option<&Value>) -> Vec<String> {
    let names = value.and_then(Value::as_array).into_iter().flatten();
    names
        .filter_map(|n| n.as_str().map(str::to_owned))
        .collect()
}

fn base64(value: Option<&Value>) -> Option<Vec<i16>> {
    samples(&STANDARD.decode(value?.as_str()?).ok()?)
}

/// Whole samples, and at least one.
pub(super) fn samples(bytes: &[u8]) -> Option<Vec<i16>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let samples = pairs.iter().map(|&pair| i16::from_le_bytes(pair));
    (!pairs.is_empty() && rest.is_empty()).then(|| samples.collect())
}

/// Reads a binary frame, of Opus only where that was agreed on; `None` is malformed, and whether it had a number cannot be
/// told.
pub(super) fn read_binary(bytes: &[u8], may_be_opus: bool) -> Option<Read> {
    let (&[kind, a, b, c, d], rest) = bytes.split_first_chunk::<5>()?;
    let number = match u32::from_be_bytes([a, b, c, d]) {
        0 => Number::Wrong,
        number => Number::Is(number),
    };
    let frame = match kind {
        PCM16 => FromClient::Audio(samples(rest)),
        OPUS if may_be_opus => FromClient::Opus(packets(rest)),
        _ => return None,
    };
    let ms = None;
    Some(Read { frame, number, ms })
}

/// One packet to six, each after its length, none of them empty, and nothing behind the last.
fn packets(mut rest: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut packets = Vec::new();
    while let Some((&length, after)) = rest.split_first_chunk::<2>() {
        let (packet, after) = after.split_at_checked(u16::from_be_bytes(length).into())?;
        packets.push(packet.to_vec());
        rest = after;
    }
    let is_whole = rest.is_empty() && packets.iter().all(|packet| !packet.is_empty());
    (is_whole && (1..=MOST_OPUS_PACKETS).contains(&packets.len())).then_some(packets)
}

pub(super) fn started(call_id: &str, features: &[&str], resume: Option<(&str, u64)>) -> String {
    let mut frame = json!({ "type": "started", "callId": call_id });
    if let Some(members) = frame.as_object_mut() {
        if !features.is_empty() {
            members.insert("features".to_owned(), json!(features));
        }
        if let Some((token, grace_ms)) = resume {
            let resume = json!({ "token": token, "graceMs": grace_ms });
            members.insert("resume".to_owned(), resume);
        }
    }
    frame.to_string()
}

/// A frame with its number, where it has one.
pub(super) fn numbered(mut frame: Value, number: Option<u32>) -> String {
    if let (Some(members), Some(number)) = (frame.as_object_mut(), number) {
        members.insert("n".to_owned(), number.into());
    }
    frame.to_string()
}

fn bytes(samples: &[i16]) -> impl Iterator<Item = u8> {
    samples.iter().flat_map(|s| s.to_le_bytes())
}

pub(super) fn audio(samples: &[i16]) -> Value {
    let data = STANDARD.encode(bytes(samples).collect::<Vec<_>>());
    json!({ "type": "audio", "data": data })
}

/// Sound as a binary frame. Without a number there is a 0 in its place.
pub(super) fn binary_audio(samples: &[i16], number: Option<u32>) -> Vec<u8> {
    let head = [PCM16].into_iter();
    let number = number.unwrap_or_default().to_be_bytes();
    head.chain(number).chain(bytes(samples)).collect()
}

/// Packets of Opus as a binary frame.
pub(super) fn binary_opus(packets: &[Vec<u8>], number: Option<u32>) -> Vec<u8> {
    let mut frame = vec![OPUS];
    frame.extend(number.unwrap_or_default().to_be_bytes());
    for packet in packets {
        // No packet of Opus is longer than 1,276 bytes.
        frame.extend((packet.len() as u16).to_be_bytes());
        frame.extend(packet);
    }
    frame
}

pub(super) fn transcript(role: &str, text: &str, seq: u64) -> Value {
    json!({ "type": "transcript", "role": role, "text": text, "seq": seq })
}

/// A frame that is nothing but its type: `clear`, `agent_ending`, `end_call`.
pub(super) fn bare(kind: &str) -> Value {
    json!({ "type": kind })
}

pub(super) fn error(message: &str) -> Value {
    json!({ "type": "error", "message": message })
}

pub(super) fn ack(number: u32) -> Value {
    json!({ "type": "ack", "n": number })
}

/// The first frame of a socket that resumes a call.
pub(super) fn resumed(received: u32) -> Value {
    json!({ "type": "resumed", "received": received })
}
