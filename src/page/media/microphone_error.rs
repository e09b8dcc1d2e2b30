//! Why there is no microphone. Pure; the words stand in `error.rs`.

use crate::error::CallError;

/// Why a call that has lost its microphone gets no other.
pub fn in_mid_call(why: CallError) -> CallError {
    match why {
        CallError::MicrophoneDenied
        | CallError::MicrophoneDeniedInFrame
        | CallError::PromptDismissed
        | CallError::PromptUnanswered => CallError::MicrophoneTakenBack,
        CallError::MicrophoneDeniedBySystem => why,
        _ => CallError::MicrophoneLost,
    }
}

/// What a rejected `getUserMedia` means, from the name of what it threw, and the words: by name all refusals are one, and
/// Chromium alone says whose they are.
pub fn read(name: &str, words: &str, in_frame: bool) -> CallError {
    let is_refusal = matches!(name, "NotAllowedError" | "SecurityError");
    let says = |word: &str| is_refusal && words.to_ascii_lowercase().contains(word);
    match name {
        _ if says("by system") => CallError::MicrophoneDeniedBySystem,
        _ if says("dismissed") => CallError::PromptDismissed,
        "NotAllowedError" | "SecurityError" if in_frame => CallError::MicrophoneDeniedInFrame,
        "NotAllowedError" | "SecurityError" => CallError::MicrophoneDenied,
        "NotFoundError" | "OverconstrainedError" => CallError::NoMicrophone,
        "NotReadableError" | "AbortError" => CallError::MicrophoneBusy,
        name => CallError::MicrophoneFailed {
            name: name.to_owned(),
        },
    }
}
