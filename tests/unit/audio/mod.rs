//! The audio wing.
