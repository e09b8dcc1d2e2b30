//! The visitor's id: contract §4. The `uuid` crate is the oracle.

use holds::holds;
use proptest::prelude::*;
use uuid::Uuid;
use vocadesk_embed::page::browser_id::{from_random, is_valid};

#[test]
fn the_extremes_of_randomness_give_ids_of_version_4() {
    assert_eq!(from_random([0; 16]), "00000000-0000-4000-8000-000000000000");
    assert_eq!(
        from_random([0xff; 16]),
        "ffffffff-ffff-4fff-bfff-ffffffffffff"
    );
}

#[test]
#[holds("4.browser-id-kept")]
fn an_id_of_any_other_software_is_kept() {
    for id in [
        Uuid::new_v4().to_string(),
        Uuid::new_v4().to_string().to_uppercase(),
    ] {
        assert!(is_valid(&id), "{id}");
    }
}

#[test]
fn what_is_no_id_is_not_sent() {
    for text in [
        "",
        "null",
        "undefined",
        "f47ac10b58cc4372a5670e02b2c3d479",
        "{f47ac10b-58cc-4372-a567-0e02b2c3d479}",
        "f47ac10b-58cc-4372-a567-0e02b2c3d47",
        "f47ac10b-58cc-4372-a567-0e02b2c3d4790",
        "f47ac10b-58cc-4372-a567-0e02b2c3d47g",
        "f47ac10b-58cc-4372-a567_0e02b2c3d479",
        "f47ac10b5-8cc-4372-a567-0e02b2c3d479",
        "f47ac10b-58cc-4372-a567-0e02b2c3d4é",
        "\"};alert(1)//-58cc-4372-a567-0e02b2c3",
        "------------------------------------",
    ] {
        assert!(!is_valid(text), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    #[holds("4.browser-id")]
    fn any_random_bytes_give_the_uuid_that_the_crate_makes_of_them(bytes in any::<[u8; 16]>()) {
        let id = from_random(bytes);
        prop_assert_eq!(&id, &uuid::Builder::from_random_bytes(bytes).into_uuid().to_string());
        prop_assert!(is_valid(&id));
    }

    #[test]
    fn an_accepted_text_is_a_uuid_for_the_crate_too(text in "[0-9a-fA-Fg-]{36}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{11,13}|.*") {
        if is_valid(&text) {
            prop_assert!(Uuid::parse_str(&text).is_ok());
        }
    }
}
