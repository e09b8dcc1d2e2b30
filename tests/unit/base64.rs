//! The base64 of audio frames, as strict as the crate can be and as lenient as we are.

use crate::any_text::any_text;
use ::base64::Engine as _;
use ::base64::alphabet::STANDARD as ALPHABET;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use vocadesk_embed::protocol::frames::{decode, write_audio};

fn encoded(bytes: &[u8]) -> String {
    let mut frame = String::new();
    write_audio(&mut frame, bytes, None);
    let data = frame.strip_prefix(r#"{"type":"audio","data":""#);
    data.unwrap().strip_suffix("\"}").unwrap().to_owned()
}

/// The crate's verdict. Bits left over in the last letter do not matter to us: whoever sent them, the
/// bytes are clear. Padding is whole or absent, never half.
fn oracle(text: &str) -> Option<Vec<u8>> {
    [
        DecodePaddingMode::RequireCanonical,
        DecodePaddingMode::RequireNone,
    ]
    .into_iter()
    .find_map(|padding| {
        let config = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(padding);
        GeneralPurpose::new(&ALPHABET, config).decode(text).ok()
    })
}

/// Bytes of no pattern that a shift or a swap would leave as it is.
fn bytes(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| ((at * 167) ^ (at >> 3) ^ 0x5a) as u8)
        .collect()
}

#[test]
#[holds("5.audio-format")]
fn every_length_up_to_a_thousand_is_written_and_read_like_the_crate() {
    for length in 0..=1_000 {
        let bytes = bytes(length);
        let text = general_purpose::STANDARD.encode(&bytes);
        assert_eq!(encoded(&bytes), text);
        assert_eq!(decode(&text).as_ref(), Some(&bytes));
        assert_eq!(
            decode(&general_purpose::STANDARD_NO_PAD.encode(&bytes)),
            Some(bytes)
        );
    }
}

#[test]
fn all_letters_stand_for_what_they_stand_for() {
    let every_sextet: Vec<u8> = (0..=255).flat_map(|a| [a, 255 - a, a ^ 0x3c]).collect();
    assert_eq!(
        encoded(&every_sextet),
        general_purpose::STANDARD.encode(&every_sextet)
    );
    for byte in 0..=255_u8 {
        let text = format!("{}AAA", byte as char);
        assert_eq!(decode(&text), oracle(&text), "{text:?}");
    }
}

#[test]
fn padding_in_wrong_places_white_space_and_other_alphabets_are_refused() {
    for text in [
        "=",
        "==",
        "===",
        "====",
        "A",
        "A=",
        "A==",
        "A===",
        "AA=",
        "AAA==",
        "AAAA=",
        "AAAA==",
        "AAAA====",
        "=AAA",
        "A=AA",
        "AA=A",
        "AA==AA==",
        "AA AA",
        "AAAA\n",
        " AAAA",
        "AA-_",
        "AAÄA",
        "AAA\u{0}",
        "\u{feff}AAAA",
    ] {
        assert_eq!(decode(text), None, "{text:?}");
        assert_eq!(oracle(text), None, "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn any_bytes_come_back(bytes in vec(any::<u8>(), 0..300)) {
        let text = encoded(&bytes);
        prop_assert_eq!(general_purpose::STANDARD.decode(&text).unwrap(), bytes.clone());
        prop_assert_eq!(decode(&text), Some(bytes));
    }

    #[test]
    fn any_text_of_near_base64_is_taken_exactly_when_the_crate_takes_it(text in "[A-Za-z0-9+/]{0,9}[A-Za-z0-9+/=_ é-]{0,3}=?=?") {
        prop_assert_eq!(decode(&text), oracle(&text));
    }

    #[test]
    fn any_text_at_all_is_taken_exactly_when_the_crate_takes_it(text in any_text()) {
        prop_assert_eq!(decode(&text), oracle(&text));
    }
}
