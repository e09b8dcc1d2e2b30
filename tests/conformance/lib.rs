//! Holds a server to `docs/protocol.md`, from outside: all that it needs is a place to ask for tokens, an origin that may
//! and an embed. What it looks at is the wire, never what the agent says.

mod call;
mod dial;
mod http;
mod socket;
mod wire_1;
mod wire_2;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The server, and how it is asked.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where tokens are granted: `https://api.example.com`.
    pub api: String,
    /// The call socket, where the token's answer does not name it.
    pub socket: Option<String>,
    /// An origin that may use the embed.
    pub origin: String,
    /// The embed.
    pub embed: String,
    /// The agent sends each frame straight back, so that it can be seen what was heard.
    pub echoes: bool,
    /// How long nobody may be silent where the call can be resumed: 5 s.
    pub quiet: Duration,
    /// A file of certificates: who has signed the server's, where the system knows nobody who has.
    pub ca: Option<PathBuf>,
    /// What everything may take besides: the way there and back, and a busy machine.
    pub slack: Duration,
}

/// Why a check did not pass.
#[derive(Debug)]
pub enum Problem {
    /// The server does otherwise.
    Failed(String),
    /// There is nothing to look at.
    Skipped(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(why) | Self::Skipped(why) => f.write_str(why),
        }
    }
}

pub(crate) type Held = Result<(), Problem>;

/// The server does otherwise.
pub(crate) fn failed<T>(why: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::Failed(why.into()))
}

/// Fails with these words unless it is so.
pub(crate) fn hold(it_is_so: bool, why: impl FnOnce() -> String) -> Held {
    if it_is_so { Ok(()) } else { failed(why()) }
}

/// How one check went.
#[derive(Debug)]
pub struct Outcome {
    /// A sentence of what is promised.
    pub promise: &'static str,
    /// How it went.
    pub result: Result<(), Problem>,
}

/// Makes all checks, one after the other, and tells of each when it is done.
pub async fn run(target: &Target, mut tell: impl FnMut(&Outcome)) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    // A list of futures, each with the words for it.
    macro_rules! checks {
        ($($part:ident: $($name:ident)*;)*) => {
            $($({
                let result = $part::$name(target).await;
                let promise = stringify!($name);
                outcomes.push(Outcome { promise, result });
                outcomes.last().into_iter().for_each(&mut tell);
            })*)*
        };
    }
    checks! {
        wire_1:
            a_token_is_granted_to_a_page_that_can_read_the_answer
            a_refusal_can_be_read_and_says_why
            start_is_answered_by_started_and_stop_by_1000
            a_bad_token_gets_its_upgrade_and_is_closed_with_4401
            a_token_opens_one_socket
            another_origin_is_closed_with_4403_and_does_not_use_the_token_up
            a_visitor_has_one_call_at_a_time
            a_release_gives_a_granted_place_back
            malformed_frames_end_nothing;
        wire_2:
            who_offers_nothing_is_answered_no_features
            only_what_was_offered_is_answered
            binary_frames_have_their_head
            opus_is_taken_and_answered_in_whole_packets
            what_arrives_is_acknowledged
            a_ping_is_answered_and_nobody_is_silent_for_long
            a_lost_line_is_resumed_and_numbers_go_on
            what_was_not_acknowledged_comes_again
            the_newest_socket_has_the_call
            unknown_tokens_and_numbers_are_closed_with_4404_and_cost_the_call_nothing
            another_origin_resumes_nothing
            the_place_stays_taken_and_a_release_ends_the_call
            hostile_numbers_end_nothing
            after_stop_nothing_is_resumed
            nothing_is_missing_and_nothing_comes_twice_where_all_comes_back;
    }
    outcomes
}
