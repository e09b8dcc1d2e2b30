//! MAIN THREAD. What the visitor sees and hears said in each phase: texts and which parts show. Pure.

use super::state::{Asked, Phase};
use crate::shared::error::ErrorCode;
use crate::shared::text::{concat, decimal};

/// What the launcher shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Value of `data-vocadesk-state` on the host.
    pub state: &'static str,
    /// The text; empty in idle, where the customer's own content shows.
    pub text: &'static str,
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

    /// Whether this differs from a view with the same text in what the clock shows alone, and not in how long
    /// that is.
    pub fn only_ticks(&self, before: &Self) -> bool {
        self.state == before.state && self.time().len() == before.time().len()
    }
}

/// The text of an idle host that has neither content nor label.
pub const DEFAULT_LABEL: &str = "Talk to us";

/// What to show at this time (ms since the Unix epoch).
pub fn view(phase: Phase, now_ms: f64) -> View {
    let plain = |state, text| View {
        state,
        text,
        seconds: None,
        meter: false,
        busy: false,
    };
    match phase {
        Phase::Idle => plain("idle", ""),
        Phase::Asking(Asked {
            microphone: false,
            allowed: false,
            ..
        }) => View {
            busy: true,
            ..plain("asking", "Allow your microphone")
        },
        Phase::Asking(_) | Phase::Connecting => View {
            busy: true,
            ..plain("connecting", "Connecting…")
        },
        Phase::Live { since_ms } => View {
            seconds: Some(seconds(now_ms - since_ms)),
            meter: true,
            ..plain("live", "End call")
        },
        Phase::Ending { since_ms } => View {
            seconds: Some(seconds(now_ms - since_ms)),
            meter: true,
            ..plain("ending", "Ending…")
        },
        Phase::Ended { duration_ms } => View {
            seconds: Some(seconds(duration_ms)),
            ..plain("ended", "Call ended")
        },
        Phase::Failed { code } => plain("error", visitor_text(code)),
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
