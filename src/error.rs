//! The seven error codes of the contract, and the error that carries one to the page.

/// Why a call could not start or could not go on. These seven and no others reach the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Anything else.
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

    /// The code with this name; a name that we do not know is [`ErrorCode::Unknown`].
    pub fn from_name(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|code| code.as_str() == name)
            .unwrap_or(Self::Unknown)
    }
}

/// What `vocadesk:error` tells: a code for programs, a message for the developer who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// One of the seven.
    pub code: ErrorCode,
    /// What failed and what to do about it, in plain text. Never holds a token.
    pub message: String,
}

impl CallError {
    /// An error with a message of our own.
    pub fn new(code: ErrorCode, message: &str) -> Self {
        Self {
            code,
            message: message.to_owned(),
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

/// A secret is longer; what is no longer is the stub of a developer, and stands in many words.
const SHORTEST_SECRET_BYTES: usize = 8;

/// A text without a secret: an ellipsis stands for it. Before the text is cut: what is left of one that was cut in two
/// could not be found any more.
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
