//! The two HTTP requests of a call.

use super::state::Event;
use crate::browser::exception::Exception;
use crate::browser::fetch::{self, Answer};
use crate::protocol::grant;
use crate::protocol::http::{RELEASE_PATH, TOKENS_PATH, body, endpoint};
use crate::protocol::session::Connect;

/// Asks for a token; `then` hears what came of it.
pub fn request(connect: &Connect, then: impl FnOnce(Event) + 'static) {
    let url = match endpoint(&connect.api_url, TOKENS_PATH) {
        Ok(url) => url,
        Err(error) => {
            return then(Event::TokenAnswered(Err(grant::Refusal {
                error: error.into(),
                granted: false,
            })));
        }
    };
    let body = body(
        &connect.embed_id,
        &connect.browser_id,
        connect.turnstile_token.as_deref(),
    );
    let asked = connect.clone();
    let read = move |answer: Result<Answer, Exception>| match answer {
        Ok(Answer { status, body }) => {
            Event::TokenAnswered(grant::read_answer(status, &body, &asked))
        }
        Err(thrown) => Event::TokenUnreachable(thrown.message),
    };
    fetch::post_json(
        &url,
        &body,
        false,
        Box::new(move |answer| then(read(answer))),
    );
}

/// Gives a token back. Best effort: what comes of it is nobody's concern.
pub fn release(connect: &Connect, then: impl FnOnce() + 'static) {
    let Ok(url) = endpoint(&connect.api_url, RELEASE_PATH) else {
        return then();
    };
    let body = body(&connect.embed_id, &connect.browser_id, None);
    fetch::post_json(&url, &body, true, Box::new(|_| then()));
}
