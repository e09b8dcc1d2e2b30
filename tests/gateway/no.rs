//! An error answer: its status, its code for programs, its message for people.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub(super) struct No(
    pub(super) StatusCode,
    pub(super) &'static str,
    pub(super) String,
);

impl No {
    pub(super) const fn too_many(code: &'static str, why: String) -> Self {
        Self(StatusCode::TOO_MANY_REQUESTS, code, why)
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        (status, Json(json!({ "code": code, "message": message }))).into_response()
    }
}
