//! The two HTTP requests of a call.

use super::state::Event;
use crate::browser::exception::Exception;
use crate::browser::fetch::{self, Answer};
use crate::browser::value;
use crate::protocol::http::{RELEASE_PATH, Refusal, Request, TOKENS_PATH, endpoint, read_answer};
use crate::protocol::session::Connect;

/// Asks for a token; `then` hears what came of it.
pub fn request(connect: &Connect, then: impl FnOnce(Event) + 'static) {
    let url = match endpoint(&connect.api_url, TOKENS_PATH) {
        Ok(url) => url,
        Err(error) => {
            return then(Event::TokenAnswered(Err(Refusal {
                error: error.into(),
                granted: false,
            })));
        }
    };
    let asked = connect.clone();
    let read = move |answer: Result<Answer, Exception>| match answer {
        Ok(Answer { status, body }) => {
            Event::TokenAnswered(read_answer(status, value::parse(&body), &asked))
        }
        Err(thrown) => Event::TokenUnreachable(thrown.message),
    };
    fetch::post_json(
        &url,
        &Request::token(connect),
        false,
        Box::new(move |answer| then(read(answer))),
    );
}

/// Gives a token back. Best effort: what comes of it is nobody's concern.
pub fn release(connect: &Connect, then: impl FnOnce() + 'static) {
    let Ok(url) = endpoint(&connect.api_url, RELEASE_PATH) else {
        return then();
    };
    fetch::post_json(&url, &Request::release(connect), true, Box::new(|_| then()));
}
