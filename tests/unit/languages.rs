//! The languages of our texts: every file is held to the English one, and every tag finds the file that it means.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use holds::holds;
use proptest::prelude::*;
use vocadesk_embed::page::language_tag::{Asked, find};
use vocadesk_embed::page::view::writing::{Digits, Direction};

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// Those that issue 16 asks for.
const WANTED: [&str; 16] = [
    "ar", "de", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt-BR", "sv", "tr", "uk",
    "zh-Hans",
];

/// Each file by its tag, as it stands there.
fn files() -> BTreeMap<String, String> {
    let folder = Path::new(PROJECT).join("src/page/labels");
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        let tag = name.strip_suffix(".json").unwrap().to_owned();
        (tag, fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(file).collect()
}

/// Keys and texts in the order in which they stand there: one to a line.
fn texts(file: &str) -> Vec<(String, String)> {
    let table: BTreeMap<String, String> = serde_json::from_str(file).unwrap();
    let lines: Vec<_> = file
        .lines()
        .filter_map(|line| line.trim().split_once("\": \""))
        .map(|(key, _)| key.trim_start_matches('"').to_owned())
        .collect();
    assert_eq!(lines.len(), table.len(), "one text to a line");
    let pair = |key: String| (key.clone(), table[&key].clone());
    lines.into_iter().map(pair).collect()
}

fn others() -> Vec<(String, Vec<(String, String)>)> {
    let files = files().into_iter().filter(|(tag, _)| tag != "en");
    files.map(|(tag, file)| (tag, texts(&file))).collect()
}

fn english() -> Vec<(String, String)> {
    texts(&files()["en"])
}

/// What stands in braces, in any order: a language may need another.
fn placeholders(text: &str) -> Vec<&str> {
    let mut found: Vec<_> = text
        .split('{')
        .skip(1)
        .map(|rest| rest.split_once('}').map_or(rest, |(name, _)| name))
        .collect();
    found.sort_unstable();
    found
}

#[test]
#[holds("1.option-lang")]
fn every_language_has_the_keys_of_english_in_their_order() {
    let keys = |texts: &[(String, String)]| -> Vec<String> {
        texts.iter().map(|(key, _)| key.clone()).collect()
    };
    for (tag, texts) in others() {
        assert_eq!(keys(&texts), keys(&english()), "{tag}");
    }
    let have = others().into_iter().map(|(tag, _)| tag);
    let have: Vec<_> = have.collect();
    for tag in WANTED {
        assert!(have.iter().any(|have| have == tag), "{tag}");
    }
}

#[test]
fn every_text_is_one_plain_line_with_the_placeholders_of_the_english_one() {
    for (tag, texts) in others() {
        for ((key, text), (_, english)) in texts.iter().zip(english()) {
            assert!(!text.is_empty() && text == text.trim(), "{tag}, {key}");
            let is_plain = |c: char| !c.is_control() && !"<>&\"\u{200e}\u{200f}".contains(c);
            assert!(text.chars().all(is_plain), "{tag}, {key}: {text}");
            assert_eq!(
                placeholders(text),
                placeholders(&english),
                "{tag}, {key}: {text}"
            );
            // What goes on ends so, in each language; and three dots are not the sign.
            assert_eq!(
                text.ends_with('…'),
                english.ends_with('…'),
                "{tag}, {key}: {text}"
            );
            assert!(!text.contains("..."), "{tag}, {key}: {text}");
        }
    }
}

/// A button is as wide as its page has made it for its own words. Six letters are for words as short as "You".
#[test]
fn no_text_is_so_long_that_it_does_not_fit_a_button_which_the_english_one_fits() {
    for (tag, texts) in others() {
        for ((key, text), (_, english)) in texts.iter().zip(english()) {
            let most = english.chars().count() * 8 / 5 + 6;
            let long = text.chars().count();
            assert!(long <= most, "{tag}, {key}: {long} of {most}: {text}");
        }
    }
}

#[test]
fn no_text_was_left_in_english_and_no_two_states_or_errors_read_alike() {
    for (tag, texts) in others() {
        for ((key, text), (_, english)) in texts.iter().zip(english()) {
            let is_word = !english.contains(' ');
            assert!(is_word || *text != english, "{tag}, {key}: {text}");
        }
        let must_differ = [
            "asking",
            "connecting",
            "live",
            "reconnecting",
            "ending",
            "ended",
            "mic_denied",
            "mic_denied_by_system",
            "mic_not_allowed",
            "mic_unavailable",
            "token_failed",
            "ws_failed",
            "concurrent_call_active",
            "network",
            "unknown",
        ];
        let of = |wanted: &str| {
            texts
                .iter()
                .find(|(key, _)| key == wanted)
                .unwrap()
                .1
                .clone()
        };
        let mut seen: Vec<_> = must_differ.map(of).to_vec();
        for [one, other] in [
            ["mute", "unmute"],
            ["muted", "unmuted"],
            ["captions_on", "captions_off"],
            ["you", "agent"],
        ] {
            assert_ne!(of(one), of(other), "{tag}");
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), must_differ.len(), "{tag}: {seen:?}");
    }
}

