//! MAIN THREAD. One host's call as the page sees it, as a pure state machine: what happens, and what
//! is to be done about it. It alone decides which events the page hears, and in which order.

use crate::shared::error::{CallError, ErrorCode};

/// Where a host's call stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    /// Nothing happens; a click starts a call.
    Idle,
    /// The microphone is asked for, and the visitor's place for this embed.
    Asking {
        /// The microphone is there.
        microphone: bool,
        /// No other call of this visitor holds the place.
        place: bool,
    },
    /// The call wing gets a token and connects.
    Connecting,
    /// Visitor and agent talk.
    Live {
        /// Since when, in ms since the Unix epoch.
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
    },
}

/// What happens to a host.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// The visitor activated the host.
    Click {
        /// When.
        at_ms: f64,
    },
    /// The page ends the call: destroy, or the host was removed.
    Stop {
        /// When.
        at_ms: f64,
    },
    /// The visitor leaves the page.
    PageLeft {
        /// When.
        at_ms: f64,
    },
    /// The microphone runs and the audio wing is ready.
    MicrophoneReady,
    /// This visitor has no other call open for this embed.
    PlaceTaken,
    /// The agent answers.
    Started {
        /// When.
        at_ms: f64,
    },
    /// The agent says goodbye.
    Ending,
    /// The agent ended the call.
    Ended {
        /// When.
        at_ms: f64,
    },
    /// Something failed: microphone, place, token, socket, a wing.
    Failed {
        /// What.
        error: CallError,
        /// When.
        at_ms: f64,
    },
    /// The end or the error was shown for long enough.
    Settled,
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Ask for microphone and place and wake the call wing, all at once, inside the click.
    Begin,
    /// Let the call wing connect.
    Connect,
    /// Hang up: the call wing says goodbye and releases; the microphone stops.
    Finish {
        /// Let the agent's last sounds reach the speaker first.
        let_ring_out: bool,
    },
    /// Hang up and release from here: the page will not be there to wait.
    Leave,
    /// Send [`Happening::Settled`] after a while.
    SettleLater,
    /// Tell the page `vocadesk:start`.
    EmitStart,
    /// Tell the page `vocadesk:end`.
    EmitEnd {
        /// Whole milliseconds from start to end.
        duration_ms: f64,
    },
    /// Tell the page `vocadesk:error`.
    EmitError(CallError),
}

impl Phase {
    /// Takes one happening and says where the call stands then and what is to be done.
    pub fn on(self, happening: Happening) -> (Self, Vec<Action>) {
        use Happening as H;
        match (self, happening) {
            (Self::Idle | Self::Ended { .. } | Self::Failed { .. }, H::Click { .. }) => (
                Self::Asking {
                    microphone: false,
                    place: false,
                },
                vec![Action::Begin],
            ),
            (Self::Ended { .. } | Self::Failed { .. }, H::Settled) => (Self::Idle, Vec::new()),

            (Self::Asking { place, .. }, H::MicrophoneReady) => Self::asking(true, place),
            (Self::Asking { microphone, .. }, H::PlaceTaken) => Self::asking(microphone, true),
            (Self::Asking { .. } | Self::Connecting, H::Click { .. } | H::Stop { .. }) => (
                Self::Idle,
                vec![Action::Finish {
                    let_ring_out: false,
                }],
            ),
            (Self::Asking { .. } | Self::Connecting, H::PageLeft { .. }) => {
                (Self::Idle, vec![Action::Leave])
            }
            (Self::Asking { .. } | Self::Connecting, H::Failed { error, .. }) => (
                Self::Failed { code: error.code },
                vec![
                    Action::Finish {
                        let_ring_out: false,
                    },
                    Action::SettleLater,
                    Action::EmitError(error),
                ],
            ),
            (Self::Connecting, H::Started { at_ms }) => {
                (Self::Live { since_ms: at_ms }, vec![Action::EmitStart])
            }
            // A server that ends what it never started owes no reason; nothing began, nothing ends.
            (Self::Connecting, H::Ended { .. }) => (
                Self::Idle,
                vec![Action::Finish {
                    let_ring_out: false,
                }],
            ),

            (Self::Live { since_ms }, H::Ending) => (Self::Ending { since_ms }, Vec::new()),
            (
                Self::Live { since_ms } | Self::Ending { since_ms },
                H::Click { at_ms } | H::Stop { at_ms },
            ) => Self::ended(since_ms, at_ms, false),
            (Self::Live { since_ms } | Self::Ending { since_ms }, H::Ended { at_ms }) => {
                Self::ended(since_ms, at_ms, true)
            }
            (Self::Live { since_ms } | Self::Ending { since_ms }, H::PageLeft { at_ms }) => {
                let duration_ms = duration_ms(since_ms, at_ms);
                (
                    Self::Idle,
                    vec![Action::Leave, Action::EmitEnd { duration_ms }],
                )
            }
            (Self::Live { since_ms } | Self::Ending { since_ms }, H::Failed { error, at_ms }) => (
                Self::Failed { code: error.code },
                vec![
                    Action::Finish {
                        let_ring_out: false,
                    },
                    Action::SettleLater,
                    Action::EmitError(error),
                    Action::EmitEnd {
                        duration_ms: duration_ms(since_ms, at_ms),
                    },
                ],
            ),

            (phase, _) => (phase, Vec::new()),
        }
    }

    fn asking(microphone: bool, place: bool) -> (Self, Vec<Action>) {
        if microphone && place {
            (Self::Connecting, vec![Action::Connect])
        } else {
            (Self::Asking { microphone, place }, Vec::new())
        }
    }

    fn ended(since_ms: f64, at_ms: f64, let_ring_out: bool) -> (Self, Vec<Action>) {
        let duration_ms = duration_ms(since_ms, at_ms);
        let actions = vec![
            Action::Finish { let_ring_out },
            Action::SettleLater,
            Action::EmitEnd { duration_ms },
        ];
        (Self::Ended { duration_ms }, actions)
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
