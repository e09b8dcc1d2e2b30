//! Texts, against the standard library's own.

use crate::any_text::any_text;
use proptest::prelude::*;
use std::cell::RefCell;
use vocadesk_embed::text::{changes, concat, decimal, push_hex};

#[test]
fn every_byte_is_written_as_two_hexadecimal_digits() {
    for byte in 0..=u8::MAX {
        let mut text = String::from("%");
        push_hex(&mut text, byte);
        assert_eq!(text, format!("%{byte:02x}"));
    }
}

proptest! {
    #[test]
    fn a_number_is_written_as_the_standard_library_writes_it(
        number in prop_oneof![0..200_u32, any::<u32>(), Just(u32::MAX)]
    ) {
        prop_assert_eq!(decimal(number), number.to_string());
    }

    #[test]
    fn parts_stand_one_behind_the_other(parts in prop::collection::vec(any_text(), 0..6)) {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        prop_assert_eq!(concat(&parts), parts.concat());
    }

    #[test]
    fn a_text_is_a_change_only_where_it_is_another_than_the_one_before(
        texts in prop::collection::vec("[ab]?", 1..20)
    ) {
        let noted = RefCell::default();
        let mut before = String::new();
        for text in texts {
            prop_assert_eq!(changes(&noted, &text), text != before);
            before = text;
        }
    }
}
