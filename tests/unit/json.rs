//! The JSON reader against `serde_json`.

use crate::any_text::any_text;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value as Oracle;
use std::collections::BTreeMap;
use vocadesk_embed::protocol::json::{read_object, texts};

/// The members of an object: their strings, or nothing where they are something else.
type Members = BTreeMap<String, Option<String>>;

fn read(text: &str) -> Option<Members> {
    let mut members = Members::new();
    let well_formed = read_object(text, &mut |key, value, _| {
        members.insert(key.to_owned(), value);
    });
    well_formed.then_some(members)
}

/// What `serde_json` makes of a text. Its only refusal that is not about form is a number that no
/// `f64` holds: we read no numbers, so for those it gives no verdict.
fn oracle(text: &str) -> Result<Option<Members>, ()> {
    match serde_json::from_str::<Oracle>(text) {
        Ok(Oracle::Object(members)) => Ok(Some(
            members
                .into_iter()
                .map(|(key, value)| (key, value.as_str().map(str::to_owned)))
                .collect(),
        )),
        Err(error) if error.to_string().contains("number out of range") => Err(()),
        _ => Ok(None),
    }
}

/// Texts in which what JSON treats specially is as frequent as what it does not.
fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        '"',
        '\\',
        '/',
        '\u{8}',
        '\u{c}',
        '\n',
        '\r',
        '\t',
        '\0',
        '\u{1f}',
        '\u{7f}',
        '\u{2028}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{ffff}',
        '\u{10000}',
        '\u{1f600}',
        '\u{10ffff}',
        'u',
        'é',
    ]);
    vec(
        prop_oneof![special, any::<char>(), prop::char::range(' ', '~')],
        0..12,
    )
    .prop_map(String::from_iter)
}

