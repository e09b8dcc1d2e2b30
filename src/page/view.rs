//! MAIN THREAD. What the visitor sees and hears said in each phase: which texts, and which parts show. Pure.

use super::state::{Asked, Phase};
use crate::shared::error::ErrorCode;
use crate::shared::text::{concat, decimal};

/// A text that a visitor sees or hears: its key in `labels/en.json`, by which a page may replace it, and in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Key.
    pub key: &'static str,
    /// Text.
    pub text: &'static str,
}

const fn label(key: &'static str, text: &'static str) -> Label {
    Label { key, text }
}

/// For a host that has neither content nor a label.
pub const IDLE: Label = label("idle", "Talk to us");
const NO_HINT: Label = label("", "");
const CANCEL: Label = label("cancel", "press to cancel");
const IN_CALL: Label = label("in_call", "In a call");
const AGAIN: Label = label("again", "press to call again");

/// What the launcher shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Value of `data-vocadesk-state` on the host.
    pub state: &'static str,
    /// Its text; in idle the customer's own content shows, and this only where there is none.
    pub text: Label,
    /// What is said besides: what a click does, or the state; empty where the text says both.
    pub hint: Label,
    /// The call's length so far or in all, in whole seconds.
    pub seconds: Option<u32>,
    /// Whether the level meter shows.
    pub meter: bool,
    /// Whether something is under way that the visitor waits for.
    pub busy: bool,
}

impl View {
    /// The call's length as a clock shows it, or nothing.
    pub fn time(&self) -> String {
        self.seconds.map(clock).unwrap_or_default()
    }
}

/// What to show at this time (ms since the Unix epoch).
pub fn view(phase: Phase, now_ms: f64) -> View {
    let plain = |state, text, hint| View {
        state,
        text: label(state, text),
        hint,
        seconds: None,
        meter: false,
        busy: false,
    };
    let waiting = |state, text| View {
        busy: true,
        ..plain(state, text, CANCEL)
    };
    let talking = |state, text, hint, since_ms| View {
        seconds: Some(seconds(now_ms - since_ms)),
        meter: true,
        ..plain(state, text, hint)
    };
    match phase {
        Phase::Idle => plain("idle", IDLE.text, NO_HINT),
        Phase::Asking(Asked {
            microphone: false,
            allowed: false,
            ..
        }) => waiting("asking", "Allow your microphone"),
        Phase::Asking(_) | Phase::Connecting => waiting("connecting", "Connecting…"),
        Phase::Live { since_ms } => talking("live", "End call", IN_CALL, since_ms),
        Phase::Ending { since_ms } => talking("ending", "Ending…", NO_HINT, since_ms),
        Phase::Ended { duration_ms } => View {
            seconds: Some(seconds(duration_ms)),
            ..plain("ended", "Call ended", AGAIN)
        },
        Phase::Failed { code } => View {
            text: label(code.as_str(), visitor_text(code)),
            ..plain("error", "", NO_HINT)
        },
    }
}

/// An error in the visitor's words: what is wrong and what to do.
fn visitor_text(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::MicDenied => "Microphone blocked. Allow it in the address bar, then try again",
        ErrorCode::MicUnavailable => "No microphone found. Connect one, then try again",
        ErrorCode::TokenFailed => "Calls are not available here right now",
        ErrorCode::WsFailed => "No connection. Please try again",
        ErrorCode::ConcurrentCallActive => "You already have a call open. End it first",
        ErrorCode::Network => "Connection lost. Please try again",
        ErrorCode::Unknown => "Something went wrong. Please try again",
    }
}

fn seconds(span_ms: f64) -> u32 {
    (span_ms / 1000.0) as u32
}

/// A length as a clock shows it: `0:07`, `12:34`, `1:02:03`.
pub fn clock(seconds: u32) -> String {
    let two = |number: u32| {
        let mut text = decimal(number);
        if text.len() < 2 {
            text.insert(0, '0');
        }
        text
    };
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, two(seconds % 60));
    if hours == 0 {
        concat(&[&decimal(minutes), ":", &rest])
    } else {
        concat(&[&decimal(hours), ":", &two(minutes), ":", &rest])
    }
}
