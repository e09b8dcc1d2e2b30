//! The two HTTP requests of a call.

use super::event::Event;
use crate::browser::fetch::{self, Answer};
use crate::browser::value::{parse, stringify};
use crate::protocol::http::{RELEASE_PATH, Refusal, Request, TOKENS_PATH, endpoint, read_answer};
use crate::protocol::session::Connect;

/// Asks for a token and gives what came of it.
pub async fn request(connect: Connect) -> Event {
    let url = match endpoint(&connect, TOKENS_PATH) {
        Ok(url) => url,
        Err(error) => {
            return Event::TokenAnswered(Err(Refusal {
                error: error.into(),
                granted: false,
            }));
        }
    };
    match fetch::post_json(&url, stringify(&Request::token(&connect)), false).await {
        Ok(Answer { status, body }) => {
            Event::TokenAnswered(read_answer(status, parse(&body), &connect))
        }
        Err(thrown) => Event::TokenUnreachable(thrown.message),
    }
}

/// Gives a token back. Best effort: what comes of it is nobody's concern.
pub async fn release(connect: Connect) {
    if let Ok(url) = endpoint(&connect, RELEASE_PATH) {
        let _ = fetch::post_json(&url, stringify(&Request::release(&connect)), true).await;
    }
}
