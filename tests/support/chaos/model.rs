//! What the contract says of everything that a page is told, whatever happened. Pure.

use serde::Deserialize;
use serde_json::Value;

use crate::page_event::CODES;

/// One of our events, as the page was told.
#[derive(Clone, Debug, Deserialize)]
pub struct Told {
    /// Without `vocadesk:`.
    pub kind: String,
    pub detail: Value,
    /// By the page's clock, which nothing moves.
    pub at: f64,
}

/// Between the moment that is meant and that in which the page is told.
const TELLING_MS: f64 = 1_000.0;

/// All that was not as promised. `clock_moved`: lengths say nothing; `was_broken`: our code on the page was made to start
/// afresh, which is told by no state.
pub fn violations(told: &[Told], clock_moved: bool, was_broken: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut started: Option<f64> = None;
    let mut failed_in_call = false;
    let mut state: Option<String> = None;
    for (nth, event) in told.iter().enumerate() {
        let mut wrong = |what: &str| {
            found.push(format!(
                "event {nth}, {} {}: {what}",
                event.kind, event.detail
            ));
        };
        if failed_in_call && matches!(event.kind.as_str(), "start" | "error" | "transcript") {
            wrong("after an error in a call, and before its end");
        }
        match event.kind.as_str() {
            "start" => {
                if started.is_some() {
                    wrong("a start in a call");
                }
                started = Some(event.at);
            }
            "end" => {
                let lasted = event.detail["durationMs"].as_u64();
                match (started.take(), lasted) {
                    (None, _) => wrong("an end without a start"),
                    (_, None) => wrong("no whole milliseconds"),
                    (Some(from), Some(lasted)) => {
                        let most = event.at - from + TELLING_MS;
                        if !clock_moved && lasted as f64 > most {
                            wrong("longer than since its start");
                        }
                    }
                }
                failed_in_call = false;
            }
            "error" => {
                let code = event.detail["code"].as_str().unwrap_or_default();
                let message = event.detail["message"].as_str().unwrap_or_default();
                if !CODES.contains(&code) {
                    wrong("none of the seven codes");
                }
                // "eyJ" is how every JWT begins.
                if message.is_empty() || message.contains("eyJ") {
                    wrong("no message, or one with a token in it");
                }
                failed_in_call = started.is_some();
            }
            "transcript" => {
                if started.is_none() {
                    wrong("said outside of a call");
                }
            }
            "state" => {
                let (now, before) = (&event.detail["state"], &event.detail["previous"]);
                if now == before {
                    wrong("no change");
                }
                if let Some(state) = &state
                    && before != state.as_str()
                    && !was_broken
                {
                    wrong(&format!("it was {state} before"));
                }
                state = now.as_str().map(str::to_owned);
            }
            "mute" => {}
            _ => wrong("no event of ours"),
        }
    }
    if started.is_some() {
        found.push("a call started, and has not ended".to_owned());
    }
    found
}
