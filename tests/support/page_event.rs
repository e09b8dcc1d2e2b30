//! One of our events, as the page saw it, and what the contract says of all of them.

use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;

/// One of our events, as the page saw it.
#[derive(Clone, Debug, Deserialize)]
pub struct PageEvent {
    /// `vocadesk:start`, `vocadesk:end`, `vocadesk:error`.
    #[serde(rename = "type")]
    pub kind: String,
    /// As the listener got it.
    pub detail: Value,
    /// The host's `id`.
    pub target: String,
    /// The page's `performance.now()` in milliseconds.
    pub at: f64,
    /// The newest AudioContext's own time in seconds; 0 before there is one.
    pub played: f64,
    /// What it is besides its detail.
    pub shape: Shape,
    /// Whether a listener on `document` heard it on its way up.
    #[serde(default, rename = "onDocument")]
    pub on_document: bool,
}

/// What a listener can find out about an event.
#[derive(Clone, Debug, Deserialize)]
pub struct Shape {
    custom: bool,
    bubbles: bool,
    composed: bool,
    cancelable: bool,
    /// The detail's own members, in their order.
    keys: Option<Vec<String>>,
}

/// Two texts of a server's, of 300 characters each, and our own words around them.
const LONGEST_MESSAGE_CHARS: usize = 1_000;

/// Every code that an error may have: the contract, §3.
pub const CODES: [&str; 7] = [
    "mic_denied",
    "mic_unavailable",
    "token_failed",
    "ws_failed",
    "concurrent_call_active",
    "network",
    "unknown",
];

impl PageEvent {
    /// An error's code, or the empty text.
    pub fn code(&self) -> &str {
        self.detail["code"].as_str().unwrap_or_default()
    }

    /// An error's message, or the empty text.
    pub fn message(&self) -> &str {
        self.detail["message"].as_str().unwrap_or_default()
    }

    /// Holds it to the contract, §2: whatever a trial is about, an event of another shape fails it.
    pub(crate) fn held_to_contract(self) -> Result<Self, Failure> {
        let Shape { keys, .. } = &self.shape;
        let keys = keys.as_deref().unwrap_or_default();
        let message = self.message();
        let right = match self.kind.as_str() {
            "vocadesk:start" => self.detail.is_null(),
            // Not a float that happens to be whole: JSON of `0.5` or `-0` would be no u64.
            "vocadesk:end" => keys == ["durationMs"] && self.detail["durationMs"].is_u64(),
            _ => {
                keys == ["code", "message"]
                    && CODES.contains(&self.code())
                    && (1..=LONGEST_MESSAGE_CHARS).contains(&message.chars().count())
                    && !message.chars().any(char::is_control)
            }
        };
        let travels = self.shape.bubbles && self.shape.composed && !self.shape.cancelable;
        if right && travels && self.shape.custom {
            return Ok(self);
        }
        Err(Failure(format!("not as the contract says: {self:?}")))
    }
}
