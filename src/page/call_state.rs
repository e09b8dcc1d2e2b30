//! One host's call as the page sees it, as a pure state machine: what happens, and what
//! is to be done about it. It alone decides which events the page hears, and in which order.

use crate::error::{ErrorCode, ErrorReport, Told};

/// Where a host's call stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CallState {
    /// Nothing happens; a click starts a call.
    Idle,
    /// The microphone is asked for, and the visitor's lock for this embed.
    Asking(Requested),
    /// Microphone and lock are there; the session connects, once it has its token.
    Connecting,
    /// Visitor and agent talk.
    Live {
        /// Since when, in ms since the Unix epoch.
        since_ms: f64,
    },
    /// The line is lost, and is being taken up again.
    Reconnecting {
        /// Since when the call runs, in ms since the Unix epoch.
        since_ms: f64,
    },
    /// The agent says goodbye.
    Ending {
        /// Since when the call runs, in ms since the Unix epoch.
        since_ms: f64,
    },
    /// The call is over; for a while its length is shown. A click starts the next.
    Ended {
        /// How long it was.
        duration_ms: f64,
    },
    /// The call failed; for a while it is said why. A click tries again.
    Failed {
        /// Why.
        code: ErrorCode,
        /// And what the visitor is told of it.
        told: Told,
    },
}

/// What has come of what the click asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requested {
    /// The microphone runs.
    pub microphone: bool,
    /// The visitor has allowed this page the microphone before: it is only a matter of time.
    pub allowed: bool,
    /// No other call of this visitor holds the lock.
    pub lock: bool,
}

impl Requested {
    /// A token is requested only with the lock, and once the microphone runs or was allowed before.
    fn may_authorize(self) -> bool {
        self.lock && (self.microphone || self.allowed)
    }

    fn become_more(self, act: &mut dyn FnMut(CallEffect), come: fn(&mut Self)) -> CallState {
        let mut is = self;
        come(&mut is);
        if is.may_authorize() && !self.may_authorize() {
            act(CallEffect::Authorize);
        }
        if is.microphone && is.lock {
            act(CallEffect::Join);
            CallState::Connecting
        } else {
            CallState::Asking(is)
        }
    }
}

/// What happens to a host.
#[derive(Clone, Debug, PartialEq)]
pub enum CallEvent {
    /// The visitor activated the host.
    Click {
        /// When.
        at_ms: f64,
    },
    /// The page ends the call (`end`, `destroy`, or the host was removed), or the visitor does in the call bar.
    Stop {
        /// When.
        at_ms: f64,
    },
    /// The visitor leaves the page.
    PageLeft {
        /// When.
        at_ms: f64,
    },
    /// The visitor need not be asked for the microphone.
    MicrophoneAllowed,
    /// The microphone runs and the audio worklet is ready.
    MicrophoneReady,
    /// This visitor has no other call open for this embed.
    LockAcquired,
    /// The agent answers.
    Started {
        /// When.
        at_ms: f64,
    },
    /// The line is lost, and is being taken up again.
    LineLost,
    /// It is there again.
    LineBack,
    /// The agent says goodbye.
    Ending,
    /// The agent ended the call.
    Ended {
        /// When.
        at_ms: f64,
    },
    /// Something failed: microphone, lock, token, socket, a thread of ours.
    Failed {
        /// What.
        error: ErrorReport,
        /// When.
        at_ms: f64,
    },
    /// The end or the error was shown for long enough.
    Settled,
}

impl CallEvent {
    /// Whether it came from the far end or from a fault, and not from the visitor or the page.
    pub fn is_not_of_the_visitor(&self) -> bool {
        matches!(self, Self::Ended { .. } | Self::Failed { .. })
    }
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum CallEffect {
    /// Ask for microphone and lock and wake the session, all at once, inside the click.
    Begin,
    /// Let the session get a token.
    Authorize,
    /// Give the session its line to the audio worklet: it may connect.
    Join,
    /// Hang up: the session says goodbye and releases; the microphone stops.
    Finish {
        /// Let the agent's last sounds reach the speaker first.
        let_ring_out: bool,
    },
    /// Hang up and release from here: the page will not be there to wait.
    Leave,
    /// Send [`CallEvent::Settled`] after a while.
    SettleLater,
    /// Tell the page `vocadesk:start`.
    EmitStart,
    /// Tell the page `vocadesk:end`.
    EmitEnd {
        /// Whole milliseconds from start to end.
        duration_ms: f64,
    },
    /// Tell the page `vocadesk:error`.
    EmitError(ErrorReport),
}

impl CallState {
    /// Takes one event and says where the call stands then and what is to be done.
    pub fn on(self, event: CallEvent) -> (Self, Vec<CallEffect>) {
        let mut effects = Vec::new();
        let phase = self.next(event, &mut |effect| effects.push(effect));
        (phase, effects)
    }

