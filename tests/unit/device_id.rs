//! What may be asked for as a microphone's id, of what stands in a storage that other scripts share.

use proptest::prelude::*;
use vocadesk_embed::page::media::device_id::names_one;

#[test]
fn the_ids_of_browsers_name_one_device() {
    let of_chromium = "b1d5781111d84f7b3fe45a0852e59758cd7a87e5b1d5781111d84f7b3fe45a08";
    let of_firefox = "tJLmGr9eJVdeg+cFq0Tw3pCQHfUz5ZpVR2Tj1wVfLPE=";
    for id in [of_chromium, of_firefox, "communications"] {
        assert!(names_one(id), "{id}");
    }
}

#[test]
fn what_is_no_id_or_the_default_ones_names_none() {
    for text in ["", "default", "a b", "id\n", "é", "\u{0}"] {
        assert!(!names_one(text), "{text:?}");
    }
    assert!(names_one(&"x".repeat(256)) && !names_one(&"x".repeat(257)));
}

proptest! {
    #[test]
    fn whatever_names_one_is_short_and_plain(text in any::<String>()) {
        if names_one(&text) {
            prop_assert!(text.len() <= 256 && text.chars().all(|c| ('!'..='~').contains(&c)));
        }
    }
}
