//! Why calls fail: the seven codes of the contract, the message of each failure, and what keeps secrets out of them. (What
//! fails before there is wasm has its message in `js-shim/`.)

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The code of each failure. These seven and no others reach the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The visitor, or a policy, denied the microphone.
    MicDenied,
    /// There is no microphone, it is busy, or it was lost.
    MicUnavailable,
    /// The token endpoint refused, or its answer made no sense.
    TokenFailed,
    /// The socket did not open, or the agent did not start in time.
    WsFailed,
    /// This visitor already has a call open for this embed.
    ConcurrentCallActive,
    /// The network failed: the token request, or the connection of a running call.
    Network,
    /// Anything else, and what another version of us may name.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// All codes, in the order of the contract's table.
    pub const ALL: [Self; 7] = [
        Self::MicDenied,
        Self::MicUnavailable,
        Self::TokenFailed,
        Self::WsFailed,
        Self::ConcurrentCallActive,
        Self::Network,
        Self::Unknown,
    ];

    /// The code as it stands in `vocadesk:error`'s detail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MicDenied => "mic_denied",
            Self::MicUnavailable => "mic_unavailable",
            Self::TokenFailed => "token_failed",
            Self::WsFailed => "ws_failed",
            Self::ConcurrentCallActive => "concurrent_call_active",
            Self::Network => "network",
            Self::Unknown => "unknown",
        }
    }
}

