//! Why a trial failed, in words.

use std::fmt;

use fantoccini::error::CmdError;

/// Why a trial failed.
#[derive(Debug)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! failure_from {
    ($($source:ty),+ $(,)?) => {$(
        impl From<$source> for Failure {
            fn from(source: $source) -> Self {
                Self(source.to_string())
            }
        }
    )+};
}

failure_from!(
    String,
    &str,
    std::io::Error,
    serde_json::Error,
    hound::Error,
    fantoccini::error::NewSessionError,
);

/// Some drivers say nothing but the kind of error.
impl From<CmdError> for Failure {
    fn from(source: CmdError) -> Self {
        match &source {
            CmdError::Standard(told) => Self(format!("{} ({})", source, told.error)),
            _ => Self(source.to_string()),
        }
    }
}

/// Fails the trial with these words unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        let holds: bool = $condition;
        if !holds {
            return Err($crate::failure::Failure(format!($($words)+)));
        }
    };
}
pub use crate::ensure;
