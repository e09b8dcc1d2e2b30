//! Why there is no microphone. Pure; the words stand in `error.rs`.

use crate::error::CallError;

/// Why a call that has lost its microphone gets no other.
pub fn in_mid_call(why: CallError) -> CallError {
    match why {
        CallError::MicrophoneDenied | CallError::MicrophoneDeniedInFrame => {
            CallError::MicrophoneTakenBack
        }
        _ => CallError::MicrophoneLost,
    }
}

/// What a rejected `getUserMedia` means, from the name of what it threw.
pub fn read(name: &str, in_frame: bool) -> CallError {
    match name {
        "NotAllowedError" | "SecurityError" if in_frame => CallError::MicrophoneDeniedInFrame,
        "NotAllowedError" | "SecurityError" => CallError::MicrophoneDenied,
        "NotFoundError" | "OverconstrainedError" => CallError::NoMicrophone,
        "NotReadableError" | "AbortError" => CallError::MicrophoneBusy,
        name => CallError::MicrophoneFailed {
            name: name.to_owned(),
        },
    }
}