/// Why a call could not start or could not go on, with the message that a developer reads. Each says what failed
/// and what to do about it, in plain text, and never holds a token.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CallError {
    #[error(
        "The microphone was denied. This page is in an iframe: that needs allow=\"microphone\", in its sandbox \
         allow-same-origin, and the visitor must allow the microphone."
    )]
    MicrophoneDeniedInFrame,
    #[error(
        "The microphone was denied by the visitor, the browser's settings or the page's Permissions-Policy. The visitor can \
         allow it in the address bar and try again."
    )]
    MicrophoneDenied,
    #[error(
        "The operating system does not let this browser use the microphone. The visitor can allow it in the system's privacy \
         settings and try again."
    )]
    MicrophoneDeniedBySystem,
    #[error(
        "The browser's question for the microphone was dismissed without an answer. The visitor can press again and allow it."
    )]
    PromptDismissed,
    #[error(
        "The browser's question for the microphone was not answered within a minute. The visitor can press again and allow it."
    )]
    PromptUnanswered,
    #[error("No microphone was found. Connect one and try again.")]
    NoMicrophone,
    #[error(
        "The microphone could not be opened; another program may be using it. Close that and try again."
    )]
    MicrophoneBusy,
    #[error("The microphone could not be opened: {name}. Try again.")]
    MicrophoneFailed { name: String },
    #[error(
        "This browser offers no microphone to this page. The page must be served over HTTPS (or from localhost)."
    )]
    InsecurePage,
    #[error(
        "The microphone's permission was taken back during the call. The visitor can allow it again in the address bar and \
         start a new call."
    )]
    MicrophoneTakenBack,
    #[error("The microphone was lost during the call. Connect it again and start a new call.")]
    MicrophoneLost,

    #[error("The browser could not open its audio ({why}). Try another browser.")]
    AudioContextRefused { why: String },
    #[error("The browser refused the audio worklet ({why}). Try another browser.")]
    WorkletRefused { why: String },
    #[error(
        "The audio did not start: no sound device, or the worklet was stopped. Check the speaker, reload the page and try \
         again."
    )]
    NoSound,
    #[error("The call's audio stopped unexpectedly. Try again.")]
    AudioStopped,
    #[error(
        "The browser let no sound through for 10 s: a phone call, another program or a device that is gone has stopped it. \
         Check the speaker and try again."
    )]
    SoundStopped,
    #[error("The call's worker stopped unexpectedly. Try again.")]
    WorkerStopped,
    #[error(
        "The agent sent more than two hours of sound ahead of time, and the call was ended. Look at the agent."
    )]
    TooMuchSound,
    #[error(
        "The agent sent more text than anybody could read, and the call was ended. Look at the agent."
    )]
    TooMuchText,

    #[error(
        "This element has no embed id: write data-vocadesk-embed=\"emb_…\" with the id from the dashboard."
    )]
    NoEmbedId,
    #[error(
        "This browser has a call open for this embed, or one that is about to start, in this tab or another. End it first."
    )]
    LockHeld,
    #[error("The page's own turnstileToken failed ({why}). Look at the page's bot challenge.")]
    TurnstileFailed { why: String },

    #[error(
        "apiUrl (data-vocadesk-api-url) must be a plain http(s) URL without user name, password, query or fragment, like \
         https://embed.vocadesk.com; or leave it out."
    )]
    BadApiUrl,
    #[error(
        "wssUrl (data-vocadesk-wss-url) must be a plain ws(s) URL without user name or password, like \
         wss://voice.vocadesk.com/embed/v1/call; or leave it out."
    )]
    BadWssUrl,
    #[error(
        "On a page that is served over HTTPS apiUrl (data-vocadesk-api-url) must begin with https:// as well."
    )]
    ApiUrlWithoutTls,
    #[error(
        "On a page that is served over HTTPS the call's socket must begin with wss://; it is named by the token \
         endpoint's answer or else by wssUrl (data-vocadesk-wss-url)."
    )]
    SocketWithoutTls,
    #[error(
        "The token endpoint could not be reached ({why}). Check apiUrl, that connect-src of the page's \
         Content-Security-Policy allows it, and the network."
    )]
    TokenUnreachable { why: String },
    #[error(
        "The token endpoint did not answer within 10 s. Check apiUrl and the network, then try again."
    )]
    TokenTimeout,
    /// Code and message are the server's own; either may be empty.
    #[error(
        "The call was not authorized (HTTP {status}{}){} {}",
        led_by(", ", code), sentence_after_colon(message), advice(*status, code)
    )]
    TokenRefused {
        status: u16,
        code: String,
        message: String,
    },
    #[error(
        "The token endpoint answered with a redirect, which is not followed. Check apiUrl: it must name the final address."
    )]
    TokenRedirected,
    #[error(
        "The token endpoint's answer is not a JSON object. Check apiUrl: does it name the Vocadesk API?"
    )]
    TokenAnswerUnreadable,
    #[error(
        "The token endpoint's answer holds no token. Check apiUrl: does it name the Vocadesk API?"
    )]
    TokenMissing,
    #[error(
        "The token endpoint named a socket URL with user name, password or white space, or without a host."
    )]
    BadSocketUrl,
    #[error(
        "This embed is set up for another transport; this script speaks WebSocket only: the socket URL must begin with \
         wss://."
    )]
    OtherTransport,

    #[error(
        "This visitor already has a call open for this embed (socket closed with {why}). End it first."
    )]
    CallOpenElsewhere { why: String },
    #[error(
        "The socket refused the token (closed with {why}). Try again; if it stays, check the embed's allowed origins."
    )]
    SocketRefusedToken { why: String },
    #[error(
        "The socket could not be opened ({why}). Check that connect-src of the page's Content-Security-Policy allows it and \
         that proxies let WebSockets through."
    )]
    SocketNotOpened { why: String },
    #[error("The socket closed ({why}) before the agent started. Try again.")]
    SocketClosedEarly { why: String },
    #[error("The call's connection was lost ({why}). Check the network, then try again.")]
    ConnectionLost { why: String },
    #[error("The agent ended the call before it started. Try again.")]
    EndedBeforeStart,
    #[error(
        "The agent did not start within 10 s. Try again; if it stays, look at the agent's status in the dashboard."
    )]
    StartTimeout,
    #[error(
        "The agent could not start: {}. Try again; if it stays, look at the agent's logs.",
        reason(words)
    )]
    AgentDidNotStart { words: String },
    #[error(
        "The agent failed during the call: {}. Try again; if it stays, look at the agent's logs.",
        reason(words)
    )]
    AgentFailed { words: String },
}

