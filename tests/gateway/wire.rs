//! Wire version 1 as the server sees it: JSON text frames, audio as base64 of PCM16 little-endian.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Samples a second on the wire.
pub const RATE_HZ: u32 = 24_000;

/// Samples in a frame: 20 ms.
pub const FRAME_SAMPLES: usize = 480;

/// A frame of the client's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FromClient {
    /// Open the call.
    Start,
    /// Microphone samples.
    Audio(Vec<i16>),
    /// Hang up.
    Stop,
    /// Anything else that has a type; ignored, as the contract says.
    Other(String),
}

impl FromClient {
    /// The frame's `type`, for the record.
    pub(super) fn kind(&self) -> &str {
        match self {
            Self::Start => "start",
            Self::Audio(_) => "audio",
            Self::Stop => "stop",
            Self::Other(kind) => kind,
        }
    }
}

/// Reads a frame; `None` is malformed.
pub(super) fn read(text: &str) -> Option<FromClient> {
    let frame: Value = serde_json::from_str(text).ok()?;
    match frame.get("type")?.as_str()? {
        "start" => Some(FromClient::Start),
        "stop" => Some(FromClient::Stop),
        "audio" => {
            let bytes = STANDARD.decode(frame.get("data")?.as_str()?).ok()?;
            let (pairs, rest) = bytes.as_chunks::<2>();
            if pairs.is_empty() || !rest.is_empty() {
                return None;
            }
            let samples = pairs.iter().map(|&pair| i16::from_le_bytes(pair));
            Some(FromClient::Audio(samples.collect()))
        }
        other => Some(FromClient::Other(other.to_owned())),
    }
}

pub(super) fn started(call_id: &str) -> String {
    json!({ "type": "started", "callId": call_id }).to_string()
}

pub(super) fn audio(samples: &[i16]) -> String {
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    json!({ "type": "audio", "data": STANDARD.encode(bytes) }).to_string()
}

pub(super) fn transcript(role: &str, text: &str, seq: u64) -> String {
    json!({ "type": "transcript", "role": role, "text": text, "seq": seq }).to_string()
}

/// A frame that is nothing but its type: `clear`, `agent_ending`, `end_call`.
pub(super) fn bare(kind: &str) -> String {
    json!({ "type": kind }).to_string()
}
