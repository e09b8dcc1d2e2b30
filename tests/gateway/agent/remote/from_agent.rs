//! What an agent at a URL says, and what is wrong with it. Pure.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::super::wire::{self, RATE_HZ};

/// A frame of the agent's.
#[derive(Debug, PartialEq)]
pub enum FromAgent {
    /// It takes the call; whether sound may go in binary frames.
    Started {
        /// It takes sound in binary frames.
        binary: bool,
    },
    /// Its voice.
    Audio(Vec<i16>),
    /// What somebody said; one with a number that has been there has grown.
    Transcript {
        /// `user` or `assistant`.
        role: &'static str,
        /// The words.
        text: String,
        /// The text's number.
        seq: u64,
    },
    /// Drop what is queued.
    Clear,
    /// It says goodbye.
    AgentEnding,
    /// The call is over once all is played.
    EndCall,
    /// It gives the call up, and says why.
    Error(String),
    /// Anything else of the wire's, or of a later one: the client decides.
    Other(Value),
    /// About the line between us, which has none of it.
    Line,
}

/// What is wrong with a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Not a JSON object with a `type`.
    NotAFrame,
    /// `audio` whose `data` is not base64 of whole samples, or a binary frame that holds none.
    NoSamples,
    /// `transcript` without a role, a text or a number that is one.
    Transcript,
    /// Sound that begins as a WAV file does.
    WavFile {
        /// As the file's head says it.
        hz: u32,
        /// As the file's head says it.
        channels: u16,
    },
    /// The agent says itself that it speaks another rate.
    Rate(u64),
}

impl Wrong {
    /// Whether what follows is of no use either.
    pub const fn ends_the_call(&self) -> bool {
        matches!(self, Self::WavFile { .. } | Self::Rate(_))
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFrame => out.write_str("a frame is no JSON object with a \"type\""),
            Self::NoSamples => {
                out.write_str("a frame of sound does not hold whole samples of 16 bits")
            }
            Self::Transcript => {
                out.write_str("a transcript needs \"role\" (user, assistant), \"text\" and \"seq\"")
            }
            Self::WavFile { hz, channels } => write!(
                out,
                "its sound is a WAV file ({hz} Hz, {channels} channels), and has to be bare samples: \
                 16 bits, mono, {RATE_HZ} Hz"
            ),
            Self::Rate(hz) => write!(
                out,
                "its sound has {hz} samples a second, and has to have {RATE_HZ}"
            ),
        }
    }
}

/// Reads a text frame.
pub fn read(text: &str) -> Result<FromAgent, Wrong> {
    let mut frame: Value = serde_json::from_str(text).map_err(|_| Wrong::NotAFrame)?;
    let kind = frame.get("type").and_then(Value::as_str);
    match kind.ok_or(Wrong::NotAFrame)? {
        "started" => {
            is_of_our_rate(&frame)?;
            let taken = frame.get("features").and_then(Value::as_array);
            let binary = taken.is_some_and(|names| names.iter().any(|name| name == "binary"));
            Ok(FromAgent::Started { binary })
        }
        "audio" => {
            is_of_our_rate(&frame)?;
            let data = frame.get("data").and_then(Value::as_str);
            let bytes = data.and_then(|data| STANDARD.decode(data).ok());
            sound(&bytes.ok_or(Wrong::NoSamples)?)
        }
        "transcript" => transcript(&frame).ok_or(Wrong::Transcript),
        "clear" => Ok(FromAgent::Clear),
        "agent_ending" => Ok(FromAgent::AgentEnding),
        "end_call" => Ok(FromAgent::EndCall),
        "error" => {
            let message = frame.get("message").and_then(Value::as_str);
            Ok(FromAgent::Error(message.unwrap_or_default().to_owned()))
        }
        "ack" | "late" | "ping" | "pong" | "resumed" => Ok(FromAgent::Line),
        _ => {
            // The call's numbers are the gateway's.
            if let Some(members) = frame.as_object_mut() {
                members.remove("n");
            }
            Ok(FromAgent::Other(frame))
        }
    }
}

/// Reads a binary frame. Its number is not looked at: nothing is resumed between agent and gateway.
pub fn read_binary(bytes: &[u8]) -> Result<FromAgent, Wrong> {
    match bytes.split_first_chunk::<5>() {
        Some((&[wire::PCM16, ..], samples)) => sound(samples),
        _ => Err(wav_file(bytes).unwrap_or(Wrong::NoSamples)),
    }
}

/// The wire has one rate, and no member that says so. Who sends one all the same means it.
fn is_of_our_rate(frame: &Value) -> Result<(), Wrong> {
    let said = ["sampleRate", "sample_rate"].map(|name| frame.get(name).and_then(Value::as_u64));
    match said
        .into_iter()
        .flatten()
        .find(|&hz| hz != u64::from(RATE_HZ))
    {
        Some(hz) => Err(Wrong::Rate(hz)),
        None => Ok(()),
    }
}

fn sound(bytes: &[u8]) -> Result<FromAgent, Wrong> {
    if let Some(wrong) = wav_file(bytes) {
        return Err(wrong);
    }
    let samples = wire::samples(bytes).ok_or(Wrong::NoSamples)?;
    Ok(FromAgent::Audio(samples))
}

/// `RIFF`, a length, `WAVE`, `fmt ` and a length; then format, channels and rate. As sound it would be a click, and
/// what follows may be of any rate.
fn wav_file(bytes: &[u8]) -> Option<Wrong> {
    let head = bytes.first_chunk::<28>()?;
    if !(head.starts_with(b"RIFF") && head.get(8..16)? == b"WAVEfmt ") {
        return None;
    }
    let channels = u16::from_le_bytes(*head.get(22..24)?.first_chunk()?);
    let hz = u32::from_le_bytes(*head.get(24..28)?.first_chunk()?);
    Some(Wrong::WavFile { hz, channels })
}

fn transcript(frame: &Value) -> Option<FromAgent> {
    let role = match frame.get("role")?.as_str()? {
        "user" => "user",
        "assistant" => "assistant",
        _ => return None,
    };
    Some(FromAgent::Transcript {
        role,
        text: frame.get("text")?.as_str()?.to_owned(),
        seq: frame.get("seq")?.as_u64()?,
    })
}
