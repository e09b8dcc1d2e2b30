//! Texts of any characters at all, control characters too: proptest's own `String` leaves those out.

use proptest::collection::vec;
use proptest::prelude::*;

pub fn any_text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..40).prop_map(String::from_iter)
}