fn value() -> impl Strategy<Value = Oracle> {
    let leaf = prop_oneof![
        Just(Oracle::Null),
        any::<bool>().prop_map(Oracle::from),
        any::<i64>().prop_map(Oracle::from),
        any::<f64>().prop_map(Oracle::from),
        text().prop_map(Oracle::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Oracle::from),
            vec((text(), inner), 0..5)
                .prop_map(|members| Oracle::Object(members.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Oracle> {
    vec((text(), value()), 0..6).prop_map(|members| Oracle::Object(members.into_iter().collect()))
}

/// A text as JSON in which some characters, chosen by `escaped`, are written as `\u` escapes.
fn spell(text: &str, escaped: &[bool]) -> String {
    let mut json = String::from("\"");
    for (at, c) in text.chars().enumerate() {
        if escaped.get(at).copied().unwrap_or(true) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                json.push_str(&format!("\\u{unit:04X}"));
            }
        } else {
            let quoted = serde_json::to_string(&c).unwrap();
            json.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    json + "\""
}

/// One way to spoil a text: at this place, take away so many bytes and put these in.
fn spoiling() -> impl Strategy<Value = (prop::sample::Index, usize, Vec<u8>)> {
    let byte = prop_oneof![
        4 => prop::sample::select(&b"{}[]\",:\\/u0019dDeE+-.tfnals \t\n\r\x00\x1f\x7f"[..]),
        1 => any::<u8>(),
    ];
    (any::<prop::sample::Index>(), 0..4usize, vec(byte, 0..4))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn every_object_is_read_as_serde_json_reads_it(object in object()) {
        for text in [serde_json::to_string(&object).unwrap(), serde_json::to_string_pretty(&object).unwrap()] {
            prop_assert_eq!(read(&text), oracle(&text).unwrap());
        }
    }

    #[test]
    fn a_value_that_is_no_object_is_refused(value in value()) {
        let text = if value.is_object() { format!("[{value}]") } else { value.to_string() };
        prop_assert_eq!(read(&text), None);
    }

    #[test]
    fn escapes_and_surrogate_pairs_spell_the_same_text(
        key in text(), text in text(), escaped in vec(any::<bool>(), 0..12)
    ) {
        let json = format!("{{{}:{}}}", spell(&key, &escaped), spell(&text, &escaped));
        prop_assert_eq!(read(&json), Some(Members::from([(key, Some(text))])));
    }

    #[test]
    fn of_two_members_with_one_name_the_last_counts(first in value(), last in value()) {
        let json = format!(r#"{{"type":{first},"type":{last}}}"#);
        prop_assert_eq!(read(&json), oracle(&json).unwrap());
        let [found] = texts(&json, ["type"]).unwrap();
        prop_assert_eq!(found.as_deref(), last.as_str());
    }

    #[test]
    fn spoiled_json_is_taken_exactly_when_serde_json_takes_it(
        object in object(), pretty in any::<bool>(), spoilings in vec(spoiling(), 1..3)
    ) {
        let text = if pretty { format!("{object:#}") } else { object.to_string() };
        let mut bytes = text.into_bytes();
        for (place, taken, put) in spoilings {
            let at = place.index(bytes.len() + 1);
            let end = (at + taken).min(bytes.len());
            bytes.splice(at..end, put);
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(expected) = oracle(&text) {
            prop_assert_eq!(read(&text), expected);
        }
    }

    #[test]
    fn a_text_that_breaks_off_is_refused(object in object(), at in any::<prop::sample::Index>()) {
        let text = object.to_string();
        let half: String = text.chars().take(at.index(text.chars().count())).collect();
        prop_assert_eq!(read(&half), None);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any_text(), braced in text()) {
        for text in [text.clone(), format!("{{{braced}"), format!("{{\"{braced}"), format!("{{\"a\":{text}}}")] {
            if let Ok(expected) = oracle(&text) {
                prop_assert_eq!(read(&text), expected);
            }
        }
    }
}

#[test]
fn half_a_surrogate_pair_is_refused_by_both() {
    for half in [
        r"\ud800",
        r"\udfff",
        r"\ud800x",
        r"\ud800\n",
        r"\ud800\ud800",
        r"\ud83d\u0041",
        r"\ud83d\ue000",
        r"\udc00\ud800",
        r"\ud83d\u",
        r"\ud83d\u12",
        r"\u12g4",
        r"\u+123",
        r"\x41",
        r"\U0041",
    ] {
        let json = format!("{{\"a\":\"{half}\"}}");
        assert_eq!(oracle(&json), Ok(None), "{json}");
        assert_eq!(read(&json), None, "{json}");
    }
}

#[test]
fn what_only_looks_like_json_is_refused_by_both() {
    for text in [
        "",
        " ",
        "{",
        "}",
        "{}{}",
        "{} x",
        "{,}",
        r#"{"a":1,}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{a:1}"#,
        r#"{'a':1}"#,
        r#"{"a":01}"#,
        r#"{"a":+1}"#,
        r#"{"a":.5}"#,
        r#"{"a":1.}"#,
        r#"{"a":-}"#,
        r#"{"a":1e}"#,
        r#"{"a":0x1}"#,
        r#"{"a":NaN}"#,
        r#"{"a":tru}"#,
        r#"{"a":True}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":[}"#,
        "{\"a\":\"\t\"}",
        "{\"a\":\"\u{1f}\"}",
        "\u{feff}{}",
        "{\u{a0}}",
        "{}\0",
        "// x\n{}",
        "<!doctype html>",
    ] {
        assert_eq!(oracle(text), Ok(None), "{text:?}");
        assert_eq!(read(text), None, "{text:?}");
    }
}

/// `{"a":{"a":… 1 …}}` and the same with arrays inside, this many brackets deep.
fn nested(depth: usize) -> [String; 2] {
    let inner = depth - 1;
    [
        format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth)),
        format!(r#"{{"a":{}1{}}}"#, "[".repeat(inner), "]".repeat(inner)),
    ]
}

#[test]
fn nesting_is_read_to_32_levels_and_refused_beyond_without_eating_the_stack() {
    for text in nested(32) {
        assert!(read(&text).is_some());
    }
    for text in nested(33).into_iter().chain(nested(1_000_000)) {
        assert_eq!(read(&text), None);
    }
    let broken_off = r#"{"a":"#.repeat(1_000_000);
    assert_eq!(read(&broken_off), None);
}

#[test]
fn a_member_that_is_missing_or_no_string_is_none() {
    let found = texts(
        r#"{"a":"x","b":1,"c":null,"d":["y"],"e":{"a":"z"}}"#,
        ["a", "b", "c", "d", "e", "f"],
    );
    let [a, rest @ ..] = found.unwrap();
    assert_eq!(a.as_deref(), Some("x"));
    assert!(rest.iter().all(Option::is_none));
}

#[test]
fn members_inside_other_members_are_not_taken_for_our_own() {
    let json = r#"{"x":{"type":"end_call"},"y":["type","end_call"],"z":"\"type\":\"end_call\""}"#;
    assert_eq!(texts(json, ["type"]), Some([None]));
}