    fn next(self, event: CallEvent, act: &mut dyn FnMut(CallEffect)) -> Self {
        use CallEvent as H;
        let hang_up = CallEffect::Finish {
            let_ring_out: false,
        };
        match (self, event) {
            (Self::Idle | Self::Ended { .. } | Self::Failed { .. }, H::Click { .. }) => {
                act(CallEffect::Begin);
                Self::Asking(Requested::default())
            }
            (Self::Ended { .. } | Self::Failed { .. }, H::Settled) => Self::Idle,

            (Self::Asking(was), H::MicrophoneAllowed) => {
                was.become_more(act, |is| is.allowed = true)
            }
            (Self::Asking(was), H::MicrophoneReady) => {
                was.become_more(act, |is| is.microphone = true)
            }
            (Self::Asking(was), H::LockAcquired) => was.become_more(act, |is| is.lock = true),
            // A server that ends what it never started owes no reason; nothing began, nothing ends.
            (Self::Asking(_) | Self::Connecting, H::Click { .. } | H::Stop { .. })
            | (Self::Connecting, H::Ended { .. }) => {
                act(hang_up);
                Self::Idle
            }
            (Self::Asking(_) | Self::Connecting, H::PageLeft { .. }) => {
                act(CallEffect::Leave);
                Self::Idle
            }
            (Self::Asking(_) | Self::Connecting, H::Failed { error, .. }) => {
                let (code, told) = (error.code, error.told);
                act(hang_up);
                act(CallEffect::SettleLater);
                act(CallEffect::EmitError(error));
                Self::Failed { code, told }
            }
            (Self::Connecting, H::Started { at_ms }) => {
                act(CallEffect::EmitStart);
                Self::Live { since_ms: at_ms }
            }

            (Self::Live { since_ms }, H::Ending) => Self::Ending { since_ms },
            (Self::Live { since_ms } | Self::Ending { since_ms }, H::LineLost) => {
                Self::Reconnecting { since_ms }
            }
            (Self::Reconnecting { since_ms }, H::LineBack) => Self::Live { since_ms },
            (
                Self::Live { since_ms }
                | Self::Reconnecting { since_ms }
                | Self::Ending { since_ms },
                ref end @ (H::Click { at_ms } | H::Stop { at_ms } | H::Ended { at_ms }),
            ) => {
                let let_ring_out = matches!(end, H::Ended { .. });
                let duration_ms = duration_ms(since_ms, at_ms);
                act(CallEffect::Finish { let_ring_out });
                act(CallEffect::SettleLater);
                act(CallEffect::EmitEnd { duration_ms });
                Self::Ended { duration_ms }
            }
            (
                Self::Live { since_ms }
                | Self::Reconnecting { since_ms }
                | Self::Ending { since_ms },
                H::PageLeft { at_ms },
            ) => {
                let duration_ms = duration_ms(since_ms, at_ms);
                act(CallEffect::Leave);
                act(CallEffect::EmitEnd { duration_ms });
                Self::Idle
            }
            (
                Self::Live { since_ms }
                | Self::Reconnecting { since_ms }
                | Self::Ending { since_ms },
                H::Failed { error, at_ms },
            ) => {
                let (code, told) = (error.code, error.told);
                let duration_ms = duration_ms(since_ms, at_ms);
                act(hang_up);
                act(CallEffect::SettleLater);
                act(CallEffect::EmitError(error));
                act(CallEffect::EmitEnd { duration_ms });
                Self::Failed { code, told }
            }

            (phase, _) => phase,
        }
    }

    /// Since when a call runs, if one does, in ms since the Unix epoch.
    pub fn since_ms(self) -> Option<f64> {
        match self {
            Self::Live { since_ms }
            | Self::Reconnecting { since_ms }
            | Self::Ending { since_ms } => Some(since_ms),
            _ => None,
        }
    }

    /// Whether a call is under way, from the click to its end.
    pub fn is_busy(self) -> bool {
        !matches!(self, Self::Idle | Self::Ended { .. } | Self::Failed { .. })
    }
}

/// Whole milliseconds, never negative: the two times may come from two threads.
fn duration_ms(since_ms: f64, at_ms: f64) -> f64 {
    let span_ms = (at_ms - since_ms).round();
    // Not `max`: it may give −0, which JavaScript's `Object.is` tells from 0.
    if span_ms > 0.0 { span_ms } else { 0.0 }
}
