//! The two HTTP endpoints: their addresses, what is asked there and what the answer means. Pure.

use super::member::Member;
use super::session::Connect;
use crate::error::{CallError, ErrorReport, foreign_text, without};
use serde::{Deserialize, Serialize};

/// `POST` here for a token.
pub const TOKENS_PATH: &str = "/v1/tokens";
/// `POST` here when a token's call is over.
pub const RELEASE_PATH: &str = "/v1/release";

/// The status that an answer has which would lead elsewhere, and is not followed.
const REDIRECTED: u16 = 0;

/// The address of an endpoint below the API's base URL, whose trailing slashes do not count.
///
/// # Errors
/// `token_failed` when the base is no `http:` or `https:` URL, or carries a user name and password, a
/// query or a fragment; and when it is `http:` for a page that came over TLS.
pub fn endpoint(connect: &Connect, path: &str) -> Result<String, CallError> {
    let mut base = connect.api_url.trim_ascii();
    while let Some(shorter) = base.strip_suffix('/') {
        base = shorter;
    }
    // Behind a query or a fragment the path would not be a path any more.
    let is_base = !base.bytes().any(|byte| matches!(byte, b'?' | b'#'));
    if !is_base || !is_plain_url(base, &["https://", "http://"]) {
        return Err(CallError::BadApiUrl);
    }
    if connect.tls_only && !is_plain_url(base, &["https://"]) {
        return Err(CallError::ApiUrlWithoutTls);
    }
    Ok(format!("{base}{path}"))
}

/// Whether a text is a URL of one of these schemes with a host, without credentials, white space or
/// control characters.
pub fn is_plain_url(url: &str, schemes: &[&str]) -> bool {
    let begins = |scheme: &&&str| {
        url.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    };
    let Some(scheme) = schemes.iter().find(begins) else {
        return false;
    };
    let rest = url.get(scheme.len()..).unwrap_or("");
    let mut authority = rest
        .bytes()
        .take_while(|byte| !matches!(byte, b'/' | b'?' | b'#'));
    let has_host = !matches!(rest.bytes().next(), None | Some(b'/' | b'?' | b'#'));
    has_host
        && authority.all(|byte| !matches!(byte, b'@' | b'\\'))
        && url.bytes().all(|byte| byte > b' ' && byte != 0x7f)
}

/// What both endpoints are sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<'a> {
    /// The embed's id.
    pub embed_id: &'a str,
    /// The visitor's id.
    pub browser_id: &'a str,
    /// Answer to the page's own bot challenge; never sent with a release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turnstile_token: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Asks for a token.
    pub fn token(connect: &'a Connect) -> Self {
        Self {
            turnstile_token: connect.turnstile_token.as_deref(),
            ..Self::release(connect)
        }
    }

    /// Gives one back.
    pub fn release(connect: &'a Connect) -> Self {
        Self {
            embed_id: &connect.embed_id,
            browser_id: &connect.browser_id,
            turnstile_token: None,
        }
    }
}

/// The object that the token endpoint answers with, granted or refused.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TokenAnswer {
    token: Member,
    wss_url: Member,
    dispatch_url: Member,
    code: Member,
    message: Member,
}

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
/// `concurrent_call_active` for 409; `token_failed` for a redirect and any other status but 2xx, and for a 2xx answer
/// that is not JSON, lacks the token, or names a transport other than a WebSocket, or one without TLS for a page with it.
pub fn read_answer(
    status: u16,
    answer: Option<TokenAnswer>,
    asked: &Connect,
) -> Result<Grant, Refusal> {
    let granted = (200..300).contains(&status);
    let refuse = |error: CallError| {
        Err(Refusal {
            error: error.into(),
            granted,
        })
    };
    if status == REDIRECTED {
        return refuse(CallError::TokenRedirected);
    }
    if !granted {
        let answer = answer.unwrap_or_default();
        let shown = |text: Member| {
            let turnstile_token = asked.turnstile_token.as_deref().unwrap_or_default();
            let text = without(&asked.browser_id, &text.text().unwrap_or_default());
            foreign_text(&without(turnstile_token, &text))
        };
        let (code, message) = (shown(answer.code), shown(answer.message));
        return refuse(CallError::TokenRefused {
            status,
            code,
            message,
        });
    }
    let Some(answer) = answer else {
        return refuse(CallError::TokenAnswerUnreadable);
    };
    let Some(token) = answer.token.filled() else {
        return refuse(CallError::TokenMissing);
    };
    let named = answer
        .wss_url
        .filled()
        .or_else(|| answer.dispatch_url.filled());
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
    if asked.tls_only && !is_plain_url(url, &["wss://"]) {
        return refuse(CallError::SocketWithoutTls);
    }
    Ok(Grant {
        token,
        wss_url: url.to_owned(),
    })
}
