//! One whole HTTP answer that a test prescribes.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::gate::{Gate, Held};

/// Status, headers, body, and what the answer waits for.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// HTTP status; 0 is read as 200.
    pub status: u16,
    /// Name and value; one that is not a legal header is left out.
    pub headers: Vec<(String, String)>,
    /// The body, never compressed by us.
    pub body: Vec<u8>,
    /// The answer begins once this is passed.
    pub held: Held,
}

impl Answer {
    /// An answer with a status and a content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE.to_string(), content_type.to_owned())],
            body: body.into(),
            held: Held::default(),
        }
    }

    /// A page.
    pub fn html(body: &str) -> Self {
        Self::new(200, "text/html; charset=utf-8", body)
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same answer, once this gate is open.
    #[must_use]
    pub fn held(mut self, gate: &Gate) -> Self {
        self.held = gate.held();
        self
    }

    /// Waits at its gate, then answers. Headers of `base` are kept where this answer has none of
    /// that name; a header given with an empty value takes the base's one away.
    pub(super) async fn give(mut self, base: HeaderMap) -> Response<Body> {
        self.held.passed().await;
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = match self.status {
            0 => StatusCode::OK,
            n => StatusCode::from_u16(n).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        };
        *response.headers_mut() = base;
        for (name, value) in self.headers {
            let Ok(name) = HeaderName::try_from(name) else {
                continue;
            };
            if value.is_empty() {
                response.headers_mut().remove(name);
            } else if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
