//! What the token endpoint's answer means.

use super::http::is_plain_url;
use super::json;
use super::session::Connect;
use crate::error::{CallError, ErrorCode, foreign_text, without};
use crate::text::{concat, decimal};

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
    pub error: CallError,
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
    let refuse = |code, message: &[&str]| {
        Err(Refusal {
            error: CallError {
                code,
                message: concat(message),
            },
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
        let advice = match code.as_str() {
            "origin_not_allowed" => "Add this page's origin to the embed's allowed origins.",
            "embed_not_found" => "Check the embed id in data-vocadesk-embed.",
            _ if status == 409 => "This visitor has a call open for this embed: end that first.",
            _ => "Check the embed's settings in the dashboard and apiUrl.",
        };
        let mut text = concat(&[
            "The call was not authorized (HTTP ",
            &decimal(u32::from(status)),
        ]);
        for (lead, part) in [(", ", code.as_str()), ("): ", &message)] {
            if !part.is_empty() {
                text.push_str(lead);
                text.push_str(part);
            }
        }
        text.push_str(
            match (
                message.is_empty(),
                matches!(message.bytes().last(), Some(b'.' | b'!' | b'?')),
            ) {
                (true, _) => "). ",
                (false, true) => " ",
                (false, false) => ". ",
            },
        );
        text.push_str(advice);
        let code = match status {
            409 => ErrorCode::ConcurrentCallActive,
            _ => ErrorCode::TokenFailed,
        };
        return refuse(code, &[&text]);
    }
    let Some([token, named, dispatch]) = json::texts(body, ["token", "wssUrl", "dispatchUrl"])
    else {
        return refuse(
            ErrorCode::TokenFailed,
            &[
                "The token endpoint's answer is not a JSON object. Check apiUrl: does it name the \
               Vocadesk API?",
            ],
        );
    };
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return refuse(
            ErrorCode::TokenFailed,
            &[
                "The token endpoint's answer holds no token. Check apiUrl: does it name the Vocadesk \
               API?",
            ],
        );
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
        let message = if named.is_none() {
            "wssUrl (data-vocadesk-wss-url) must be a plain ws(s) URL without user name or \
             password, like wss://voice.vocadesk.com/embed/v1/call; or leave it out."
        } else if begins("wss:") || begins("ws:") {
            "The token endpoint named a socket URL with user name, password or white space, or \
             without a host."
        } else {
            "This embed is set up for another transport; this script speaks WebSocket only: the \
             socket URL must begin with wss://."
        };
        return refuse(ErrorCode::TokenFailed, &[message]);
    }
    Ok(Grant {
        token,
        wss_url: url.to_owned(),
    })
}
