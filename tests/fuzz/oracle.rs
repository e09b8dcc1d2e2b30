//! What must hold for any bytes that a server sends as a binary frame, and for any text that it sends, as a frame or as an
//! answer, or that a page gives as an address. The verdicts come from other people's parsers: serde_json, base64, url.

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;
use vocadesk_embed::protocol::binary_frames;
use vocadesk_embed::protocol::features::{Agreed, Resume};
use vocadesk_embed::protocol::frames::{self, FrameObject, Number, ServerFrame};
use vocadesk_embed::protocol::http::read_answer;
use vocadesk_embed::protocol::http::{TOKENS_PATH, endpoint};
use vocadesk_embed::protocol::opus_packets::OpusPackets;
use vocadesk_embed::protocol::session::{Connect, Role, Transcript};

/// Two texts of a server's, of 300 characters each, and our own words around them.
const LONGEST_MESSAGE_CHARS: usize = 1_000;

const SOCKET: &str = "wss://voice.vocadesk.com/embed/v1/call";

/// Panics where it does not.
pub fn holds(bytes: &[u8]) {
    assert_eq!(binary_frames::read(bytes), binary(bytes));
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(frames::decode(&text), decoded(&text), "base64 of {text:?}");
    if let Ok(members) = members(&text) {
        let frame = members.as_ref().and_then(frame);
        assert_eq!(read(&text), frame, "frame {text:?}");
    } else {
        // No verdict; a panic would still be one.
        let _ = read(&text);
    }
    for status in [200, 403, 409] {
        answer(status, &text);
    }
    address(&text);
}

/// The contract's §5b: a kind, a number in four bytes, and sound.
fn binary(bytes: &[u8]) -> Option<(Number, ServerFrame)> {
    let (head, rest) = bytes
        .split_at_checked(5)
        .filter(|_| bytes.len() <= 4 << 20)?;
    let number = u32::from_be_bytes(head[1..].try_into().ok()?);
    let number = if number == 0 {
        Number::Wrong
    } else {
        Number::Is(number)
    };
    let frame = match head[0] {
        1 if rest.len() >= 2 => ServerFrame::Audio(rest[..rest.len() & !1].to_vec()),
        2 => ServerFrame::Opus(opus(rest)?),
        _ => return None,
    };
    Some((number, frame))
}

fn opus(mut rest: &[u8]) -> Option<OpusPackets> {
    let mut packets = OpusPackets::default();
    while let [high, low, after @ ..] = rest {
        let length = usize::from(*high) << 8 | usize::from(*low);
        if length == 0 || length > after.len() || packets.count() == 6 {
            return None;
        }
        packets.push(&after[..length]);
        rest = &after[length..];
    }
    (rest.is_empty() && packets.count() > 0).then_some(packets)
}

/// What serde_json makes of a text. It also refuses numbers that no `f64` holds, which we do not read: for
/// those it gives no verdict.
fn members(text: &str) -> Result<Option<Map<String, Value>>, ()> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(Some(members)),
        Err(error) if error.to_string().contains("number out of range") => Err(()),
        _ => Ok(None),
    }
}

/// What `JSON.parse` and serde make of a text in a browser.
fn object<T: DeserializeOwned>(text: &str) -> Option<T> {
    let members = serde_json::from_str::<Map<_, _>>(text).ok()?;
    serde_json::from_value(Value::Object(members)).ok()
}

fn read(text: &str) -> Option<ServerFrame> {
    object::<FrameObject>(text)?.read()
}

/// The contract's §5.
fn frame(members: &Map<String, Value>) -> Option<ServerFrame> {
    let text = |name| members.get(name).and_then(Value::as_str);
    Some(match text("type")? {
        "started" => ServerFrame::Started(agreed(members)),
        "audio" => {
            let mut pcm = decoded(text("data")?)?;
            pcm.truncate(pcm.len() / 2 * 2);
            ServerFrame::Audio(pcm)
        }
        "transcript" => ServerFrame::Transcript(transcript(members)?),
        "clear" => ServerFrame::Clear,
        "agent_ending" => ServerFrame::AgentEnding,
        "end_call" | "transfer_call" => ServerFrame::EndCall,
        "error" => ServerFrame::Error(text("message").unwrap_or_default().to_owned()),
        "resumed" => ServerFrame::Resumed(count(members.get("received"))),
        "ack" => ServerFrame::Ack(count(members.get("n"))),
        "ping" => ServerFrame::Ping,
        "pong" => ServerFrame::Pong,
        _ => ServerFrame::Ignored,
    })
}

