//! The two HTTP endpoints: their addresses and their bodies.

use crate::error::CallError;

/// `POST` here for a token.
pub const TOKENS_PATH: &str = "/v1/tokens";
/// `POST` here when a token's call is over.
pub const RELEASE_PATH: &str = "/v1/release";

/// The address of an endpoint below the API's base URL, whose trailing slashes do not count.
///
/// # Errors
/// `token_failed` when the base is no `http:` or `https:` URL, or carries a user name and password, a
/// query or a fragment.
pub fn endpoint(api_url: &str, path: &str) -> Result<String, CallError> {
    let mut base = api_url.trim_ascii();
    while let Some(shorter) = base.strip_suffix('/') {
        base = shorter;
    }
    // Behind a query or a fragment the path would not be a path any more.
    let is_base = !base.bytes().any(|byte| matches!(byte, b'?' | b'#'));
    if !is_base || !is_plain_url(base, &["https://", "http://"]) {
        return Err(CallError::BadApiUrl);
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

/// The body that both endpoints take.
pub fn body(embed_id: &str, browser_id: &str, turnstile_token: Option<&str>) -> String {
    let mut json = String::from("{\"embedId\":");
    push_json_string(&mut json, embed_id);
    json.push_str(",\"browserId\":");
    push_json_string(&mut json, browser_id);
    if let Some(token) = turnstile_token {
        json.push_str(",\"turnstileToken\":");
        push_json_string(&mut json, token);
    }
    json.push('}');
    json
}

/// Appends a text as a JSON string, quotes included.
pub fn push_json_string(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if c < ' ' => {
                json.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}