impl CallError {
    /// Which of the seven the page is told.
    pub fn code(&self) -> ErrorCode {
        use CallError as E;
        match self {
            E::MicrophoneDeniedInFrame
            | E::MicrophoneDenied
            | E::MicrophoneDeniedBySystem
            | E::PromptDismissed
            | E::PromptUnanswered
            | E::MicrophoneTakenBack => ErrorCode::MicDenied,
            E::NoMicrophone | E::MicrophoneBusy | E::InsecurePage | E::MicrophoneLost => {
                ErrorCode::MicUnavailable
            }
            E::NoEmbedId
            | E::TurnstileFailed { .. }
            | E::BadApiUrl
            | E::BadWssUrl
            | E::ApiUrlWithoutTls
            | E::SocketWithoutTls
            | E::TokenRedirected
            | E::TokenAnswerUnreadable
            | E::TokenMissing
            | E::BadSocketUrl
            | E::OtherTransport
            | E::SocketRefusedToken { .. } => ErrorCode::TokenFailed,
            E::TokenRefused { status: 409, .. } | E::LockHeld | E::CallOpenElsewhere { .. } => {
                ErrorCode::ConcurrentCallActive
            }
            E::TokenRefused { .. } => ErrorCode::TokenFailed,
            E::SocketNotOpened { .. }
            | E::SocketClosedEarly { .. }
            | E::EndedBeforeStart
            | E::StartTimeout
            | E::AgentDidNotStart { .. } => ErrorCode::WsFailed,
            E::TokenUnreachable { .. } | E::TokenTimeout | E::ConnectionLost { .. } => {
                ErrorCode::Network
            }
            E::MicrophoneFailed { .. }
            | E::AudioContextRefused { .. }
            | E::WorkletRefused { .. }
            | E::NoSound
            | E::AudioStopped
            | E::SoundStopped
            | E::WorkerStopped
            | E::TooMuchSound
            | E::TooMuchText
            | E::AgentFailed { .. } => ErrorCode::Unknown,
        }
    }
}

impl CallError {
    /// What the visitor is told.
    pub fn told(&self) -> Told {
        match self {
            Self::MicrophoneDeniedBySystem => Told::DeniedBySystem,
            Self::PromptDismissed | Self::PromptUnanswered => Told::NotAllowed,
            _ => Told::ByCode,
        }
    }
}

/// What a visitor is told of an error where its code alone does not say what they can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Told {
    /// The code says it.
    #[default]
    ByCode,
    /// The way is through the system's settings, not the browser's.
    DeniedBySystem,
    /// The browser has asked, and will ask again.
    NotAllowed,
}

fn led_by(lead: &str, text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("{lead}{text}")
    }
}

/// The server's message as a sentence of its own, or the end of ours.
fn sentence_after_colon(message: &str) -> String {
    if message.is_empty() {
        return ".".to_owned();
    }
    let ends = message.ends_with(['.', '!', '?']);
    format!(": {message}{}", if ends { "" } else { "." })
}

fn advice(status: u16, code: &str) -> &'static str {
    match code {
        "origin_not_allowed" => "Add this page's origin to the embed's allowed origins.",
        "embed_not_found" => "Check the embed id in data-vocadesk-embed.",
        _ if status == 409 => "This visitor has a call open for this embed: end that first.",
        _ => "Check the embed's settings in the dashboard and apiUrl.",
    }
}

/// The server's words without a full stop, which ours bring.
fn reason(words: &str) -> &str {
    match words.trim_end_matches('.') {
        "" => "the server gave no reason",
        words => words,
    }
}

/// What `vocadesk:error` tells: a code for programs, a message for the developer who reads it. An error crosses the
/// threads in this form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReport {
    /// One of the seven.
    pub code: ErrorCode,
    /// What failed and what to do about it, in plain text. Never holds a token.
    pub message: String,
    /// For the page alone: no error of the session's says more than its code.
    #[serde(skip)]
    pub told: Told,
}

impl From<CallError> for ErrorReport {
    fn from(error: CallError) -> Self {
        Self {
            code: error.code(),
            told: error.told(),
            message: error.to_string(),
        }
    }
}

/// The longest text of a server that we pass on in a message, in characters.
const FOREIGN_TEXT_CHARS: usize = 300;

/// A text from outside, fit for one line of a message: control characters become spaces, and what
/// is longer than 300 characters is cut.
pub fn foreign_text(text: &str) -> String {
    text.chars()
        .take(FOREIGN_TEXT_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A secret has at least so many bytes; what is shorter is a developer's stub, and stands in many words.
const SHORTEST_SECRET_BYTES: usize = 8;

/// A text without a secret: an ellipsis stands for it. To be called before the text is cut: a secret that was cut in two
/// would not be found.
pub fn without(secret: &str, text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let found = rest
            .strip_prefix(secret)
            .filter(|_| secret.len() >= SHORTEST_SECRET_BYTES);
        shown.push(if found.is_some() { '…' } else { c });
        rest = found.unwrap_or_else(|| rest.get(c.len_utf8()..).unwrap_or_default());
    }
    shown
}