/// The contract's §5b: what a server takes is what it was offered and says readably. Of long lists and objects only the first
/// sixteen count.
fn agreed(members: &Map<String, Value>) -> Agreed {
    let features = members.get("features").and_then(Value::as_array);
    let takes = |name: &str| {
        features.is_some_and(|features| features.iter().take(16).any(|feature| feature == name))
    };
    let resume = || {
        let resume = members.get("resume")?.as_object()?;
        let member = |name: &str| resume.iter().take(16).find(|(key, _)| *key == name);
        let (_, token) = member("token")?;
        let token = token
            .as_str()
            .filter(|token| (1..=8_000).contains(&token.len()))?;
        let (_, grace_ms) = member("graceMs")?;
        Some(Resume {
            token: token.to_owned(),
            grace_ms: u64::from(count(Some(grace_ms))?).min(30_000),
        })
    };
    Agreed {
        binary: takes("binary"),
        opus: takes("opus"),
        resume: resume().filter(|_| takes("resume")),
    }
}

/// A whole number of 32 bits.
fn count(number: Option<&Value>) -> Option<u32> {
    let number = number?.as_f64()?;
    let whole = (0.0..=f64::from(u32::MAX)).contains(&number) && number.fract() == 0.0;
    whole.then_some(number as u32)
}

fn transcript(members: &Map<String, Value>) -> Option<Transcript> {
    let text = members.get("text")?.as_str()?.to_owned();
    let seq = members.get("seq")?.as_f64()?;
    let whole = (0.0..1e15).contains(&seq) && seq.fract() == 0.0;
    let role = match members.get("role")?.as_str()? {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        _ => return None,
    };
    (whole && text.len() < 20_000).then_some(Transcript {
        role,
        text,
        seq: seq as u64,
    })
}

/// Padding is whole or absent; bits left over in the last letter do not matter.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let read = |padding| {
        let config = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(padding);
        GeneralPurpose::new(&ALPHABET, config).decode(text).ok()
    };
    read(DecodePaddingMode::RequireCanonical).or_else(|| read(DecodePaddingMode::RequireNone))
}

/// The contract's §4: a grant says what the answer says; a message is short, one line, and holds no token.
fn answer(status: u16, body: &str) {
    let Ok(said) = members(body) else {
        return;
    };
    let said = said.unwrap_or_default();
    let token = said
        .get("token")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let asked = Connect {
        wss_url: SOCKET.to_owned(),
        ..Connect::default()
    };
    match read_answer(status, object(body), &asked) {
        Ok(grant) => {
            assert_eq!(status, 200);
            assert_eq!(grant.token, token);
            let names =
                ["wssUrl", "dispatchUrl"].map(|name| said.get(name).and_then(Value::as_str));
            let named = names.into_iter().flatten().find(|url| !url.is_empty());
            assert_eq!(grant.wss_url, named.unwrap_or(SOCKET));
            socket(&grant.wss_url, &grant.token);
        }
        Err(refusal) => {
            let message = &refusal.error.message;
            assert!(
                message.chars().count() <= LONGEST_MESSAGE_CHARS,
                "{message:?}"
            );
            assert!(!message.chars().any(char::is_control), "{message:?}");
            // A shorter one may be one of our own words.
            let tells = status == 200 && token.len() >= 24 && message.contains(token);
            assert!(!tells, "a token in {message:?}");
        }
    }
}

/// A socket that we would open: where the answer says and nowhere else, with the token in its place.
fn socket(named: &str, token: &str) {
    let (Ok(before), Ok(url)) = (
        Url::parse(named),
        Url::parse(&frames::socket_url(named, token)),
    ) else {
        // The browser says so too, and the call fails.
        return;
    };
    assert!(matches!(url.scheme(), "ws" | "wss"), "{named:?}");
    assert_eq!((url.username(), url.password()), ("", None), "{named:?}");
    assert_eq!((url.host(), url.port()), (before.host(), before.port()));
    assert_eq!(url.path(), before.path());
    let last = url.query_pairs().last();
    assert_eq!(last, Some(("token".into(), token.into())), "{named:?}");
}

/// A base that we would ask: over HTTP, as nobody, below that base.
fn address(base: &str) {
    let connect = Connect {
        api_url: base.to_owned(),
        ..Connect::default()
    };
    match endpoint(&connect, TOKENS_PATH).map(|url| Url::parse(&url)) {
        Ok(Ok(url)) => {
            assert!(matches!(url.scheme(), "http" | "https"), "{base:?}");
            assert_eq!((url.username(), url.password()), ("", None), "{base:?}");
            assert!(url.path().ends_with(TOKENS_PATH), "{base:?} {url}");
            assert_eq!((url.query(), url.fragment()), (None, None), "{base:?}");
        }
        // The browser says so too.
        Ok(Err(_)) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
