//! What the visitor sees and hears said in each phase: which texts, and which parts show. Pure.

use super::writing::Writing;
use crate::page::call_state::{CallState, Requested};
use crate::page::labels::{
    AGAIN, ASKING, CANCEL, CONNECTING, ENDED, ENDING, IDLE, IN_CALL, LIVE, Label, NO_HINT,
    PRESS_TO_END, RECONNECTING, SILENCED, STILL_ON, UNHEARD,
};

/// What the widget shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewModel {
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
    /// How the language is written that the texts will be in.
    pub writing: Writing,
}

impl ViewModel {
    /// The same beside a bar: level and clock of a call are there.
    pub fn beside_bar(self) -> Self {
        Self {
            seconds: self.seconds.filter(|_| !self.meter),
            meter: false,
            ..self
        }
    }

    /// The call's length as a clock shows it, or nothing.
    pub fn time(&self) -> String {
        let time = self.seconds.map(clock).unwrap_or_default();
        self.writing.digits.write(&time)
    }
}

/// Why a microphone gives nothing that the visitor has not muted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is muted outside the page.
    Silenced,
    /// Nobody knows.
    Unheard,
}

impl Trouble {
    /// Of a microphone that the browser calls silenced or that is unheard, of a visitor who is muted or not.
    pub fn of(silenced: bool, unheard: bool, muted: bool) -> Option<Self> {
        if silenced {
            Some(Self::Silenced)
        } else {
            (unheard && !muted).then_some(Self::Unheard)
        }
    }

    /// What is said of it.
    pub fn label(self) -> Label {
        match self {
            Self::Silenced => SILENCED,
            Self::Unheard => UNHEARD,
        }
    }
}

/// A phase as pages and our stylesheets know it.
pub fn name(phase: CallState) -> &'static str {
    match phase {
        CallState::Idle => "idle",
        CallState::Asking(Requested {
            microphone: false,
            allowed: false,
            ..
        }) => "asking",
        CallState::Asking(_) | CallState::Connecting => "connecting",
        CallState::Live { .. } => "live",
        CallState::Reconnecting { .. } => "reconnecting",
        CallState::Ending { .. } => "ending",
        CallState::Ended { .. } => "ended",
        CallState::Failed { .. } => "error",
    }
}

/// What to show at this time (ms since the Unix epoch) of a visitor who is `muted` or not, with this trouble of the
/// microphone.
pub fn view(phase: CallState, muted: bool, trouble: Option<Trouble>, now_ms: f64) -> ViewModel {
    let state = name(phase);
    let plain = |text, hint| ViewModel {
        state,
        text,
        hint,
        seconds: None,
        meter: false,
        busy: false,
        writing: Writing::default(),
    };
    let waiting = |text| ViewModel {
        busy: true,
        ..plain(text, CANCEL)
    };
    let talking = |text, hint, since_ms| ViewModel {
        seconds: Some(seconds(now_ms - since_ms)),
        meter: true,
        ..plain(text, hint)
    };
    match phase {
        CallState::Idle => plain(IDLE, NO_HINT),
        CallState::Asking(_) if state == "asking" => waiting(ASKING),
        CallState::Asking(_) | CallState::Connecting => waiting(CONNECTING),
        CallState::Live { since_ms } => {
            talking(LIVE, trouble.map_or(IN_CALL, Trouble::label), since_ms)
        }
        CallState::Reconnecting { since_ms } => ViewModel {
            busy: true,
            ..talking(
                RECONNECTING,
                if muted { PRESS_TO_END } else { STILL_ON },
                since_ms,
            )
        },
        CallState::Ending { since_ms } => talking(ENDING, NO_HINT, since_ms),
        CallState::Ended { duration_ms } => ViewModel {
            seconds: Some(seconds(duration_ms)),
            ..plain(ENDED, AGAIN)
        },
        CallState::Failed { code, told } => ViewModel {
            ..plain(Label::of_error(code, told), NO_HINT)
        },
    }
}

fn seconds(span_ms: f64) -> u32 {
    (span_ms / 1000.0) as u32
}

/// A length as a clock shows it, in the digits of English: `0:07`, `12:34`, `1:02:03`.
pub fn clock(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("{minutes}:{rest:02}")
    } else {
        format!("{hours}:{minutes:02}:{rest:02}")
    }
}
