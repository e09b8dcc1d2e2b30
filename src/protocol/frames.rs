//! Wire version 1: socket frames ↔ types. Total: what is no frame is `None`.

use super::http::push_json_string;
use super::{base64, json};

/// Sent as soon as the socket is open.
pub const START: &str = r#"{"type":"start","agentId":"","promptOverride":null}"#;
/// Sent when the visitor hangs up.
pub const STOP: &str = r#"{"type":"stop"}"#;

/// A longer text of one transcript nobody says: a quarter of an hour of speech.
const MOST_SAID_BYTES: usize = 20_000;

/// Of whole numbers that are longer not all are JavaScript's.
const MOST_DIGITS: usize = 15;

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
    /// Something was said: the detail of the page's event, in JSON.
    Transcript(String),
    /// Something went wrong on the server, in its own words, not yet fit to be shown.
    Error(String),
    /// A type that we do not know, or do not use.
    Ignored,
}

/// Reads one text frame; nothing where it is malformed.
pub fn read(text: &str) -> Option<ServerFrame> {
    let [kind, data, message] = json::texts(text, ["type", "data", "message"])?;
    Some(match kind?.as_str() {
        "started" => ServerFrame::Started,
        "audio" => {
            let mut pcm = base64::decode(&data?)?;
            // Half a sample is none.
            pcm.truncate(pcm.len() & !1);
            ServerFrame::Audio(pcm)
        }
        "transcript" => ServerFrame::Transcript(transcript(text)?),
        "clear" => ServerFrame::Clear,
        "agent_ending" => ServerFrame::AgentEnding,
        "end_call" | "transfer_call" => ServerFrame::EndCall,
        "error" => ServerFrame::Error(message.unwrap_or_default()),
        _ => ServerFrame::Ignored,
    })
}

/// What was said, by whom, and its number: once more with the same one, the text has grown.
fn transcript(text: &str) -> Option<String> {
    let [role, said] = json::texts(text, ["role", "text"])?;
    let (role, mut seq) = (role?, String::new());
    json::read_object(text, &mut |key, _, written| {
        if key == "seq" {
            seq = written.to_owned();
        }
    });
    let whole = match seq.as_bytes() {
        [b'1'..=b'9', rest @ ..] => rest.len() < MOST_DIGITS && rest.iter().all(u8::is_ascii_digit),
        digits => digits == b"0",
    };
    let said = said.filter(|said| said.len() < MOST_SAID_BYTES)?;
    if !whole || !matches!(role.as_str(), "user" | "assistant") {
        return None;
    }
    let mut detail = format!(r#"{{"role":"{role}","seq":{seq},"text":"#);
    push_json_string(&mut detail, &said);
    detail.push('}');
    Some(detail)
}

/// Writes one microphone packet as a frame into `frame`, which is emptied first.
pub fn write_audio(frame: &mut String, pcm: &[u8]) {
    frame.clear();
    frame.push_str(r#"{"type":"audio","data":""#);
    base64::encode_into(frame, pcm);
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