#[test]
fn the_documentation_names_every_language() {
    let documentation = fs::read_to_string(Path::new(PROJECT).join("docs/languages.md")).unwrap();
    for (tag, _) in others() {
        assert!(documentation.contains(&format!("| `{tag}` |")), "{tag}");
    }
}

const OURS: [&str; 6] = ["ar", "de", "he", "hi", "pt-BR", "zh-Hans"];

#[test]
#[holds("1.option-lang")]
fn a_tag_finds_the_language_that_its_readers_read() {
    for (tag, found) in [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE_ch", "de"),
        (" de \n", "de"),
        ("de-Latn-DE-1996-u-nu-latn", "de"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-TW", "zh-Hans"),
        ("cmn-Hans", "zh-Hans"),
        ("zh-x-tw", "zh-Hans"),
        ("iw-IL", "he"),
        ("ar-EG-u-nu-latn", "ar"),
    ] {
        assert_eq!(find(tag, OURS), Asked::Ours(found), "{tag}");
    }
    for tag in ["en", "EN", "en-GB", "en_US", "en-u-nu-arab"] {
        assert_eq!(find(tag, OURS), Asked::English, "{tag}");
    }
    for tag in [
        "zh-Hant-TW",
        "zh-TW",
        "zh-HK",
        "zh-Hant",
        "hi-Latn",
        "fr",
        "deutsch",
        "d",
        "",
        "-",
        "--de",
        "x-de",
        "i-klingon",
        "\u{202e}de",
        "de\0",
        "english",
        "日本語",
    ] {
        assert_eq!(find(tag, OURS), Asked::Unknown, "{tag}");
    }
}

#[test]
fn of_two_regions_of_a_language_the_tags_own_comes_first_and_else_the_first() {
    let ours = ["pt-BR", "pt-PT"];
    for (tag, found) in [
        ("pt-PT", "pt-PT"),
        ("pt-BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-AO", "pt-BR"),
    ] {
        assert_eq!(find(tag, ours), Asked::Ours(found), "{tag}");
    }
}

#[test]
fn every_language_finds_itself_by_its_own_tag() {
    let tags: Vec<_> = others().into_iter().map(|(tag, _)| tag).collect();
    for tag in &tags {
        let found = find(tag, tags.iter().map(String::as_str));
        assert_eq!(found, Asked::Ours(tag), "{tag}");
    }
}

proptest! {
    #[test]
    fn whatever_a_page_writes_finds_a_language_or_none(tag in any::<String>()) {
        if let Asked::Ours(found) = find(&tag, OURS) {
            prop_assert!(OURS.contains(&found));
        }
    }
}

#[test]
fn a_clock_is_written_in_a_languages_own_digits() {
    let arabic = Digits::read("٩٨٧٦٥٤٣٢١٠").unwrap();
    assert_eq!(arabic.write("12:34"), "١٢:٣٤");
    assert_eq!(arabic.write(""), "");
    let english = Digits::read("9876543210").unwrap();
    assert_eq!(english, Digits::default());
    assert_eq!(english.write("1:02:03"), "1:02:03");
    for bad in ["", "9", "9,876,543,210", "NaN", "98765432100"] {
        assert_eq!(Digits::read(bad), None, "{bad}");
    }
    let names = [Direction::LeftToRight, Direction::RightToLeft].map(Direction::as_str);
    assert_eq!(names, ["ltr", "rtl"]);
}
