//! Why there is no microphone, as one of our codes. Pure.

use crate::error::{CallError, ErrorCode};
use crate::text::concat;

/// What a rejected `getUserMedia` means, from the name of what it threw.
pub fn read(name: &str, in_frame: bool) -> CallError {
    match name {
        "NotAllowedError" | "SecurityError" if in_frame => CallError::new(
            ErrorCode::MicDenied,
            "The microphone was denied. This page is in an iframe: that needs allow=\"microphone\", \
             in its sandbox allow-same-origin, and the visitor must allow the microphone.",
        ),
        "NotAllowedError" | "SecurityError" => CallError::new(
            ErrorCode::MicDenied,
            "The microphone was denied by the visitor, the browser's settings or the page's \
             Permissions-Policy. The visitor can allow it in the address bar and try again.",
        ),
        "NotFoundError" | "OverconstrainedError" => CallError::new(
            ErrorCode::MicUnavailable,
            "No microphone was found. Connect one and try again.",
        ),
        "NotReadableError" | "AbortError" => CallError::new(
            ErrorCode::MicUnavailable,
            "The microphone could not be opened; another program may be using it. Close that and \
             try again.",
        ),
        _ => CallError {
            code: ErrorCode::Unknown,
            message: concat(&["The microphone could not be opened: ", name, ". Try again."]),
        },
    }
}

/// There is no `navigator.mediaDevices`.
pub fn insecure_page() -> CallError {
    CallError::new(
        ErrorCode::MicUnavailable,
        "This browser offers no microphone to this page. The page must be served over HTTPS (or from \
         localhost).",
    )
}

/// The microphone went away in the middle of a call.
pub fn lost() -> CallError {
    CallError::new(
        ErrorCode::MicUnavailable,
        "The microphone was lost during the call. Connect it again and start a new call.",
    )
}
