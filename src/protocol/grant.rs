//! What the token endpoint's answer means.

use super::http::is_plain_url;
use super::json;
use super::session::Connect;
use crate::error::{CallError, ErrorReport, foreign_text, without};

/// Leave to open one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The JWT, good once.
    pub token: String,
    /// The socket to open with it.
    pub wss_url: String,
}

/// An answer that is no use to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the page is told.
    pub error: ErrorReport,
    /// A token may have been granted all the same (the answer was torn off, or is for a transport that we
    /// do not speak): release it.
    pub granted: bool,
}

/// Reads the answer to `POST /v1/tokens` for what was `asked`, whose `wss_url` serves where the answer names no socket.
/// A refusal may repeat the rest of it; the page is told none of that.
///
/// # Errors
/// `concurrent_call_active` for 409; `token_failed` for any other status but 2xx, and for a 2xx answer
/// that is not JSON, lacks the token, or names a transport other than a WebSocket.
pub fn read_answer(status: u16, body: &str, asked: &Connect) -> Result<Grant, Refusal> {
    let granted = (200..300).contains(&status);
    let refuse = |error: CallError| {
        Err(Refusal {
            error: error.into(),
            granted,
        })
    };
    if !granted {
        let [code, message] = json::texts(body, ["code", "message"]).unwrap_or_default();
        let shown = |text: Option<String>| {
            let turnstile_token = asked.turnstile_token.as_deref().unwrap_or_default();
            let text = without(&asked.browser_id, &text.unwrap_or_default());
            foreign_text(&without(turnstile_token, &text))
        };
        let (code, message) = (shown(code), shown(message));
        return refuse(CallError::TokenRefused {
            status,
            code,
            message,
        });
    }
    let Some([token, named, dispatch]) = json::texts(body, ["token", "wssUrl", "dispatchUrl"])
    else {
        return refuse(CallError::TokenAnswerUnreadable);
    };
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return refuse(CallError::TokenMissing);
    };
    let named = [named, dispatch]
        .into_iter()
        .flatten()
        .find(|url| !url.is_empty());
    let url = named.as_deref().unwrap_or(&asked.wss_url);
    if !is_plain_url(url, &["wss://", "ws://"]) {
        let begins = |scheme: &str| {
            let start = url.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        // Not a word of the URL itself: the token may stand anywhere in it.
        return refuse(if named.is_none() {
            CallError::BadWssUrl
        } else if begins("wss:") || begins("ws:") {
            CallError::BadSocketUrl
        } else {
            CallError::OtherTransport
        });
    }
    Ok(Grant {
        token,
        wss_url: url.to_owned(),
    })
}
