//! The texts that a visitor sees or hears on the host, each with its key: a page may replace it by that. The call bar's own
//! stand in its script; `labels/en.json` lists all of them, and a test holds both to it.

use crate::error::{ErrorCode, Told};

/// A text that a visitor sees or hears: its key in `labels/en.json`, and in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Key.
    pub key: &'static str,
    /// Text.
    pub text: &'static str,
}

impl Label {
    /// A text with its key.
    pub const fn new(key: &'static str, text: &'static str) -> Self {
        Self { key, text }
    }

    /// An error in the visitor's words: what is wrong and what to do.
    pub fn of_error(code: ErrorCode, told: Told) -> Self {
        match told {
            Told::ByCode => Self::of_code(code),
            Told::DeniedBySystem => DENIED_BY_SYSTEM,
            Told::NotAllowed => NOT_ALLOWED,
        }
    }

    fn of_code(code: ErrorCode) -> Self {
        let text = match code {
            ErrorCode::MicDenied => {
                "Microphone blocked. Allow it in the address bar, then try again"
            }
            ErrorCode::MicUnavailable => "No microphone found. Connect one, then try again",
            ErrorCode::TokenFailed => "Calls are not available here right now",
            ErrorCode::WsFailed => "No connection. Please try again",
            ErrorCode::ConcurrentCallActive => "A call is open or starting elsewhere. End it first",
            ErrorCode::Network => "Connection lost. Please try again",
            ErrorCode::Unknown => "Something went wrong. Please try again",
        };
        Self::new(code.as_str(), text)
    }
}

/// For a host that has neither content nor a label.
pub const IDLE: Label = Label::new("idle", "Talk to us");
/// While the browser asks the visitor.
pub const ASKING: Label = Label::new("asking", "Allow your microphone");
/// From the visitor's consent to the agent's answer.
pub const CONNECTING: Label = Label::new("connecting", "Connecting…");
/// While a call runs: what a press does.
pub const LIVE: Label = Label::new("live", "End call");
/// While a lost line is being taken up again.
pub const RECONNECTING: Label = Label::new("reconnecting", "Reconnecting…");
/// Said besides, unless the visitor is muted: the call goes on.
pub const STILL_ON: Label = Label::new("still_on", "your microphone stays on");
/// What a press does then.
pub const PRESS_TO_END: Label = Label::new("press_to_end", "press to end");
/// While the agent says goodbye.
pub const ENDING: Label = Label::new("ending", "Ending…");
/// After a call.
pub const ENDED: Label = Label::new("ended", "Call ended");
/// Nothing is said besides.
pub const NO_HINT: Label = Label::new("", "");
/// What a press does before a call has started.
pub const CANCEL: Label = Label::new("cancel", "press to cancel");
/// The microphone is there, and the system keeps it from this browser.
const DENIED_BY_SYSTEM: Label = Label::new(
    "mic_denied_by_system",
    "Microphone blocked. Allow it in the system's settings, then try again",
);
/// The browser has asked, and got no answer.
const NOT_ALLOWED: Label = Label::new(
    "mic_not_allowed",
    "Microphone not allowed. Press again and allow it",
);
/// The microphone gives silence, by the system's will or a switch of its own.
pub const SILENCED: Label = Label::new("silenced", "Your microphone is muted outside this page");
/// The microphone is on, and gives nothing.
pub const UNHEARD: Label = Label::new("unheard", "We hear nothing from your microphone");
/// Said while a call runs.
pub const IN_CALL: Label = Label::new("in_call", "In a call");
/// What a press does after a call.
pub const AGAIN: Label = Label::new("again", "press to call again");
