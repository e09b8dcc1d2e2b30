//! CALL WORKER. The two HTTP requests of a call.

use super::grant;
use super::session::Event;
use crate::realm::http;
use crate::shared::endpoint::{RELEASE_PATH, TOKENS_PATH, body, endpoint};
use crate::shared::message::Connect;

/// Asks for a token and says what came of it.
pub async fn request(connect: &Connect) -> Event {
    let url = match endpoint(&connect.api_url, TOKENS_PATH) {
        Ok(url) => url,
        Err(error) => {
            return Event::TokenAnswered(Err(grant::Refusal {
                error,
                granted: false,
            }));
        }
    };
    let body = body(
        &connect.embed_id,
        &connect.browser_id,
        connect.turnstile_token.as_deref(),
    );
    match http::answer(http::post_json(&url, &body, false)).await {
        Ok(answer) => Event::TokenAnswered(grant::read_answer(
            answer.status,
            &answer.body,
            &connect.wss_url,
        )),
        Err(thrown) => Event::TokenUnreachable(thrown.message),
    }
}

/// Gives a token back. Best effort: what comes of it is nobody's concern.
pub async fn release(connect: &Connect) {
    if let Ok(url) = endpoint(&connect.api_url, RELEASE_PATH) {
        let body = body(&connect.embed_id, &connect.browser_id, None);
        let _ = http::answer(http::post_json(&url, &body, true)).await;
    }
}
